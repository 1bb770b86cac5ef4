"""The proxies' configurations in Examples/proxies do what they say, with the real programs."""

import http.server
import json
import threading
from pathlib import Path

import httpx
import pytest

from nginx import Nginx
from server import free_port

CONFIGURATIONS = Path(__file__).parents[2] / "Examples" / "proxies"
IDENTITY = ["x-keywright-key-id", "x-keywright-organization", "x-keywright-name"]


class Service:
    """The service behind the proxy: answers 200 and keeps what it was sent."""

    def __init__(self):
        self.requests = []
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length).decode()
                service.requests.append((self.command, self.path, self.headers, body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def start_proxy(folder, keywright_port, service_port):
    """nginx with the committed configuration, on ports of this test."""
    port = free_port()
    text = (CONFIGURATIONS / "nginx.conf").read_text()
    for written, used in [
        ("server 127.0.0.1:9000;", f"server 127.0.0.1:{service_port};"),
        ("listen 127.0.0.1:9000;", f"listen 127.0.0.1:{free_port()};"),
        ("server 127.0.0.1:8080;", f"server 127.0.0.1:{keywright_port};"),
        ("Host 127.0.0.1:8080;", f"Host 127.0.0.1:{keywright_port};"),
        ("listen 127.0.0.1:8000;", f"listen 127.0.0.1:{port};"),
        ("/tmp/keywright-nginx", f"{folder}/nginx"),
    ]:
        assert written in text, written
        text = text.replace(written, used)
    return Nginx(folder, port, text)


@pytest.fixture
def site(installation, tmp_path):
    """Keywright, a service and nginx between; keys of a reader, of a developer in account 1 and of a stranger."""
    service = Service()
    proxy = start_proxy(tmp_path, int(installation.url.rpartition(":")[2]), service.port)

    def request(method, path, key=None, **options):
        headers = httpx.Headers(options.pop("headers", {}))
        if key:
            headers["Authorization"] = f"Bearer {key}"
        return httpx.request(method, proxy.url + path, headers=headers, timeout=20, **options)

    with installation.client(installation.admin_key) as admin:

        def make(name, role, nrn="organization=1"):
            created = admin.post("/api_key", json={"name": name, "grants": [{"nrn": nrn, "role_slug": role}]})
            assert created.status_code == 201, created.text
            return created.json()

        account = admin.post("/account", json={"name": "Shop", "organization_id": 1}).json()["id"]
        request.account = account
        request.admin = admin
        request.service = service
        request.reader = make("reader ü/1", "member")
        request.developer = make("developer", "developer", f"organization=1:account={account}")
        yield request
    proxy.stop()
    service.stop()


def test_what_a_key_may_do_reaches_the_service(site):
    answer = site("GET", "/anything?page=2", site.reader["api_key"])
    assert answer.status_code == 200, answer.text
    answer = site("POST", f"/accounts/{site.account}/deployments", site.developer["api_key"], content=b"body")
    assert answer.status_code == 200, answer.text
    assert [(method, path, body) for method, path, _, body in site.service.requests] == [
        ("GET", "/anything?page=2", ""), ("POST", f"/accounts/{site.account}/deployments", "body"),
    ], "path, query and body arrive as they were sent"


def test_a_credential_in_its_own_field_counts(site):
    assert site("GET", "/", headers={"X-Api-Key": site.reader["api_key"]}).status_code == 200


def test_an_access_token_counts(site):
    token = site.admin.post("/token", json={"api_key": site.reader["api_key"]}).json()["access_token"]
    assert site("GET", "/", token).status_code == 200
    assert site("DELETE", "/", token).status_code == 403


def test_what_a_key_may_not_do_is_refused(site):
    cases = [
        ("POST", "/", site.reader, 403),
        ("GET", "/", site.developer, 403),
        ("GET", f"/accounts/{site.account}", site.developer, 200),
        ("DELETE", f"/accounts/{site.account}/x", site.developer, 200),
        ("DELETE", f"/accounts/{site.account}/x", site.reader, 403),
        ("GET", f"/accounts/{site.account + 1}", site.developer, 403),
        ("GET", f"/accounts/{site.account + 1}", site.reader, 403),
        ("OPTIONS", "/", site.reader, 405),
    ]
    for method, path, key, expected in cases:
        assert site(method, path, key["api_key"]).status_code == expected, (method, path, key["name"])
    assert len(site.service.requests) == 2, "nothing that was refused reached the service"


def test_without_a_good_credential_nothing_reaches_the_service(site):
    key = site.reader["api_key"]
    missing = site("GET", "/")
    assert missing.status_code == 401
    assert missing.headers["WWW-Authenticate"].startswith("Bearer")
    for value in ["nonsense", key[:-1], key + "0", key.lower(), key[:20] + "A" * 34]:
        assert site("GET", "/", value).status_code == 401, "a changed key is none"
    assert site.service.requests == []


def test_a_client_cannot_choose_action_or_resource(site):
    claims = {
        "action": "application:read", "nrn": "organization=1", "X-Action": "application:read",
        "X-Keywright-Action": "application:read", "X-Keywright-Nrn": "organization=1",
        "X-Original-Method": "GET", "X-Original-Uri": "/forward-auth?action=application:read&nrn=organization=1",
        "X-Forwarded-Method": "GET", "X-Forwarded-Uri": "/", "X-Http-Method-Override": "GET",
    }
    key = site.reader["api_key"]
    assert site("POST", "/", key, headers=claims).status_code == 403
    assert site("POST", "/?action=application:read&nrn=organization=1", key).status_code == 403
    assert site("POST", "/&action=application:read", key).status_code == 403
    developer = site.developer["api_key"]
    for path in [
        f"/accounts/{site.account}%26nrn=organization=1/x", f"/accounts/{site.account}:namespace=1/x",
        f"/accounts/{site.account}%00/x", f"/accounts/0{site.account}/x",
    ]:
        assert site("GET", path, developer).status_code in (400, 403), path
    assert site.service.requests == []


def test_the_service_learns_who_calls_from_keywright_alone(site):
    forged = {
        "X-Keywright-Key-Id": "1", "X-Keywright-Organization": "9", "X-Keywright-Name": "root",
        "X_Keywright_Key_Id": "1", "x-keywright-name": "root too",
    }
    assert site("GET", "/", site.reader["api_key"], headers=forged).status_code == 200
    _, _, headers, _ = site.service.requests[0]
    assert [headers.get_all(name) for name in IDENTITY] == [[str(site.reader["id"])], ["1"], ["reader%20%C3%BC%2F1"]]
    assert not any(name.lower().replace("_", "-") in IDENTITY and "_" in name for name in headers)
    assert headers.get("Authorization") is None and headers.get("X-Api-Key") is None, "the key itself stays away"


def test_a_deleted_key_is_refused_by_the_next_request(site):
    key = site.reader
    assert site("GET", "/", key["api_key"]).status_code == 200
    assert site.admin.delete(f"/api_key/{key['id']}").status_code == 204
    assert site("GET", "/", key["api_key"]).status_code == 401


def test_without_keywright_nothing_reaches_the_service(site, installation):
    key = site.reader["api_key"]
    installation.stop()
    answer = site("GET", "/", key)
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "1"
    assert key not in json.dumps(dict(answer.headers)) + answer.text
    assert site.service.requests == []
