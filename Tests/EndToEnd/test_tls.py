"""TLS with HTTP/2, and a certificate that is replaced while the server runs."""

import ssl
import subprocess
import threading

from server import Server, cli


def make_certificate(folder):
    """A new certificate and key for localhost, each put in place at once."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{key}.new", "-out",
         f"{certificate}.new", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )
    (folder / "key.pem.new").rename(key)
    (folder / "certificate.pem.new").rename(certificate)
    return certificate, key


def test_tls_and_a_new_certificate(tmp_path):
    certificate, key = make_certificate(tmp_path)
    server = Server(tmp_path / "data", "--tls-certificate", certificate, "--tls-key", key)
    admin_key = server.bootstrap()
    server.start()
    assert server.url.startswith("https://")
    try:
        for http2 in (True, False):
            with server.client(admin_key, http2=http2, verify=ssl.create_default_context(cafile=certificate)) as client:
                response = client.get("/api_key")
                assert response.status_code == 200
                assert response.http_version == ("HTTP/2" if http2 else "HTTP/1.1")
                for path in ("/api_key", "/sign-in", "/nothing"):
                    assert client.get(path).headers["strict-transport-security"] == "max-age=31536000"
        environment = {**server.environment(admin_key), "KEYWRIGHT_CA_CERTIFICATE": str(certificate)}
        assert "bootstrap" in cli("key", "list", environment=environment).stdout

        port = int(server.url.rsplit(":", 1)[1])
        make_certificate(tmp_path)
        wanted = certificate.read_text().strip()
        pause = threading.Event()
        for _ in range(300):  # the server promises to look every 5 seconds
            if ssl.get_server_certificate(("127.0.0.1", port)).strip() == wanted:
                break
            pause.wait(0.1)
        else:
            raise AssertionError("the new certificate was not taken up")

        (tmp_path / "certificate.pem").write_text("broken")
        pause.wait(6)
        assert ssl.get_server_certificate(("127.0.0.1", port)).strip() == wanted
    finally:
        assert server.stop() == 0


def test_another_host_is_misdirected(tmp_path):
    server = Server(tmp_path / "data", "--public-url", "https://keys.example.com")
    admin_key = server.bootstrap()
    server.start()
    try:
        with server.client(admin_key) as client:
            assert client.get("/api_key").status_code == 421
            assert client.get("/api_key", headers={"Host": "keys.example.com"}).status_code == 200
            assert client.get("/healthz").status_code == 200
    finally:
        assert server.stop() == 0
