"""From set-up to a deleted key, by the API and by the command line, as the README shows it."""

import json
import os
import re
import sqlite3
import subprocess

import httpx
import pytest

from database import each_engine
from server import BINARY, PASSWORD, Server, cli, key_body


def test_set_up_by_link_then_use(tmp_path):
    server = Server(tmp_path / "data").start()
    try:
        server.wait_for_setup_link()
        with httpx.Client(timeout=30) as browser:
            page = browser.get(server.setup_link)
            assert page.status_code == 200
            # This client runs no script: the form has to work without.
            assert re.findall(r"<script[^>]*>", page.text) == [re.search(r'<script type="module" src="[^"]+">', page.text).group(0)]
            token = re.search(r'name="token"[^>]*value="([^"]+)"', page.text) or re.search(
                r'value="([^"]+)"[^>]*name="token"', page.text
            )
            fields = re.findall(r'name="([a-z_]+)"', page.text)
            form = {"token": token.group(1)}
            for field in fields:
                if "organization" in field:
                    form[field] = "Acme"
                elif "email" in field:
                    form[field] = "first@example.com"
                elif "password" in field:
                    form[field] = PASSWORD
                elif field != "token" and "key" in field:
                    form[field] = "first-key"
            done = browser.post(server.url + "/setup", data=form)
            assert done.status_code == 200, done.text
            key = re.search(r"kw_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}", done.text).group(0)
            assert browser.get(server.setup_link).status_code == 404
        with server.client(key) as client:
            assert client.get("/organization").json()["results"][0]["name"] == "Acme"
    finally:
        assert server.stop() == 0


@each_engine
def test_the_life_of_a_key_by_curl(installation):
    """The very tools that shell clients use."""

    def curl(*arguments):
        result = subprocess.run(["curl", "-sS", *arguments], capture_output=True, text=True, timeout=30, check=True)
        return result.stdout

    url, admin = installation.url, f"Authorization: Bearer {installation.admin_key}"
    created = json.loads(
        curl("-X", "POST", f"{url}/api_key", "-H", admin, "-H", "Content-Type: application/json",
             "-d", json.dumps(key_body("ci-main", role="ops", tags=[{"key": "CI", "value": "main"}])))
    )
    answer = curl("-X", "POST", f"{url}/token", "-d", json.dumps({"apiKey": created["api_key"]}))
    token = re.search(r'"access_token":"[^"]*"', answer).group(0).split('"')[3]
    assert re.search(r'"organization_id":[0-9]*', answer).group(0) == '"organization_id":1'
    assert int(re.search(r'"token_expires_at":[0-9]*', answer).group(0).split(":")[1]) > 1_700_000_000_000
    bearer = f"Authorization: Bearer {token}"
    listed = json.loads(curl(f"{url}/api_key?tag=CI:main&nrn=organization=1", "-H", bearer))
    # The token's own key is visible to it: Ops read keys.
    assert [key["name"] for key in listed["results"]] == ["ci-main"]
    deleted = curl("-X", "DELETE", f"{url}/api_key/{created['id']}", "-H", admin, "-w", "%{http_code}")
    assert deleted == "204"
    assert curl(f"{url}/api_key", "-H", bearer, "-o", "/dev/null", "-w", "%{http_code}") == "401"
    refused = curl("-X", "POST", f"{url}/token", "-d", json.dumps({"api_key": created["api_key"]}), "-w", "%{http_code}")
    assert refused.endswith("401")


@each_engine
def test_the_life_of_a_key_by_the_command_line(installation):
    environment = installation.environment(installation.admin_key)

    def keywright(*arguments, check=True):
        return cli(*arguments, environment=environment, check=check)

    created = keywright("key", "create", "deploy", "--grant", "organization=1=ops", "--tag", "team:payments", "--expires", "90d")
    secret = created.stdout.strip()
    assert re.fullmatch(r"kw_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}", secret), "the secret stands alone on standard output"
    assert secret not in created.stderr
    keys = json.loads(keywright("key", "list", "--json", "--tag", "team:payments").stdout)["results"]
    assert [key["name"] for key in keys] == ["deploy"]
    number = str(keys[0]["id"])
    assert "deploy" in keywright("key", "list").stdout
    assert "deploy" in keywright("key", "get", number).stdout
    keywright("key", "update", number, "--name", "deploy-2")
    own = {**environment, "KEYWRIGHT_API_KEY": secret}
    token = cli("token", environment=own).stdout.strip()
    assert token.count(".") == 2
    keywright("key", "disable", number)
    assert cli("token", environment=own, check=False).returncode == 4
    keywright("key", "enable", number)
    assert cli("token", environment=own).returncode == 0
    assert keywright("role", "list").stdout.count("\n") > 10
    keywright("resource", "create", "account", "Main")
    assert "Main" in keywright("resource", "list", "account").stdout
    assert "/invitation?token=" in keywright("user", "invite", "second@example.com").stdout
    assert "second@example.com" in keywright("user", "list").stdout
    assert "api_key.update" in keywright("audit", "list").stdout
    keywright("key", "delete", number, "--yes")
    assert keywright("key", "get", number, check=False).returncode == 1
    assert cli("token", environment=own, check=False).returncode == 4


def test_exit_codes(installation, tmp_path):
    assert cli("key", "nonsense", check=False).returncode == 2
    assert cli("key", "create", check=False).returncode == 2
    locked = cli(
        "admin", "create", "--data", installation.folder, "--organization", "X", "--email", "x@example.com",
        "--password-stdin", stdin=PASSWORD, check=False,
    )
    assert locked.returncode == 3
    assert str(installation.process.pid) in locked.stderr
    anonymous = cli("key", "list", environment=installation.environment("kw_not_a_key"), check=False)
    assert anonymous.returncode == 4
    nowhere = {"KEYWRIGHT_URL": "http://127.0.0.1:9", "KEYWRIGHT_API_KEY": "x"}
    unreachable = cli("key", "list", environment=nowhere, check=False)
    assert unreachable.returncode == 1 and "Server: http://127.0.0.1:9 " in unreachable.stderr
    admin = installation.environment(installation.admin_key)
    wrong = cli("key", "create", "x", "--grant", "organization=1=emperor", environment=admin, check=False)
    assert wrong.returncode == 1 and wrong.stderr.count("no role with this slug") == 1
    assert "keywright role list" in wrong.stderr
    assert cli("--help").returncode == 0
    assert cli("audit", "verify", "--data", tmp_path / "none", check=False).returncode == 1


def test_backup_and_restore(installation, tmp_path):
    backup = tmp_path / "backup.db"
    with installation.client(installation.admin_key) as client:
        kept = client.post("/api_key", json=key_body("kept")).json()
        token = client.post("/token", json={"api_key": kept["api_key"]}).json()["access_token"]
    cli("backup", "--data", installation.folder, backup)
    assert cli("backup", "--data", installation.folder, backup, check=False).returncode == 1
    assert sqlite3.connect(backup).execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert cli("restore", backup, "--data", installation.folder, check=False).returncode == 3
    with installation.client(installation.admin_key) as client:
        lost = client.post("/api_key", json=key_body("made after the backup")).json()
        assert client.delete(f"/api_key/{kept['id']}").status_code == 204
    assert installation.stop() == 0
    restored = cli("restore", backup, "--data", installation.folder)
    assert "valid again" in restored.stderr
    installation.start()
    with installation.client() as client:
        assert client.post("/token", json={"api_key": lost["api_key"]}).status_code == 401
        assert client.post("/token", json={"api_key": kept["api_key"]}).status_code == 200
        assert client.get("/role", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert "intact" in cli("audit", "verify", "--data", installation.folder).stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to others")
def test_what_root_restores_belongs_to_who_serves(installation, tmp_path):
    """Of a folder that is another user's, as that of a service; also where nothing was before."""
    backup = tmp_path / "backup.db"
    cli("backup", "--data", installation.folder, backup)
    assert installation.stop() == 0
    service = 65_534
    fresh = tmp_path / "fresh"
    fresh.mkdir(mode=0o700)
    (fresh / "pepper").write_text((installation.folder / "pepper").read_text())
    for folder in (installation.folder, fresh):
        for path in (folder, *folder.iterdir()):
            os.chown(path, service, service)
        cli("restore", backup, "--data", folder)
        owners = {path.name: path.stat().st_uid for path in folder.iterdir()}
        assert {"keywright.db", "keywright.lock"} <= owners.keys()
        assert set(owners.values()) == {service}, owners
    made = tmp_path / "made"
    made.mkdir()
    os.chown(made, service, service)
    Server(made).bootstrap()
    owners = {path.name: path.stat().st_uid for path in made.iterdir()}
    assert {"keywright.db", "pepper"} <= owners.keys() and set(owners.values()) == {service}, owners
    installation.start()


def test_data_that_cannot_be_opened_is_named(installation):
    """To an ordinary user: whoever is root here gives up what opens closed files."""
    assert installation.stop() == 0
    ordinary = ["setpriv", "--bounding-set=-all"] if os.geteuid() == 0 else []
    folder, database = installation.folder, installation.folder / "keywright.db"
    for path, mode in [(folder, 0o500), (database, 0), (folder / "keywright.lock", 0), (folder / "pepper", 0)]:
        before = path.stat().st_mode
        path.chmod(mode)
        for command in [["serve", "--port", "0"], ["setup-link"]]:
            result = cli(*command, "--data", folder, check=False, by=ordinary)
            assert result.returncode == 1, (path, result)
            assert result.stderr == f"Error: {path} cannot be opened: Permission denied.\n"
        path.chmod(before)
    database.chmod(0)
    result = cli("audit", "verify", "--data", folder, check=False, by=ordinary)
    assert result.returncode == 1 and f"{database} cannot be opened: Permission denied." in result.stderr
    database.chmod(0o600)
    if os.geteuid() == 0:
        os.chown(database, 65_534, 65_534)
        result = cli("serve", "--data", folder, check=False, by=ordinary)
        assert result.stderr.endswith("It belongs to the user nobody; this process runs as root.\n")
        os.chown(database, 0, 0)
    installation.start()


def test_commands_change_no_data_that_is_not_there(installation, tmp_path):
    nowhere = tmp_path / "nowhere"
    for command in [
        ["admin", "rotate-signing-key", "--end-tokens"], ["setup-link"],
        ["admin", "reset-password", "--email", "admin@example.com", "--password-stdin"],
    ]:
        result = cli(*command, "--data", nowhere, stdin="a password of 15 bytes or more", check=False)
        assert result.returncode == 1 and f"no database at {nowhere}" in result.stderr
        assert not nowhere.exists()
    assert installation.stop() == 0
    for content in [b"", b"no database" * 1000]:
        (tmp_path / "backup").write_bytes(content)
        result = cli("restore", tmp_path / "backup", "--data", installation.folder, check=False)
        assert result.returncode == 1 and f"{tmp_path}/backup is not a database of Keywright" in result.stderr
    installation.start()


def test_an_address_that_is_taken_is_named(installation, tmp_path):
    port = installation.url.rpartition(":")[2]
    result = cli("serve", "--data", tmp_path / "second", "--port", port, check=False)
    assert result.returncode == 1
    assert f"http://127.0.0.1:{port} cannot be served: Address already in use." in result.stderr


def test_a_tampered_audit_trail_is_found(installation):
    assert installation.stop() == 0
    database = sqlite3.connect(installation.folder / "keywright.db")
    database.execute("DROP TRIGGER audit_events_stay_unchanged")
    database.execute("UPDATE audit_events SET action = 'api_key.read' WHERE id = 2")
    database.commit()
    database.close()
    result = cli("audit", "verify", "--data", installation.folder, check=False)
    assert result.returncode == 1 and "event 2" in result.stdout
    installation.start()


def test_a_wrong_or_missing_pepper_fails_at_start(installation):
    assert installation.stop() == 0
    pepper = installation.folder / "pepper"
    value = pepper.read_text()
    pepper.unlink()
    missing = cli("setup-link", "--data", installation.folder, check=False)
    assert missing.returncode == 1 and "pepper" in missing.stderr
    wrong = cli("serve", "--data", installation.folder, environment={"KEYWRIGHT_PEPPER": "00" * 32}, check=False)
    assert wrong.returncode == 1 and "pepper" in wrong.stderr
    pepper.write_text(value)
    pepper.chmod(0o400)
    installation.start()


@pytest.mark.parametrize(
    "flags",
    [
        ["--host", "0.0.0.0"],
        ["--tls-certificate", "x.pem"],
        ["--port", "70000"],
        ["--public-url", "nonsense"],
        ["--key-prefix", "UPPER"],
        ["--access-token-lifetime", "30s"],
    ],
)
def test_settings_that_cannot_be_used_are_refused(tmp_path, flags):
    result = subprocess.run(
        [BINARY, "serve", "--data", str(tmp_path / "data"), *flags], capture_output=True, text=True, timeout=30
    )
    assert result.returncode in (1, 2), result
    assert result.stderr.strip() and "Fatal" not in result.stderr
