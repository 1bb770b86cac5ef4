"""Installations of Keywright for the browser tests: started, signed in to, and thrown away."""

import re
import shutil
import socket
import sqlite3
from pathlib import Path

import httpx

from server import PASSWORD, Server, key_body

#: What names a session, on plain HTTP.
SESSION_COOKIE = "keywright"


class Site:
    """A running server, and the people who can sign in to it."""

    def __init__(self, server: Server, passwords: dict[str, str], admin_key: str | None, host: str = "127.0.0.1"):
        self.server = server
        self.passwords = passwords
        self.admin_key = admin_key
        self.host = host
        self.sessions: dict[str, str] = {}
        server.start()

    def discard(self):
        """Ends the server at once: an orderly end would wait for the connections that browsers keep."""
        assert self.server.process.poll() is None, self.log
        self.server.kill()

    @property
    def url(self) -> str:
        """The address that browsers open."""
        return re.sub(r"//[^:/]+", f"//{self.host}", self.server.url)

    @property
    def log(self) -> str:
        return "".join(self.server.output)

    def sign_in(self, role: str) -> str:
        """The value of a new session of `role@example.com`."""
        email = f"{role}@example.com"
        answer = httpx.post(
            f"{self.server.url}/sign-in", data={"email": email, "password": self.passwords[email]},
            headers={"Sec-Fetch-Site": "same-origin", "Host": self.url.split("//")[1]},
        )
        assert answer.status_code == 303, answer.text
        return answer.cookies[SESSION_COOKIE]

    def session(self, role: str) -> str:
        """The value of a session that the windows of a role share."""
        if role not in self.sessions:
            self.sessions[role] = self.sign_in(role)
        return self.sessions[role]

    # What tests prepare through the API, as the administrator.

    def call(self, method: str, path: str, **options):
        answer = httpx.request(
            method, self.server.url + path, timeout=30, **options,
            headers={"Authorization": f"Bearer {self.admin_key}", "Host": self.url.split("//")[1]},
        )
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def create_key(self, name: str, **more) -> dict:
        """A new key; its value is the member `api_key`."""
        return self.call("POST", "/api_key", json=key_body(name, **more))

    def key(self, name: str) -> dict:
        """The only key of that name."""
        found = self.call("GET", "/api_key", params={"q": name, "limit": 100})["results"]
        (key,) = [key for key in found if key["name"] == name]
        return key

    def exchange(self, secret: str) -> httpx.Response:
        """What a program gets that shows a key. It counts as a use."""
        return httpx.post(
            f"{self.server.url}/token", json={"api_key": secret}, headers={"Host": self.url.split("//")[1]}
        )

    def change_database(self, statement: str, *values):
        """Changes what is stored while the server rests, as else only time does. The address stays."""
        self.server.port = int(self.server.url.rsplit(":", 1)[1])
        self.discard()
        database = sqlite3.connect(self.server.folder / "keywright.db")
        with database:
            assert database.execute(statement, values).rowcount != 0, statement
        database.close()
        self.server.start()


class Demonstration:
    """The demonstration organization, made once and copied for whoever wants to change it."""

    def __init__(self, folder: Path):
        self.folder = folder / "pristine"
        server = Server(self.folder, "--demo").start()
        output = "".join(server.output)
        self.passwords = dict(re.findall(r"^ +(\S+@example\.com) +(\S+) +\(", output, re.MULTILINE))
        self.admin_key = re.search(r"Admin key: (\S+)", output).group(1)
        assert server.stop() == 0
        self.copies = 0

    def copy(self, *flags) -> Site:
        """A server of its own on the same data."""
        return Site(Server(self._copied_folder(), *flags), self.passwords, self.admin_key)

    def copy_on_network(self) -> Site:
        """A copy that others on the network reach under a name, without TLS."""
        port = free_port()
        server = Server(self._copied_folder(), "--insecure-http", "--public-url", f"http://lan.test:{port}")
        server.port = port
        return Site(server, self.passwords, self.admin_key, host="lan.test")

    def _copied_folder(self) -> Path:
        self.copies += 1
        return shutil.copytree(self.folder, self.folder.parent / f"copy-{self.copies}")


def empty_site(folder: Path) -> Site:
    """An installation with an administrator and nothing else."""
    server = Server(folder)
    server.bootstrap(key=None)
    return Site(server, {"admin@example.com": PASSWORD}, None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
