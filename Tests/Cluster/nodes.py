"""Nodes of one installation: servers that share a database and a pepper."""

import http.client
import json
import shutil
import socket
from pathlib import Path
from typing import NamedTuple

import httpx

from postgres import OWNER, RUNNER, Postgres
from server import PASSWORD, Server, cli


#: The address of all nodes together, which they put into tokens and answer to.
HOST = "keys.test"


class Node(Server):
    """A server on the shared database. Its folder holds the pepper, and its port stays the same."""

    def __init__(self, folder: Path, url: str, *flags):
        super().__init__(
            folder, "--database", url, "--public-url", f"http://{HOST}", "--maximum-keys", "1000000", *flags
        )

    def start(self):
        super().start()
        self.port = int(self.url.rsplit(":", 1)[1])
        return self

    @property
    def log(self):
        """The end of what it printed."""
        return "".join(self.output[-20:])

    def client(self, credential=None, **options):
        client = super().client(credential, **options)
        client.headers["Host"] = HOST
        return client


class Installation:
    """A database, prepared, with an administrator and an Admin key, and the nodes on it."""

    def __init__(self, postgres: Postgres, folder: Path, name="keywright"):
        self.postgres, self.folder, self.name = postgres, folder, name
        self.nodes: list[Node] = []
        self.folder.mkdir(exist_ok=True)
        postgres.make_database(name)
        cli("database", "prepare", "--database", postgres.url(OWNER, name), "--run-role", RUNNER)

    @property
    def url(self):
        return self.postgres.url(database=self.name)

    def bootstrap(self):
        """Makes the administrator and the key."""
        made = cli(
            "admin", "create", "--database", self.url, "--data", self.folder / "pepper", "--organization",
            "Test organization", "--email", "admin@example.com", "--password-stdin", "--with-key", "bootstrap",
            stdin=PASSWORD,
        )
        self.admin_key = made.stdout.strip()
        return self

    def add_node(self, url=None, *flags) -> Node:
        """A node with a copy of the pepper, not started."""
        folder = self.folder / f"node-{len(self.nodes)}"
        if (self.folder / "pepper").exists():
            shutil.copytree(self.folder / "pepper", folder)
        node = Node(folder, url or self.url, *flags)
        self.nodes.append(node)
        return node

    def client(self, node: Node) -> httpx.Client:
        return node.client(self.admin_key)

    def verify_audit_trail(self):
        verified = cli("audit", "verify", "--database", self.url)
        assert "intact" in verified.stdout and "broken" not in verified.stdout

    def rows(self, query):
        return self.postgres.rows(query, database=self.name)

    def kill(self):
        for node in self.nodes:
            if node.process and node.process.poll() is None:
                node.kill()


class Answer(NamedTuple):
    status: int
    body: dict | None
    etag: str | None


class Line:
    """A kept connection to a node, for requests by the thousand."""

    def __init__(self, node, credential: str, timeout=30):
        self.connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=timeout)
        self.headers = {
            "Host": HOST, "Authorization": f"Bearer {credential}", "Content-Type": "application/json",
        }

    def ask(self, method: str, path: str, body=None, **headers) -> Answer:
        """The answer to a request; a text as body is a form. What was lost is connected again by the next one."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(body, str):
            content, named["Content-Type"] = body, "application/x-www-form-urlencoded"
        else:
            content = None if body is None else json.dumps(body)
        try:
            self.connection.request(method, path, content, {**self.headers, **named})
            answer = self.connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            raise
        return Answer(answer.status, json.loads(content) if content else None, answer.headers["ETag"])

    def verify(self, question: dict) -> Answer:
        return self.ask("POST", "/v1/verify", question)

    def close(self):
        self.connection.close()


class Asker:
    """A kept connection for questions that are bytes already: asking must cost far less than answering."""

    def __init__(self, node, credential: str):
        self.socket = socket.create_connection(("127.0.0.1", node.port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.head = (
            f"POST /v1/verify HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {credential}\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        )

    def bytes(self, question: dict) -> bytes:
        """A question as it is sent."""
        body = json.dumps(question)
        return f"{self.head}{len(body)}\r\n\r\n{body}".encode()

    def ask(self, question: bytes) -> tuple[int, dict]:
        self.socket.sendall(question)
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._receive()
        head = received[:end].lower()
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        while len(received) < end + 4 + length:
            received += self._receive()
        return int(head.split(b" ", 2)[1]), json.loads(received[end + 4 :])

    def _receive(self):
        part = self.socket.recv(65536)
        assert part, "the node closed the connection"
        return part

    def close(self):
        self.socket.close()
