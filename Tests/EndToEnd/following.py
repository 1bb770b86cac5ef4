"""A long poll of the change feed, in a thread of its own."""

import threading
import time


class Follower(threading.Thread):
    """Asks once for what changed after a cursor, and waits for it."""

    def __init__(self, server, key, cursor):
        super().__init__(daemon=True)
        self.server, self.key, self.cursor = server, key, cursor
        self.sent = threading.Event()
        self.heard = self.answer = None

    def run(self):
        with self.server.client(self.key) as client:
            self.answer = client.get(
                "/v1/changes", params={"after": self.cursor, "wait": 30}, timeout=40, extensions={"trace": self.trace}
            )
            self.heard = time.monotonic()

    def trace(self, event, _):
        if event == "http11.send_request_body.complete":
            self.sent.set()

    def wait_until_sent(self):
        self.start()
        assert self.sent.wait(20), "the poll was not sent"
        return self
