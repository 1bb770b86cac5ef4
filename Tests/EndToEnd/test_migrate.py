"""Moving from a data folder to PostgreSQL, as an operator does it."""

import os
import shutil
import subprocess
import time

import pytest

from server import BINARY, PASSWORD, Server, cli, key_body


class Obstacle:
    """Stops whoever adds rows to the audit trail of a database until it is removed."""

    def __init__(self, database):
        self.database = database
        self.database.sql(
            """
            CREATE FUNCTION keywright.wait() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NEW; END $$;
            CREATE TRIGGER obstacle BEFORE INSERT ON keywright.audit_events
                FOR EACH ROW EXECUTE FUNCTION keywright.wait()
            """
        )
        self.holder = subprocess.Popen(
            ["psql", "-XAtq", database.owner_url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.holder.stdin.write("SELECT pg_advisory_lock(42); SELECT 'held';\n")
        self.holder.stdin.flush()
        while self.holder.stdout.readline().strip() != "held":
            assert self.holder.poll() is None

    def wait_until_met(self):
        deadline = time.monotonic() + 30
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory' AND query LIKE 'COPY audit_events%'"
        while self.database.sql(waiting) != "1":
            assert time.monotonic() < deadline, "nobody came to the audit trail"

    def remove(self):
        self.holder.communicate()
        self.database.sql("DROP FUNCTION keywright.wait CASCADE")


@pytest.fixture
def folder(tmp_path):
    """A data folder with keys, and a server on it that has stopped."""
    server = Server(tmp_path / "data")
    server.admin_key = server.bootstrap()
    server.start()
    with server.client(server.admin_key) as client:
        server.keys = [client.post("/api_key", json=key_body(f"key-{n}", role="verifier")).json() for n in range(20)]
        assert client.delete(f"/api_key/{server.keys[0]['id']}").status_code == 204
        assert client.patch(f"/api_key/{server.keys[1]['id']}", json={"enabled": False}).status_code == 200
        server.listed = listed(client)
        server.trail = client.get("/v1/audit?limit=200").json()
    assert server.stop() == 0
    return server


def listed(client):
    """The list of keys, but for when they were used last, which this very request changes."""
    keys = client.get("/api_key?limit=200").json()["results"]
    return [{name: value for name, value in key.items() if name != "last_used_at"} for key in keys]


def migrate(folder, database, check=True):
    return cli("migrate", "--from", f"sqlite:{folder.folder}", "--to", database.owner_url, check=check)


def check_moved(folder, database, tmp_path):
    """A node with the same pepper answers as the server on the folder did."""
    node = Server(tmp_path / "node", database=database.url)
    (tmp_path / "node").mkdir(mode=0o700)
    shutil.copy(folder.folder / "pepper", tmp_path / "node")
    node.start()
    try:
        with node.client(folder.admin_key) as client:
            assert listed(client) == folder.listed
            assert client.get("/v1/audit?limit=200").json() == folder.trail
            assert client.get("/api_key?q=key-1").json()["paging"]["total"] == 11
            verdicts = [client.post("/v1/verify", json={"api_key": key["api_key"]}) for key in folder.keys]
            assert [verdict.json()["valid"] for verdict in verdicts] == [False, False] + [True] * 18
            new = client.post("/api_key", json=key_body("after")).json()
            assert new["id"] == max(key["id"] for key in folder.keys) + 1
    finally:
        assert node.stop() == 0
    assert "intact" in cli("audit", "verify", "--database", database.url).stdout


def test_everything_moves(folder, database, tmp_path):
    moved = migrate(folder, database)
    assert "api_keys: 20" in moved.stderr and "pepper" in moved.stderr
    check_moved(folder, database, tmp_path)
    again = migrate(folder, database, check=False)
    assert again.returncode == 1 and "holds data already" in again.stderr
    assert PASSWORD not in moved.stderr + again.stderr


def test_a_move_that_was_killed_is_begun_anew(folder, database, tmp_path):
    obstacle = Obstacle(database)
    moving = subprocess.Popen(
        [BINARY, "migrate", "--from", f"sqlite:{folder.folder}", "--to", database.owner_url],
        stderr=subprocess.DEVNULL, env=os.environ,
    )
    obstacle.wait_until_met()
    locked = cli("admin", "reset-password", "--data", folder.folder, "--email", "admin@example.com",
                 "--password-stdin", stdin=PASSWORD, check=False)
    assert locked.returncode == 3, "the folder is locked meanwhile"
    moving.kill()
    moving.wait(10)
    obstacle.remove()
    early = cli("serve", "--database", database.url, "--data", tmp_path / "early", "--port", "0", check=False)
    assert early.returncode == 1 and "keywright migrate" in early.stderr
    assert database.sql("SELECT count(*) FROM keywright.api_keys") == "0"
    migrate(folder, database)
    check_moved(folder, database, tmp_path)


def test_what_cannot_move_is_refused(folder, database, tmp_path):
    for source, target, words in [
        (f"sqlite:{tmp_path / 'absent'}", database.owner_url, "no database"),
        (f"sqlite:{folder.folder}", database.url, "owns the tables"),
        (f"sqlite:{folder.folder}", "mysql://x", "database address"),
        (str(folder.folder), database.owner_url, "sqlite:FOLDER"),
    ]:
        refused = cli("migrate", "--from", source, "--to", target, check=False)
        assert refused.returncode in (1, 2, 4) and words in refused.stderr, refused.stderr
    assert not (tmp_path / "absent").exists()
    assert database.sql("SELECT count(*) FROM keywright.settings") == "0"
