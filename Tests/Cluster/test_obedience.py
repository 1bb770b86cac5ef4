"""A change on one node is obeyed by all."""

import pytest

from load import Load
from obedience import check, measure, percentile
from server import key_body

CHANGES = 2_000


@pytest.fixture
def without_notifications(new_installation):
    """Three nodes that find changes by looking alone."""
    installation = new_installation().bootstrap()
    for _ in range(3):
        installation.add_node(None, "--database-notifications", "off").start()
    return installation


@pytest.mark.parametrize(
    ("installation", "changers"),
    [
        pytest.param("cluster", 6, id="notifications on"),
        # Who looks by itself is slower and idle longer: more changes are under way at a time.
        pytest.param("without_notifications", 10, id="notifications off"),
    ],
)
def test_changes_are_obeyed_everywhere(installation, changers, request, note):
    nodes = request.getfixturevalue(installation)
    with nodes.client(nodes.nodes[0]) as client:
        subjects = [client.post("/api_key", json=key_body(f"load-{number}")).json()["api_key"] for number in range(2)]
    with Load(nodes.nodes[1:], nodes.admin_key, subjects) as load:
        times, rounds = measure(nodes, CHANGES, changers)
    assert load.failures == [] and load.answered > 100
    assert len(times) >= CHANGES
    note(
        f"{len(times)} changes obeyed everywhere after {percentile(times, 0.5) * 1000:.0f} ms (median), "
        f"{percentile(times, 0.99) * 1000:.0f} ms (p99), {max(times) * 1000:.0f} ms (longest); asked every "
        f"{percentile(rounds, 0.5) * 1000:.0f} ms (p99 {percentile(rounds, 0.99) * 1000:.0f} ms), "
        f"beside {load.answered} other questions"
    )
    assert percentile(rounds, 0.5) <= 0.05, "asked too seldom to know"
    check(times)


def test_a_node_that_is_not_told_fails_the_measurement(cluster, note):
    """The measurement is worth something: it fails for a node whose follower hears nothing."""
    assert cluster.relay.followers > 0
    cluster.relay.cut_follower()
    try:
        times, _ = measure(cluster, 16, changers=8)
    finally:
        cluster.relay.mend()
    note(f"longest {max(times) * 1000:.0f} ms with one node cut off from the changes")
    with pytest.raises(AssertionError):
        check(times)
