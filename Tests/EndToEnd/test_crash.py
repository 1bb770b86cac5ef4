"""What was acknowledged is there after a crash, whenever it comes."""

import random
import sqlite3
import threading

import httpx

from server import Server, cli, key_body
from stored import key_sets

CRASHES = 20
CONNECTIONS = 8


class Worker(threading.Thread):
    """Writes at full speed over one connection and remembers what was acknowledged."""

    def __init__(self, server, admin_key, name):
        super().__init__(daemon=True)
        self.server, self.admin_key, self.prefix = server, admin_key, name
        self.keys = {}  # id -> name, as acknowledged
        self.deleted = set()
        self.unsure = set()  # ids whose last write got no answer
        self.acknowledged = 0

    def run(self):
        number = 0
        pending = None
        try:
            with self.server.client(self.admin_key) as client:
                while True:
                    number += 1
                    name = f"{self.prefix}-{number}"
                    response = client.post("/api_key", json=key_body(name, tags=[{"key": "n", "value": str(number)}]))
                    assert response.status_code == 201, response.text
                    self.keys[response.json()["id"]] = name
                    self.acknowledged += 1
                    if number % 3 == 0:
                        pending = random.choice(list(self.keys))
                        renamed = f"{name}-renamed"
                        self.unsure.add(pending)
                        response = client.patch(f"/api_key/{pending}", json={"name": renamed})
                        assert response.status_code == 200, response.text
                        self.keys[pending] = renamed
                        self.unsure.discard(pending)
                        self.acknowledged += 1
                    if number % 5 == 0:
                        pending = random.choice(list(self.keys))
                        self.unsure.add(pending)
                        response = client.delete(f"/api_key/{pending}")
                        assert response.status_code == 204, response.text
                        del self.keys[pending]
                        self.deleted.add(pending)
                        self.unsure.discard(pending)
                        self.acknowledged += 1
        except httpx.TransportError:
            pass  # the server was killed


def test_no_acknowledged_write_is_lost(tmp_path):
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    random.seed(seed)
    server = Server(tmp_path / "data", "--maximum-keys", "10000000")
    admin_key = server.bootstrap()
    total = 0
    for crash in range(CRASHES):
        server.start()
        workers = [Worker(server, admin_key, f"c{crash}w{number}") for number in range(CONNECTIONS)]
        for worker in workers:
            worker.start()
        threading.Event().wait(random.uniform(0.1, 1.5))  # the moment of the crash is drawn
        server.kill()
        for worker in workers:
            worker.join(30)
            assert not worker.is_alive()
        acknowledged = sum(worker.acknowledged for worker in workers)
        total += acknowledged
        check(server, workers)
    assert total > CRASHES * CONNECTIONS, "hardly anything was written before the crashes"
    verified = cli("audit", "verify", "--data", server.folder)
    assert "intact" in verified.stdout
    print(f"{total} acknowledged writes, {CRASHES} crashes")


def check(server, workers):
    database = sqlite3.connect(server.folder / "keywright.db")
    try:
        names = dict(database.execute("SELECT id, name FROM api_keys"))
        deleted = {row[0] for row in database.execute("SELECT id FROM deleted_api_keys")}
        for worker in workers:
            for key, name in worker.keys.items():
                if key in worker.unsure:
                    continue
                assert names.get(key) == name, f"key {key} is {names.get(key)!r}, acknowledged as {name!r}"
            for key in worker.deleted:
                assert key in deleted and key not in names
        assert not deleted & set(names)
        # Nothing half done: rows that belong together are there together.
        offset = 1 << 40
        owners = {row[0] - offset for row in database.execute("SELECT DISTINCT user_id FROM grants WHERE user_id > ?", (offset,))}
        assert owners == set(names)
        sets = key_sets(database.execute("SELECT term, block, members FROM api_key_sets"))
        assert sets.get("l", set()) == set(names)
        assert all(members <= set(names) for members in sets.values())
        assert {key for term, members in sets.items() if term.startswith("t:n=") for key in members} == set(
            row[0] for row in database.execute("SELECT id FROM api_keys WHERE tags LIKE 'n=%'")
        )
        count, listed = database.execute("SELECT key_count, listed_key_count FROM organizations").fetchone()
        assert count == listed == len(names)
        created = {int(row[0]) for row in database.execute("SELECT target_id FROM audit_events WHERE action = 'api_key.create'")}
        assert created == set(names) | deleted
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    finally:
        database.close()
    assert "intact" in cli("audit", "verify", "--data", server.folder).stdout
