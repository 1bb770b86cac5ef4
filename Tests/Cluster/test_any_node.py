"""Any node answers any request: nothing sticks to the node where it began."""

import re
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx

from following import Follower
from nodes import HOST
from server import PASSWORD, cli, key_body

#: What a browser says of itself and of the page from which a form comes.
BROWSER = {"Host": HOST, "Sec-Fetch-Site": "same-origin"}


def together(count, action):
    """Runs an action so many times at once; returns what each gave."""
    barrier = threading.Barrier(count)

    def run(number):
        barrier.wait(30)
        return action(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_of_two_who_edit_one_version_one_wins(cluster):
    clients = [cluster.client(node) for node in cluster.nodes[:2]]
    for round in range(20):
        made = clients[0].post("/api_key", json=key_body(f"edited-{round}"))
        path, version = f"/api_key/{made.json()['id']}", {"If-Match": made.headers["etag"]}
        answers = together(
            2, lambda number: clients[number].patch(path, json={"name": f"by-{number}"}, headers=version)
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412], [answer.text for answer in answers]
        winner = next(number for number, answer in enumerate(answers) if answer.status_code == 200)
        for client in clients:
            assert client.get(path).json()["name"] == f"by-{winner}"


def test_an_idempotent_create_makes_one_key_on_whatever_node(cluster):
    name = f"once-{uuid.uuid4()}"
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    clients = [cluster.client(cluster.nodes[number % 2]) for number in range(50)]
    answers = together(50, lambda number: clients[number].post("/api_key", json=key_body(name), headers=headers))
    statuses = [answer.status_code for answer in answers]
    assert sorted(statuses) == [200] * 49 + [201], statuses
    assert len({answer.json()["id"] for answer in answers}) == 1
    for answer in answers:
        assert ("api_key" in answer.json()) == (answer.status_code == 201), "its value is in one answer"
        assert (answer.headers.get("idempotency-replayed") == "true") == (answer.status_code == 200)
    assert clients[0].get("/api_key", params={"name": name}).json()["paging"]["total"] == 1


def test_a_session_is_one_on_every_node(cluster):
    first, second, third = (node.url for node in cluster.nodes)
    with httpx.Client(headers=BROWSER, timeout=30) as browser:
        signed_in = browser.post(
            f"{first}/sign-in", data={"email": "admin@example.com", "password": PASSWORD}, follow_redirects=False
        )
        assert signed_in.status_code == 303, signed_in.text
        page = browser.get(f"{second}/settings/api-keys")
        assert page.status_code == 200 and "bootstrap" in page.text
        # What a form of one node's page says is good on another one.
        form = browser.get(f"{second}/me").text
        token = re.search(r'name="csrf"[^>]*value="([^"]+)"', form).group(1)
        signed_out = browser.post(f"{third}/sign-out", data={"csrf": token})
        assert signed_out.status_code == 200, signed_out.text
        session = signed_in.cookies["keywright"]
        for url in (first, second, third):
            cookie = {"keywright": session}
            again = httpx.get(f"{url}/settings/api-keys", headers=BROWSER, cookies=cookie, timeout=30)
            assert again.status_code == 303, "the session has ended everywhere"


def test_a_token_of_one_node_is_good_on_another_until_it_is_revoked(cluster):
    clients = [cluster.client(node) for node in cluster.nodes]
    key = clients[0].post("/api_key", json=key_body("tokens", role="ops")).json()
    token = clients[1].post("/token", json={"api_key": key["api_key"]}).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert [client.get("/api_key", headers=bearer).status_code for client in clients] == [200] * 3
    assert clients[2].post("/revoke", data={"token": token}).status_code == 200
    revoked = time.monotonic()
    for client in clients:
        while client.get("/api_key", headers=bearer).status_code != 401:
            assert time.monotonic() - revoked < 2


def test_a_poll_wakes_for_a_change_on_another_node(cluster):
    first, second, _ = cluster.nodes
    with cluster.client(first) as here, cluster.client(second) as there:
        for number in range(5):
            key = here.post("/api_key", json=key_body(f"polled-{number}")).json()
            cursor = here.get("/v1/changes").json()["cursor"]
            # A cursor of one node is good on another.
            assert there.get("/v1/changes", params={"after": cursor}).json()["reset"] is False
            follower = Follower(second, cluster.admin_key, cursor).wait_until_sent()
            begin = time.monotonic()
            assert here.delete(f"/api_key/{key['id']}").status_code == 204
            follower.join(40)
            assert follower.answer.json()["changes"] == [{"type": "api_key", "id": key["id"]}]
            assert follower.heard - begin < 2


def test_an_installation_is_set_up_on_any_node(new_installation):
    installation = new_installation()
    link = ["setup-link", "--database", installation.url, "--data", installation.folder / "pepper"]
    cli(*link)
    for _ in range(3):
        installation.add_node().start()
    first, second, third = (node.url for node in installation.nodes)
    token = cli(*link).stdout.strip().rpartition("token=")[2]
    form = {
        "token": token, "organization": "Acme", "email": "first@example.com", "password": PASSWORD, "with_key": "yes",
        "key_name": "first-key",
    }
    with httpx.Client(headers=BROWSER, timeout=30) as browser:
        assert browser.get(f"{first}/setup", params={"token": token}).status_code == 200
        done = browser.post(f"{second}/setup", data=form)
        assert done.status_code == 200, done.text
        key = re.search(r"kw_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}", done.text).group(0)
        for url in (first, second, third):
            assert browser.get(f"{url}/setup", params={"token": token}).status_code == 404
            listed = browser.get(f"{url}/api_key", headers={"Authorization": f"Bearer {key}"})
            assert [found["name"] for found in listed.json()["results"]] == ["first-key"]


def test_another_pepper_is_refused(new_installation, tmp_path):
    installation = new_installation().bootstrap()
    (tmp_path / "pepper").write_text("A" * 43 + "=\n")
    started = cli("serve", "--database", installation.url, "--data", tmp_path, "--port", 0, check=False)
    assert started.returncode == 1
    assert "pepper" in started.stderr
