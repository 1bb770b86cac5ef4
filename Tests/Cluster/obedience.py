"""How long it takes until all nodes obey a change: changes made on one node, and the others asked without pause.

The time of a change ends with the last question, by the moment it was sent, that a node still answered in the old way.
What a busy machine adds to an answer's way back is not the node's disobedience.
"""

import random
import threading
import time

from nodes import Asker, Installation, Line, Node
from server import key_body

ACTION = "application:create"
AT = "organization=1"
#: A question to a node is repeated no sooner than this.
INTERVAL = 0.006


class Change:
    """One change, which nodes obey it, and when one last did not."""

    def __init__(self, question, before, after, nodes):
        self.question, self.before, self.after = question, before, after
        self.obeying = dict.fromkeys(nodes, False)
        self.last_disobeyed = 0.0
        self.complete = threading.Event()
        self.problem = None

    def note(self, node, sent, answer):
        """Takes a node's answer to a question and when that was sent."""
        status, body = answer
        found = body.get("allowed") if "action" in self.question else body.get("code")
        if status == 200 and found == self.after:
            self.obeying[node] = True
        elif status != 200 or found != self.before:
            self.problem = f"{self.question.keys()}: {answer}"
        elif self.obeying[node]:
            self.problem = f"{self.question.keys()}: obeyed, and then no more"
        else:
            self.last_disobeyed = max(self.last_disobeyed, sent)
        if self.problem or all(self.obeying.values()):
            self.complete.set()


class Watcher(threading.Thread):
    """Asks one node about all changes that are under way, again and again."""

    def __init__(self, node: Node, credential: str):
        super().__init__(daemon=True)
        self.node, self.asker = node, Asker(node, credential)
        self.changes = []
        self.arrived = threading.Condition()
        self.is_done = False
        self.problem = None
        self.rounds = []

    def watch(self, change):
        with self.arrived:
            self.changes.append(change)
            self.arrived.notify()

    def finish(self):
        with self.arrived:
            self.is_done = True
            self.arrived.notify()
        self.join(40)
        self.asker.close()

    def run(self):
        try:
            while True:
                with self.arrived:
                    self.changes = [change for change in self.changes if not change.complete.is_set()]
                    while not self.changes and not self.is_done:
                        self.arrived.wait()
                    if self.is_done:
                        return
                    changes = list(self.changes)
                begin = time.monotonic()
                for change in changes:
                    question = self.asker.bytes(change.question)
                    change.note(self.node, time.monotonic(), self.asker.ask(question))
                took = time.monotonic() - begin
                self.rounds.append(took)
                if took < INTERVAL:
                    time.sleep(INTERVAL - took)
        except Exception as error:
            self.problem = repr(error)
            for change in self.changes:
                change.problem = self.problem
                change.complete.set()


class Changer(threading.Thread):
    """Makes changes of every kind on one node, one after the other, and waits until all others obey each."""

    def __init__(self, name, node: Node, credential: str, watchers, count):
        super().__init__(daemon=True)
        self.name, self.node, self.watchers, self.count = name, node, watchers, count
        self.line = Line(node, credential)
        self.times = []
        self.problem = None

    def run(self):
        try:
            self.prepare()
            # Kinds in another order for each, so that every kind meets every other.
            kinds = [self.switch, self.narrow, self.change_role, self.revoke, self.delete]
            random.Random(self.name).shuffle(kinds)
            while True:
                for kind in kinds:
                    kind()
                    if len(self.times) >= self.count:
                        return
        except Exception as error:
            self.problem = repr(error)
        finally:
            self.line.close()

    def send(self, method, path, body=None):
        answer = self.line.ask(method, path, body)
        assert answer.status in (200, 201, 204), f"{method} {path}: {answer}"
        return answer.body

    def prepare(self):
        role = {"name": self.name, "slug": self.name, "actions": [ACTION, "application:read"]}
        self.role = self.send("POST", "/role", role)["id"]
        self.key = self.make_key()
        grants = [{"nrn": AT, "role_slug": self.name}]
        self.key_of_role = self.send("POST", "/api_key", {"name": self.name, "grants": grants})

    def make_key(self):
        return self.send("POST", "/api_key", key_body(self.name, role="developer"))

    def change(self, question, before, after, method, path, body=None):
        """Makes a change and keeps the time from its acknowledgement until all nodes obey."""
        change = Change(question, before, after, [watcher.node for watcher in self.watchers])
        for watcher in self.watchers:
            watcher.watch(change)
        self.send(method, path, body)
        acknowledged = time.monotonic()
        assert change.complete.wait(20), f"{method} {path} is not obeyed"
        assert not change.problem, change.problem
        self.times.append(max(0, change.last_disobeyed - acknowledged))

    # Kinds of changes

    def switch(self):
        question, path = {"api_key": self.key["api_key"]}, f"/api_key/{self.key['id']}"
        self.change(question, "VALID", "DISABLED", "PATCH", path, {"enabled": False})
        self.change(question, "DISABLED", "VALID", "PATCH", path, {"enabled": True})

    def narrow(self):
        question = {"api_key": self.key["api_key"], "action": ACTION, "nrn": AT}
        path = f"/api_key/{self.key['id']}"
        for role, before, after in [("member", True, False), ("developer", False, True)]:
            grants = [{"nrn": AT, "role_slug": role}]
            self.change(question, before, after, "PATCH", path, {"grants": grants})

    def change_role(self):
        question = {"api_key": self.key_of_role["api_key"], "action": ACTION, "nrn": AT}
        path = f"/role/{self.role}"
        self.change(question, True, False, "PATCH", path, {"actions": ["application:read"]})
        self.change(question, False, True, "PATCH", path, {"actions": [ACTION, "application:read"]})

    def revoke(self):
        token = self.send("POST", "/token", {"api_key": self.key["api_key"]})["access_token"]
        # Ends the token alone: who has it may, no other credential is asked for.
        self.change({"access_token": token}, "VALID", "NOT_FOUND", "POST", "/revoke", f"token={token}")

    def delete(self):
        question = {"api_key": self.key["api_key"]}
        self.change(question, "VALID", "DELETED", "DELETE", f"/api_key/{self.key['id']}")
        self.key = self.make_key()


def measure(installation: Installation, count, changers):
    """Makes changes on the first node, so many at a time, and asks the others.

    Returns the seconds that each change took until all obeyed, and those that each round of questions took.
    """
    first, *others = installation.nodes
    watchers = [Watcher(node, installation.admin_key) for node in others]
    for watcher in watchers:
        watcher.start()
    marker = random.getrandbits(32)
    making = [
        Changer(f"changer-{marker:x}-{number}", first, installation.admin_key, watchers, -(-count // changers))
        for number in range(changers)
    ]
    for changer in making:
        changer.start()
    for changer in making:
        changer.join(300)
        assert not changer.is_alive(), "the changes take too long"
    for watcher in watchers:
        watcher.finish()
    problems = [thread.problem for thread in making + watchers if thread.problem]
    assert problems == []
    times = [seconds for changer in making for seconds in changer.times]
    return times, [seconds for watcher in watchers for seconds in watcher.rounds]


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def check(times):
    """What is promised: nearly all changes are obeyed everywhere within half a second, and every one within two."""
    assert percentile(times, 0.99) <= 0.5, f"p99 {percentile(times, 0.99):.3f} s"
    assert max(times) <= 2, f"{max(times):.3f} s"
