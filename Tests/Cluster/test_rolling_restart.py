"""The nodes are restarted one after the other, behind nginx, and nobody notices."""

import threading
import time
import uuid

import pytest

from front import start_front
from nodes import HOST, Line
from server import PASSWORD, key_body

USERS = 8
#: What is asked for before the first restart.
WARM = 100
#: Between two restarts: nginx leaves out a node that it found away for a second.
REST = 2


@pytest.fixture
def front(cluster, tmp_path):
    nginx = start_front(tmp_path / "nginx", [node.port for node in cluster.nodes])
    yield nginx
    nginx.stop()


class User(threading.Thread):
    """Uses the API through nginx without pause, each request once."""

    def __init__(self, front, admin_key, number):
        super().__init__(daemon=True)
        self.line = Line(front, admin_key, timeout=60)
        self.number = number
        self.count = 0
        self.problem = None
        self.is_over = threading.Event()

    def run(self):
        try:
            while not self.is_over.is_set():
                self.live()
        except Exception as error:
            self.problem = repr(error)
        finally:
            self.line.close()

    def send(self, expected, method, path, body=None, **headers):
        answer = self.line.ask(method, path, body, **headers)
        assert answer.status == expected, f"{method} {path}: {answer}"
        self.count += 1
        return answer.body

    def live(self):
        key = self.send(201, "POST", "/api_key", key_body(f"user-{self.number}"), Idempotency_Key=str(uuid.uuid4()))
        path = f"/api_key/{key['id']}"
        # A node that has just begun knows of what another one did; here nothing waits for that.
        question = {"api_key": key["api_key"], "action": "application:read", "nrn": "organization=1"}
        for _ in range(5):
            assert self.send(200, "POST", "/v1/verify", question)["allowed"]
        token = self.send(200, "POST", "/token", {"api_key": key["api_key"]})["access_token"]
        assert self.send(200, "POST", "/v1/verify", {"access_token": token})["valid"]
        self.send(200, "PATCH", path, {"name": f"user-{self.number}-renamed"})
        self.send(200, "GET", f"/api_key?name=user-{self.number}-renamed")
        self.send(204, "DELETE", path)


class Listener(threading.Thread):
    """Waits for changes through nginx, again and again."""

    def __init__(self, front, admin_key):
        super().__init__(daemon=True)
        self.line = Line(front, admin_key, timeout=60)
        self.problem = None
        self.count = 0
        self.is_over = threading.Event()

    def run(self):
        try:
            cursor = self.line.ask("GET", "/v1/changes").body["cursor"]
            while not self.is_over.is_set():
                answer = self.line.ask("GET", f"/v1/changes?after={cursor}&wait=2")
                assert answer.status == 200 and not answer.body["reset"], str(answer)
                cursor = answer.body["cursor"]
                self.count += len(answer.body["changes"])
        except Exception as error:
            self.problem = repr(error)
        finally:
            self.line.close()


def test_no_request_fails(cluster, front, note):
    threads = [User(front, cluster.admin_key, number) for number in range(USERS)]
    threads.append(Listener(front, cluster.admin_key))
    for thread in threads:
        thread.start()

    def count():
        assert [thread.problem for thread in threads if thread.problem] == [], front.log.read_text()[-2000:]
        return sum(thread.count for thread in threads)

    def wait_for(target):
        deadline = time.monotonic() + 120
        while count() < target:
            assert time.monotonic() < deadline, f"only {count()} requests"
            time.sleep(0.02)

    wait_for(WARM)
    meanwhile = []
    for node in cluster.nodes:
        before = count()
        assert node.stop() == 0
        node.start()
        meanwhile.append(count() - before)
        wait_for(count() + WARM)
        time.sleep(REST)
    for thread in threads:
        thread.is_over.set()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    note(f"{count()} requests, {' + '.join(map(str, meanwhile))} of them while a node was away")
    assert min(meanwhile) > 0


def test_a_node_that_dies_is_left_out(cluster, front):
    """Reads go on without a failure; who was writing over the dead node's connection learns of it."""
    line = Line(front, cluster.admin_key)
    node = cluster.nodes[1]
    node.kill()
    try:
        for _ in range(60):
            assert line.ask("GET", "/api_key?limit=1").status == 200
    finally:
        node.start()
    line.close()


def test_people_sign_in_through_nginx(cluster, front):
    headers = {"Host": HOST, "Origin": f"http://{HOST}", "Content-Type": "application/x-www-form-urlencoded"}
    line = Line(front, "")
    body = f"email=admin%40example.com&password={PASSWORD.replace(' ', '+')}"
    line.connection.request("POST", "/sign-in", body, headers)
    answer = line.connection.getresponse()
    answer.read()
    assert answer.status == 303
    cookie = answer.headers["Set-Cookie"].split(";")[0]
    line.connection.request("GET", "/settings/api-keys", headers={"Host": HOST, "Cookie": cookie})
    page = line.connection.getresponse()
    assert page.status == 200 and b"bootstrap" in page.read()
    line.close()
