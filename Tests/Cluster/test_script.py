"""`make cluster`: the script behind it starts everything, stops everything, and goes on where it was."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from pathlib import Path

import httpx
import pytest

from server import BINARY

SCRIPT = Path(__file__).parents[2] / "scripts" / "cluster.sh"


def five_free_ports():
    """The first of five ports in a row that nobody listened on a moment ago."""
    for port in range(20_000, 30_000, 10):
        probes = []
        try:
            for offset in range(5):
                probes.append(socket.socket())
                probes[-1].bind(("127.0.0.1", port + offset))
            return port
        except OSError:
            continue
        finally:
            for probe in probes:
                probe.close()
    raise AssertionError("no ports are free")


class Run:
    """One run of the script."""

    def __init__(self, folder, port):
        self.port, self.output = port, []
        self.process = subprocess.Popen(
            [SCRIPT, "--data", folder, "--port", str(port)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, env={**os.environ, "KEYWRIGHT_BINARY": BINARY},
        )
        self.started = threading.Event()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        assert self.started.wait(90), self.text
        assert self.process.poll() is None, self.text

    def read(self):
        for line in self.process.stdout:
            self.output.append(line)
            if line.startswith("Control-C"):
                self.started.set()
        self.started.set()

    @property
    def text(self):
        return "".join(self.output)

    def stop(self, sign):
        self.process.send_signal(sign)
        assert self.process.wait(60) == 0, self.text
        self.reader.join(10)
        for offset in range(5):
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", self.port + offset), 5)


@pytest.fixture
def folder():
    path = Path(tempfile.mkdtemp(prefix="keywright-cluster."))
    path.chmod(0o711)  # PostgreSQL may run as another user
    yield path
    shutil.rmtree(path)


def test_it_starts_stops_and_starts_again(folder):
    port = five_free_ports()
    url = f"http://127.0.0.1:{port}"
    run = Run(folder / "data", port)
    try:
        key = re.search(r"kw_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}", run.text).group(0)
        bearer = {"Authorization": f"Bearer {key}"}
        nodes = re.findall(r"(http://127\.0\.0\.1:\d+)   process (\d+)", run.text)
        assert len(nodes) == 3
        made = httpx.post(
            f"{url}/api_key", headers=bearer, timeout=30,
            json={"name": "tried", "grants": [{"nrn": "organization=1", "role_slug": "member"}]},
        )
        assert made.status_code == 201, made.text
        for node, _ in nodes:
            one = httpx.get(f"{node}/api_key/{made.json()['id']}", headers={**bearer, "Host": url[7:]}, timeout=30)
            assert one.json()["name"] == "tried"
        os.kill(int(nodes[0][1]), signal.SIGKILL)
        for _ in range(6):
            assert httpx.get(f"{url}/api_key", headers=bearer, timeout=30).status_code == 200
    finally:
        run.stop(signal.SIGINT)
    run = Run(folder / "data", port)
    try:
        assert "Admin key" not in run.text.split("Keywright runs")[0], "there is one already"
        listed = httpx.get(f"{url}/api_key", headers=bearer, timeout=30).json()
        assert sorted(found["name"] for found in listed["results"]) == ["bootstrap", "tried"]
        second = subprocess.run(
            [SCRIPT, "--data", folder / "data", "--port", str(port)], capture_output=True, text=True, timeout=60,
            env={**os.environ, "KEYWRIGHT_BINARY": BINARY},
        )
        assert second.returncode == 3 and "Another cluster runs" in second.stderr
    finally:
        run.stop(signal.SIGTERM)
