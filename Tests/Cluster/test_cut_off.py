"""A node that cannot reach the database allows nothing older than its lease."""

import time

from nodes import Line
from server import key_body

#: How long a node may answer from memory after it last heard of all changes.
LEASE = 2


def ask_until(node, credential, question, is_done, limit=60):
    """Asks without pause, over connections of their own when one is lost, until an answer satisfies.

    Returns when each question was sent, with its answer.
    """
    line = Line(node, credential)
    answers = []
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        sent = time.monotonic()
        answers.append((sent, line.verify(question)))
        if is_done(answers):
            line.close()
            return answers
    raise AssertionError(f"after {limit} s: {answers[-1]}")


def test_a_node_cut_off_allows_nothing_older_than_its_lease(cluster, note):
    first, _, last = cluster.nodes
    relay = cluster.relay
    with cluster.client(first) as client:
        kept, lost = (client.post("/api_key", json=key_body(name)).json() for name in ("kept", "lost"))
        questions = [{"api_key": key["api_key"]} for key in (kept, lost)]
        line = Line(last, cluster.admin_key)
        for question in questions:
            assert line.verify(question).body["valid"], "the node has it in memory"
        relay.cut()
        begin = time.monotonic()
        try:
            assert client.delete(f"/api_key/{lost['id']}").status_code == 204
            # It does not know yet, and says so as long as its lease lasts and no longer.
            answers = ask_until(last, cluster.admin_key, questions[1], lambda found: found[-1][1].status == 503)
            allowed = [sent - begin for sent, answer in answers if answer.status == 200]
            assert all(answer.body["valid"] for _, answer in answers if answer.status == 200)
            assert {answer.status for _, answer in answers} == {200, 503}
            assert max(allowed) < LEASE
            refused = time.monotonic() - answers[-1][0]
            # Nor does it say anything else from memory, or pretend to be well.
            assert line.verify(questions[0]).status == 503
            with last.client(cluster.admin_key) as other:
                assert other.get("/readyz").status_code == 503
                assert other.get("/healthz").status_code == 200
                assert other.post("/api_key", json=key_body("unheard")).status_code == 503
            # The others are well.
            assert client.get("/readyz").status_code == 200
        finally:
            relay.mend()
        mended = time.monotonic()
    after = ask_until(last, cluster.admin_key, questions[1], lambda found: found[-1][1].status == 200)
    assert not after[-1][1].body["valid"], "it heard of the deletion before it answered again"
    assert {answer.status for _, answer in after} <= {200, 503}
    assert line.verify(questions[0]).body["valid"]
    recovered = time.monotonic() - mended
    # It asks the database for each request until it has heard of all changes, and then relies on its memory again.
    while line.ask("GET", "/readyz").status != 200:
        assert time.monotonic() - mended < 30
    line.close()
    note(
        f"answered from memory for {max(allowed):.2f} s, refused after {refused:.2f} s, answered again "
        f"{recovered:.2f} s after the connection was mended, from memory after {time.monotonic() - mended:.2f} s"
    )
