"""Nodes and backends of the database are killed while people write."""

import os
import random
import signal

import pytest

from writing import Writers

WRITES = 10_000
WRITERS = 12
ROUNDS = 4


def backends(installation):
    """The processes of PostgreSQL that work for the nodes; those that work just now come first."""
    found = installation.postgres.psql(
        "SELECT pid FROM pg_stat_activity WHERE datname = '" + installation.name + "' AND pid <> pg_backend_pid()"
        " ORDER BY state = 'active' DESC, random()"
    )
    return [int(pid) for pid in found.split()]


def end_connections(installation, _):
    """As an administrator does, or a failing network."""
    for pid in backends(installation)[:6]:
        installation.postgres.psql(f"SELECT pg_terminate_backend({pid})")


def kill_backend(installation, _):
    """Without notice. PostgreSQL then ends all others, and recovers from its log."""
    os.kill(backends(installation)[0], signal.SIGKILL)


def kill_node(installation, node):
    node.kill()
    node.start()


def test_nothing_acknowledged_is_lost(new_installation, note):
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    moments = random.Random(seed)
    installation = new_installation().bootstrap()
    for _ in range(3):
        installation.add_node().start()
    writers = Writers(installation, WRITERS)
    writers.start()
    # One after the other, at moments that are drawn, spread over all the writes.
    events = [event for _ in range(ROUNDS) for event in (end_connections, kill_node, kill_backend)]
    moments.shuffle(events)
    part = WRITES // (len(events) + 1)
    for number, event in enumerate(events):
        writers.wait_for(part * number + moments.randrange(part // 2, part))
        event(installation, moments.choice(installation.nodes))
    writers.wait_for(WRITES)
    writers.finish()
    for node in installation.nodes:
        assert node.stop() == 0
    writers.check()
    note(f"{writers.count} acknowledged writes, {len(events)} kills, {writers.repeated} requests sent again")
    assert writers.repeated > 0, "nothing was killed in the midst of a write"
    # The check is worth something: it sees a key that lacks its grant.
    installation.postgres.psql(
        "DELETE FROM keywright.grants WHERE id = (SELECT max(id) FROM keywright.grants)", database=installation.name
    )
    with pytest.raises(AssertionError):
        writers.check()
