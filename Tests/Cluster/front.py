"""nginx in front of nodes, with the committed configuration."""

from pathlib import Path

from nginx import Nginx
from server import free_port

CONFIGURATION = Path(__file__).parents[2] / "Examples" / "cluster" / "nginx.conf"

AROUND = """
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


def start_front(folder: Path, ports):
    """A running nginx in front of the nodes on these ports, on a port of its own."""
    own = free_port()
    text = CONFIGURATION.read_text()
    for written, port in zip([8081, 8082, 8083, 8080], [*ports, own]):
        for before in ("server", "listen"):
            text = text.replace(f"{before} 127.0.0.1:{written}", f"{before} 127.0.0.1:{port}")
    folder.mkdir()
    (folder / "site.conf").write_text(text)
    return Nginx(folder, own, AROUND.format(folder=folder))
