"""Several nodes on one PostgreSQL database, as operators meet them."""

import shutil
import time

import httpx
import pytest

from database import PASSWORD as DATABASE_PASSWORD
from database import Database
from server import PASSWORD, Server, cli, key_body


@pytest.fixture
def nodes(database, tmp_path):
    """Two running nodes with one pepper, and the value of an Admin key."""
    first = Server(tmp_path / "first", database=database.url)
    first.admin_key = first.bootstrap()
    shutil.copytree(tmp_path / "first", tmp_path / "second")
    second = Server(tmp_path / "second", database=database.url)
    yield [first.start(), second.start()]
    codes = [node.stop() for node in (first, second)]
    assert codes == [0, 0]


def test_a_database_must_be_prepared(tmp_path):
    database = Database()
    try:
        early = cli("serve", "--database", database.url, "--data", tmp_path, "--port", "0", check=False)
        assert early.returncode == 1 and "keywright database prepare" in early.stderr
        # The role that serves may not make tables.
        assert cli("database", "prepare", "--database", database.url, check=False).returncode == 1
        database.prepare().prepare()
        assert database.sql("SELECT count(*) FROM keywright.schema_versions") != "0"
        for output in (early.stdout, early.stderr):
            assert DATABASE_PASSWORD not in output
    finally:
        database.drop()


def test_any_node_answers_and_obeys_the_others(nodes):
    first, second = nodes
    with first.client(first.admin_key) as one, second.client(first.admin_key) as other:
        created = one.post("/api_key", json=key_body("shared", role="verifier")).json()
        assert other.get(f"/api_key/{created['id']}").json()["name"] == "shared"
        headers = {"Idempotency-Key": "once"}
        answers = [node.post("/api_key", json=key_body("once"), headers=headers) for node in (one, other)]
        assert answers[0].json()["id"] == answers[1].json()["id"] and "api_key" not in answers[1].json()
        with second.client(created["api_key"]) as service:
            cursor = service.get("/v1/changes").json()["cursor"]
            body = {"api_key": created["api_key"]}
            assert service.post("/v1/verify", json=body).json()["valid"] is True
            assert one.delete(f"/api_key/{created['id']}").status_code == 204
            deadline = time.monotonic() + 2
            while service.post("/v1/verify", json=body).status_code == 200:
                assert time.monotonic() < deadline, "a deleted key was accepted for more than two seconds"
        waiting = one.post("/api_key", json=key_body("follower", role="verifier")).json()
        with second.client(waiting["api_key"]) as follower:
            start = follower.get("/v1/changes").json()["cursor"]
            changed = other.post("/account", json={"name": "Heard of"}).json()["id"]
            heard = follower.get("/v1/changes", params={"after": start, "wait": 20}).json()
            assert changed in [change["id"] for change in heard["changes"]]
            assert cursor != heard["cursor"]
        for node in (one, other):
            assert node.get("/readyz").status_code == 200


def test_a_session_of_one_node_is_good_on_the_other(nodes):
    first, second = nodes
    with httpx.Client(timeout=30, follow_redirects=False) as browser:
        form = {"email": "admin@example.com", "password": PASSWORD}
        browser.get(first.url + "/sign-in")
        entered = browser.post(first.url + "/sign-in", data=form, headers={"Sec-Fetch-Site": "same-origin"})
        assert entered.status_code == 303, entered.text
        # Cookies know no ports.
        page = browser.get(second.url + "/settings/api-keys")
        assert page.status_code == 200 and "bootstrap" in page.text


def test_operators_work_beside_running_nodes(nodes, database, tmp_path):
    first, _ = nodes
    shared = {"KEYWRIGHT_DATABASE": database.url}

    def operator(*arguments, check=True, stdin=None):
        return cli(*arguments, environment=shared, check=check, stdin=stdin)

    data = ["--data", first.folder]
    operator(
        "admin", "create", *data, "--organization", "Second", "--email", "two@example.com", "--password-stdin",
        stdin=PASSWORD,
    )
    operator("admin", "reset-password", *data, "--email", "two@example.com", "--password-stdin", stdin=PASSWORD)
    assert "signs from" in operator("admin", "rotate-signing-key", *data).stdout
    with first.client() as client:
        deadline = time.monotonic() + 2
        while len(client.get("/.well-known/jwks.json").json()["keys"]) != 2:
            assert time.monotonic() < deadline, "a node did not hear of the new signing key"
    assert "set up already" in operator("setup-link", *data, check=False).stderr
    verified = operator("audit", "verify", *data).stdout
    assert "organization 1: " in verified and "organization 2: " in verified and "broken" not in verified
    refused = operator("backup", *data, tmp_path / "backup", check=False)
    assert refused.returncode == 2 and "pg_dump" in refused.stderr
    refused = operator("restore", tmp_path / "backup", *data, check=False)
    assert refused.returncode == 2 and "pg_restore" in refused.stderr
    database.sql(
        "CREATE TABLE keywright.audit_events_2025_01 PARTITION OF keywright.audit_events"
        " FOR VALUES FROM (1735689600000) TO (1738368000000)"
    )
    detached = cli("audit", "detach", "--before", "2025-02", "--database", database.owner_url)
    assert detached.stdout == "audit_events_2025_01\n"
    assert cli("audit", "detach", "--before", "soon", "--database", database.owner_url, check=False).returncode == 1
    database.sql("ALTER TABLE keywright.audit_events DISABLE TRIGGER USER")
    database.sql("UPDATE keywright.audit_events SET action = 'api_key.read' WHERE organization_id = 2")
    assert "organization 2: broken" in operator("audit", "verify", *data, check=False).stdout
    for node in nodes:
        assert DATABASE_PASSWORD not in "".join(node.output)


def test_another_pepper_is_refused(nodes, database, tmp_path):
    shared = {"KEYWRIGHT_DATABASE": database.url}
    serve = ["serve", "--data", tmp_path / "third", "--port", "0"]
    missing = cli(*serve, environment=shared, check=False)
    assert missing.returncode == 1 and "pepper is missing" in missing.stderr
    other = cli(*serve, environment={**shared, "KEYWRIGHT_PEPPER": "00" * 32}, check=False)
    assert other.returncode == 1 and "pepper" in other.stderr


def test_what_was_given_out_ends_after_a_restore(nodes, database):
    first, second = nodes
    with first.client() as client:
        token = client.post("/token", json={"api_key": first.admin_key}).json()["access_token"]
    cli("database", "note-restore", "--data", first.folder, environment={"KEYWRIGHT_DATABASE": database.url})
    deadline = time.monotonic() + 2
    for node in (first, second):
        with node.client(token) as client:
            while client.get("/api_key").status_code != 401:
                assert time.monotonic() < deadline


def test_each_node_prints_a_set_up_link_that_works_until_one_is_used(database, tmp_path):
    first = Server(tmp_path / "first", database=database.url).start()
    first.wait_for_setup_link()
    shutil.copytree(tmp_path / "first", tmp_path / "second")
    second = Server(tmp_path / "second", database=database.url).start()
    second.wait_for_setup_link()
    try:
        for link in (first.setup_link, second.setup_link):
            assert httpx.get(link).status_code == 200
        first.bootstrap()
        for link in (first.setup_link, second.setup_link):
            assert httpx.get(link).status_code == 404
    finally:
        assert [first.stop(), second.stop()] == [0, 0]


@pytest.mark.parametrize("flags", [["--database", "mysql://x:hidden@y/z"], ["--demo", "--database", "postgres:///x"],
                                   ["--database", "postgres:///x", "--database-notifications", "sometimes"]])
def test_settings_that_cannot_be_used_are_refused(tmp_path, flags):
    refused = cli("serve", "--data", tmp_path, *flags, check=False)
    assert refused.returncode == 2 and "hidden" not in refused.stderr
