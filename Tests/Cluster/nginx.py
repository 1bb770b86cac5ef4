"""nginx in front of nodes, with the committed configuration."""

import shutil
import socket
import subprocess
import time
from pathlib import Path

from server import free_port

CONFIGURATION = Path(__file__).parents[2] / "Examples" / "cluster" / "nginx.conf"

AROUND = """
daemon off;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


class Nginx:
    """A running nginx, on a port of its own."""

    def __init__(self, folder: Path, ports):
        program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin:/usr/local/sbin")
        assert program, "nginx is not installed"
        self.port = free_port()
        text = CONFIGURATION.read_text()
        for written, port in zip([8081, 8082, 8083, 8080], [*ports, self.port]):
            for before in ("server", "listen"):
                text = text.replace(f"{before} 127.0.0.1:{written}", f"{before} 127.0.0.1:{port}")
        folder.mkdir()
        (folder / "site.conf").write_text(text)
        (folder / "nginx.conf").write_text(AROUND.format(folder=folder))
        self.log = folder / "log"
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                [program, "-p", folder, "-c", folder / "nginx.conf"], stdin=subprocess.DEVNULL, stderr=log
            )
        deadline = time.monotonic() + 30
        while True:
            assert self.process.poll() is None, self.log.read_text()
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                assert time.monotonic() < deadline, "nginx does not take connections"
                time.sleep(0.05)

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
