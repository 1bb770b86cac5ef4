"""The primary dies, and the synchronous standby takes its place."""

import threading
import time

import pytest

from postgres import PASSWORDS, RUNNER, Postgres
from relay import Relay
from server import key_body
from writing import Writers

#: How long the nodes may be without the database, from the primary's death to the first write on each.
BOUND = 5


@pytest.fixture
def pair():
    """A primary and its synchronous standby."""
    primary = Postgres().make()
    standby = primary.make_standby()
    yield primary, standby
    standby.remove()
    primary.remove()


def both(primary, standby, name):
    """The address of whichever of two servers takes writes."""
    hosts = ",".join(f"127.0.0.1:{server.port}" for server in (primary, standby))
    return f"postgres://{RUNNER}:{PASSWORDS[RUNNER]}@{hosts}/{name}?target_session_attrs=read-write"


def test_the_standby_takes_over(pair, new_installation, note):
    primary, standby = pair
    installation = new_installation(primary).bootstrap()
    for _ in range(3):
        installation.add_node(both(primary, standby, installation.name)).start()
    # Each writer keeps to one node.
    writers = Writers(installation, 9, nodes=lambda number: [installation.nodes[number % 3]])
    writers.start()
    writers.wait_for(500)
    died = time.monotonic()
    primary.kill()
    standby.promote()
    promoted = time.monotonic() - died
    writers.wait_for_each_node(after=died)
    writers.wait_for(writers.count + 500)
    writers.finish()
    returned = [writers.first(node, after=died) - died for node in installation.nodes]
    installation.postgres = standby
    for node in installation.nodes:
        assert node.stop() == 0
    note(
        f"the first write after the primary's death was acknowledged after "
        f"{', '.join(f'{seconds:.1f} s' for seconds in returned)} on the three nodes; promotion took {promoted:.1f} s; "
        f"{writers.count} writes were acknowledged in all"
    )
    writers.check()
    assert max(returned) <= BOUND


def test_a_commit_that_died_with_the_primary_is_not_acknowledged(new_installation):
    """The new primary gives its number, which it never heard of, to another transaction."""
    primary = Postgres().make()
    relay = Relay(primary.port)
    standby = primary.make_standby(relay.port)
    try:
        installation = new_installation(primary).bootstrap()
        node = installation.add_node(both(primary, standby, installation.name)).start()
        with installation.client(node) as client:
            assert client.post("/api_key", json=key_body("before")).status_code == 201
            # From here on the standby hears of nothing: this commit is in the primary's log alone.
            relay.cut()
            answers = []
            creating = threading.Thread(target=lambda: answers.append(client.post("/api_key", json=key_body("lost"))))
            creating.start()
            primary.wait_for("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'", "1")
            primary.kill()
            standby.promote()
            standby.psql(*["SELECT pg_current_xact_id()"] * 200)
            creating.join(60)
            (answer,) = answers
            assert answer.status_code in (201, 503), answer.text
            stored = [name for (name,) in standby.rows("SELECT name FROM api_keys ORDER BY id", installation.name)]
            expected = ["bootstrap", "before"] + (["lost"] if answer.status_code == 201 else [])
            assert stored == expected, answer.text
        assert node.stop() == 0
    finally:
        relay.close()
        standby.remove()
        primary.remove()


def test_writes_wait_while_the_standby_is_away(new_installation, pair):
    """Nothing is acknowledged that would be lost with the primary; reads and verifications go on."""
    primary, standby = pair
    installation = new_installation(primary).bootstrap()
    node = installation.add_node().start()
    with installation.client(node) as client:
        key = client.post("/api_key", json=key_body("kept")).json()["api_key"]
        standby.stop()
        answer = client.post("/api_key", json=key_body("unsure"))
        assert answer.status_code == 503, answer.text
        assert client.get("/api_key").status_code == 200
        assert client.post("/v1/verify", json={"api_key": key}).json()["valid"]
        assert client.get("/readyz").status_code == 200
        standby.start()
        primary.wait_for("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'", "1")
        after = client.post("/api_key", json=key_body("after"))
        assert after.status_code == 201, node.log
    assert node.stop() == 0
