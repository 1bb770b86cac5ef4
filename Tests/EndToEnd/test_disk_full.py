"""A full disk refuses writes with a clear code, serves reads, and heals by itself."""

import os
import subprocess

import pytest

from server import Server, key_body


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 12 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", folder], capture_output=True)
    if mounted.returncode != 0:
        assert os.geteuid() != 0 or os.environ.get("CI") != "true", mounted.stderr
        pytest.skip("mounting a small file system needs root")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_disk_full(small_disk):
    server = Server(small_disk / "data", "--maximum-keys", "1000000")
    admin_key = server.bootstrap()
    server.start()
    filler = small_disk / "filler"
    with server.client(admin_key) as client:
        kept = client.post("/api_key", json=key_body("before")).json()
        with open(filler, "wb") as file:
            try:
                while True:
                    file.write(b"\0" * 65536)
                    file.flush()
            except OSError:
                pass
        refused = None
        for number in range(2000):
            response = client.post("/api_key", json=key_body(f"full-{number}"))
            if response.status_code != 201:
                refused = response
                break
        assert refused is not None and refused.status_code == 507, refused and refused.text
        assert refused.json()["code"] == "storage_full"
        assert client.get(f"/api_key/{kept['id']}").json()["name"] == "before"
        assert client.get("/api_key").status_code == 200
        assert client.post("/token", json={"api_key": kept["api_key"]}).status_code == 200
        filler.unlink()
        after = client.post("/api_key", json=key_body("after"))
        assert after.status_code == 201, after.text
        total = client.get("/api_key").json()["paging"]["total"]
    assert server.stop() == 0
    server.start()
    with server.client(admin_key) as client:
        assert client.get("/api_key").json()["paging"]["total"] == total
    assert server.stop() == 0
