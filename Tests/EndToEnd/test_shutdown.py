"""SIGTERM under load: what was begun is finished, and no request is reset."""

import signal
import socket
import threading
import time

import httpx

from server import Server, key_body


def test_no_request_is_reset(tmp_path):
    server = Server(tmp_path / "data", "--maximum-keys", "1000000")
    admin_key = server.bootstrap()
    server.start()
    answered, failures = [], []
    warm = threading.Barrier(9)

    def work(number):
        count = 0
        with server.client(admin_key) as client:
            while True:
                try:
                    response = client.post("/api_key", json=key_body(f"w{number}-{count}"))
                except httpx.ConnectError:
                    return  # a new connection is refused once the server stops: nothing was begun
                except httpx.TransportError as error:
                    failures.append(repr(error))
                    return
                count += 1
                answered.append(response.json()["id"])
                if response.status_code != 201:
                    failures.append(response.text)
                    return
                if count == 10:
                    warm.wait(30)

    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(8)]
    for thread in threads:
        thread.start()
    warm.wait(60)
    server.process.send_signal(signal.SIGTERM)
    for thread in threads:
        thread.join(40)
        assert not thread.is_alive()
    assert server.process.wait(40) == 0
    assert failures == []
    server.start()
    with server.client(admin_key) as client:
        for key in (answered[0], answered[-1]):
            assert client.get(f"/api_key/{key}").status_code == 200
    assert server.stop() == 0


def test_readiness_ends_with_the_signal(tmp_path):
    """Whoever asks over a connection that is still served is sent elsewhere."""
    server = Server(tmp_path / "data").start()
    address = ("127.0.0.1", int(server.url.rsplit(":", 1)[1]))
    with server.client() as client:
        assert client.get("/readyz").status_code == 200
        server.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                socket.create_connection(address, 5).close()
            except ConnectionRefusedError:
                break
        response = client.get("/readyz")
        assert response.status_code == 503, response.text
        assert response.json()["code"] == "unavailable"
    assert server.process.wait(40) == 0
