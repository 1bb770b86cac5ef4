"""A Keywright server in a folder of its own, started and stopped by tests."""

import os
import re
import signal
import socket
import subprocess
import threading
from pathlib import Path

import httpx

BINARY = os.environ["KEYWRIGHT_BINARY"]
PASSWORD = "a long password for tests"


def cli(*arguments, stdin=None, environment=None, check=True, by=()):
    """Runs the command line, by another program if one is named, and returns the finished process."""
    result = subprocess.run(
        [*by, BINARY, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        env={**os.environ, "KEYWRIGHT_PASSWORD_ROUNDS": "16", **(environment or {})},
        timeout=60,
    )
    if check:
        assert result.returncode == 0, f"{arguments}: exit {result.returncode}: {result.stderr}"
    return result


def free_port():
    """A port that nobody listened on a moment ago, for programs that cannot pick one themselves."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One data folder, or one node of a shared database, and the process that serves it."""

    def __init__(self, folder: Path, *flags, database=None):
        self.folder = Path(folder)
        self.flags = [str(flag) for flag in flags]
        self.own_environment = {"KEYWRIGHT_DATABASE": database} if database else {}
        self.port = 0
        self.process = None
        self.url = None
        self.output = []
        self.setup_link = None

    def bootstrap(self, organization="Test organization", email="admin@example.com", key="bootstrap"):
        """Makes an administrator and returns the value of an Admin key, if one is named. The server must not run."""
        with_key = ["--with-key", key] if key else []
        result = cli(
            "admin", "create", "--data", self.folder, "--organization", organization, "--email", email,
            "--password-stdin", *with_key, stdin=PASSWORD, environment=self.own_environment,
        )
        return result.stdout.strip()

    def start(self):
        self.process = subprocess.Popen(
            [BINARY, "serve", "--data", str(self.folder), "--port", str(self.port), *self.flags],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "KEYWRIGHT_PASSWORD_ROUNDS": "16", **self.own_environment},
        )
        listening = threading.Event()
        self.linked = threading.Event()
        self.url = None

        def read():
            for line in self.process.stdout:
                self.output.append(line)
                found = re.search(r"serves on (https?://\S+)", line)
                if found:
                    self.url = found.group(1)
                    listening.set()
                found = re.search(r"https?://\S+/setup\?token=\S+", line)
                if found:
                    self.setup_link = found.group(0)
                    self.linked.set()
            listening.set()

        self.reader = threading.Thread(target=read, daemon=True)
        self.reader.start()
        assert listening.wait(60), "the server did not start"
        assert self.url, "the server ended: " + "".join(self.output)
        return self

    def wait_for_setup_link(self):
        """The link that a server without administrator prints once it listens."""
        assert self.linked.wait(30), "no set-up link was printed"
        return self.setup_link

    def client(self, credential=None, **options):
        headers = {"Authorization": f"Bearer {credential}"} if credential else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30, **options)

    def environment(self, credential):
        return {"KEYWRIGHT_URL": self.url, "KEYWRIGHT_API_KEY": credential}

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)
        self.reader.join(10)

    def stop(self):
        """Ends the server as an operator would; returns its exit code."""
        if self.process is None or self.process.poll() is not None:
            return self.process.returncode if self.process else 0
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(40)
        self.reader.join(10)
        return code


def key_body(name, organization=1, role="member", **more):
    return {"name": name, "grants": [{"nrn": f"organization={organization}", "role_slug": role}], **more}
