"""A running nginx."""

import shutil
import socket
import subprocess
import time
from pathlib import Path


class Nginx:
    """nginx with a configuration of a test, which listens on a port of 127.0.0.1."""

    def __init__(self, folder: Path, port, configuration):
        program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin:/usr/local/sbin")
        assert program, "nginx is not installed: scripts/install-test-dependencies.sh"
        self.port = port
        folder.mkdir(exist_ok=True)
        file = folder / "nginx.conf"
        file.write_text("daemon off;\n" + configuration)
        self.log = folder / "log"
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                [program, "-p", folder, "-c", file], stdin=subprocess.DEVNULL, stderr=log
            )
        deadline = time.monotonic() + 30
        while True:
            assert self.process.poll() is None, self.log.read_text()
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                assert time.monotonic() < deadline, "nginx does not take connections"
                time.sleep(0.05)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
