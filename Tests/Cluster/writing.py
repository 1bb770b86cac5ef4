"""Writers that never give up, and what must be stored when all they did was acknowledged.

A request without an answer is sent again, to another node if need be, until it is acknowledged. Creates carry an
Idempotency-Key and updates the version they change, so that a repetition does nothing twice. In the end the database must
hold exactly what was acknowledged.
"""

import http.client
import random
import threading
import time
import uuid

from nodes import Installation, Line
from stored import key_sets

#: Machine users are the keys' ids beyond all persons' ids.
MACHINES = 1 << 40


class Key:
    """What a key must be."""

    def __init__(self, name, number, role):
        self.name, self.tag, self.role = name, f"n={number}", role
        self.etag = None
        self.updates = 0


class Writer(threading.Thread):
    """Writes over one connection at a time and keeps what was acknowledged."""

    def __init__(self, installation: Installation, name: str, nodes, acknowledge):
        super().__init__(daemon=True)
        self.name = name
        self.nodes = nodes
        self.acknowledge = acknowledge
        self.random = random.Random(name)
        self.lines = [Line(node, installation.admin_key) for node in nodes]
        self.line = self.random.randrange(len(nodes))
        self.keys: dict[int, Key] = {}
        self.deleted: dict[int, Key] = {}
        self.problem = None
        self.repeated = 0
        self.is_over = threading.Event()

    def run(self):
        try:
            number = 0
            while not self.is_over.is_set():
                number += 1
                self.create(number)
                if number % 2:
                    self.update(self.random.choice(list(self.keys)))
                if number % 3 == 0:
                    self.delete(self.random.choice(list(self.keys)))
        except Exception as error:
            self.problem = f"{self.name}: {error!r}"
        finally:
            for line in self.lines:
                line.close()

    def send(self, method, path, body=None, accepted=(), **headers):
        """Sends until there is an answer that says what became of it.

        Returns the answer, and whether it had been sent before.
        """
        deadline = time.monotonic() + 60
        is_repeated = False
        while True:
            self.begun = time.monotonic()
            try:
                answer = self.lines[self.line].ask(method, path, body, **headers)
            except (OSError, http.client.HTTPException) as error:
                answer = error
            else:
                if answer.status != 503:
                    assert answer.status in accepted, f"{method} {path}: {answer}"
                    return answer, is_repeated
            assert time.monotonic() < deadline, f"{method} {path}: {answer!r}"
            is_repeated = True
            self.repeated += 1
            self.line = (self.line + 1) % len(self.lines)
            self.is_over.wait(0.02)

    def done(self):
        """Counts a write that was acknowledged."""
        self.acknowledge(self.nodes[self.line], self.begun)

    def create(self, number):
        key = Key(f"{self.name}-{number}", number, self.random.choice(["member", "developer"]))
        body = {
            "name": key.name, "grants": [{"nrn": "organization=1", "role_slug": key.role}],
            "tags": [{"key": "n", "value": str(number)}],
        }
        answer, _ = self.send("POST", "/api_key", body, (201, 200), Idempotency_Key=str(uuid.uuid4()))
        key.etag = answer.etag
        self.keys[answer.body["id"]] = key
        self.done()

    def update(self, id):
        key = self.keys[id]
        changed = {"name": f"{key.name}'"}
        if self.random.random() < 0.5:
            role = "member" if key.role == "developer" else "developer"
            changed["grants"] = [{"nrn": "organization=1", "role_slug": role}]
        answer, is_repeated = self.send("PATCH", f"/api_key/{id}", changed, (200, 412), If_Match=key.etag)
        if answer.status == 412:
            # The request that got no answer was heard, or somebody else has changed the key.
            assert is_repeated, "the version changed by itself"
            answer, _ = self.send("GET", f"/api_key/{id}", None, (200,))
            assert answer.body["name"] == changed["name"], "another change than this writer's"
        key.name, key.etag = changed["name"], answer.etag
        if "grants" in changed:
            key.role = changed["grants"][0]["role_slug"]
        key.updates += 1
        self.done()

    def delete(self, id):
        answer, is_repeated = self.send("DELETE", f"/api_key/{id}", None, (204, 404))
        assert answer.status == 204 or is_repeated, "the key is gone"
        self.deleted[id] = self.keys.pop(id)
        self.done()


class Writers:
    """Several writers, and how much was acknowledged to them."""

    def __init__(self, installation: Installation, count, nodes=None):
        self.count = 0
        self.changed = threading.Condition(threading.RLock())
        #: When each write was begun and acknowledged, and by which node.
        self.history = []
        self.installation = installation
        marker = uuid.uuid4().hex[:8]
        self.threads = [
            Writer(installation, f"{marker}-{number}", (nodes or (lambda _: installation.nodes))(number), self.note)
            for number in range(count)
        ]

    def note(self, node, begun):
        with self.changed:
            self.count += 1
            self.history.append((node, begun, time.monotonic()))
            self.changed.notify_all()

    def first(self, node, after):
        """When a node acknowledged its first write that was begun after a moment."""
        with self.changed:
            return min((end for by, begun, end in self.history if by is node and begun > after), default=None)

    def start(self):
        for thread in self.threads:
            thread.start()

    def wait_for(self, count, timeout=300):
        """Waits until so many writes have been acknowledged."""
        with self.changed:
            is_done = self.changed.wait_for(lambda: self.count >= count or self.problems, timeout)
        assert self.problems == []
        assert is_done, f"only {self.count} writes in {timeout} s"

    def wait_for_each_node(self, after, timeout=60):
        """Waits until every node has acknowledged a write that was begun after a moment."""
        with self.changed:
            is_done = self.changed.wait_for(
                lambda: self.problems or all(self.first(node, after) for node in self.installation.nodes), timeout
            )
        assert self.problems == []
        assert is_done, "a node does not write any more"

    @property
    def problems(self):
        return [thread.problem for thread in self.threads if thread.problem]

    @property
    def repeated(self):
        return sum(thread.repeated for thread in self.threads)

    def finish(self):
        """Lets each writer end what it does."""
        for thread in self.threads:
            thread.is_over.set()
        for thread in self.threads:
            thread.join(90)
            assert not thread.is_alive()
        assert self.problems == []

    # What must be stored

    def check(self, others=1):
        """Compares the database with what was acknowledged: nothing lost, half done or doubled.

        `others`: how many keys there are beside those of the writers, all older.
        """
        rows = self.installation.rows
        keys = {id: key for thread in self.threads for id, key in thread.keys.items()}
        deleted = {id: key for thread in self.threads for id, key in thread.deleted.items()}
        assert len(keys) + len(deleted) > 0
        first = min([*keys, *deleted])
        stored = {id: (name, tags) for id, name, tags in rows(f"SELECT id, name, tags FROM api_keys WHERE id >= {first}")}
        assert stored == {id: (key.name, key.tag) for id, key in keys.items()}
        tombstones = dict(rows("SELECT id, name FROM deleted_api_keys"))
        assert tombstones == {id: key.name for id, key in deleted.items()}
        # What belongs together is there together, once.
        grants = sorted(
            rows(f"SELECT user_id - {MACHINES}, role_slug FROM grants WHERE user_id - {MACHINES} >= {first}")
        )
        assert grants == sorted([id, key.role] for id, key in keys.items())
        sets = key_sets((term, block, bytes.fromhex(members[2:])) for term, block, members in rows(
            "SELECT term, block, members FROM api_key_sets"
        ))
        assert {id for id in sets["l"] if id >= first} == set(keys)
        assert len(sets["l"]) == len(keys) + others
        for role in ("member", "developer"):
            assert {id for id in sets[f"r:{role}"] if id >= first} == {
                id for id, key in keys.items() if key.role == role
            }
        tagged = {id for term, members in sets.items() if term.startswith("t:n=") for id in members}
        assert tagged == set(keys)
        assert rows("SELECT key_count, listed_key_count FROM organizations") == [[len(keys) + others] * 2]
        # And so is the trail: an event for each of the changes.
        events = rows(
            "SELECT action, target_id::bigint, count(*) FROM audit_events WHERE target_type = 'api_key'"
            f" AND target_id::bigint >= {first} GROUP BY 1, 2"
        )
        expected = [["api_key.create", id, 1] for id in [*keys, *deleted]]
        expected += [["api_key.delete", id, 1] for id in deleted]
        expected += [["api_key.update", id, key.updates] for id, key in [*keys.items(), *deleted.items()] if key.updates]
        assert sorted(events) == sorted(expected)
        self.installation.verify_audit_trail()
