"""A secret appears in one answer and nowhere else."""

import json

from server import Server, cli, key_body


def test_secrets_are_nowhere_else(tmp_path):
    server = Server(tmp_path / "data", "--log-level", "trace")
    admin_key = server.bootstrap()
    server.start()
    answers = []
    secrets = [admin_key]
    with server.client(admin_key) as client:
        for number in range(20):
            created = client.post("/api_key", json=key_body(f"planted-{number}")).json()
            secrets.append(created["api_key"])
        token = client.post("/token", json={"api_key": secrets[1]}).json()
        secrets += [token["access_token"], token["refresh_token"]]
        invitation = client.post("/user/invite", json={"email": "invited@example.com"}).json()
        secrets.append(invitation["invitation_url"].split("token=")[1])
        # Wherever a secret might be put by mistake, the server must not repeat it.
        key = secrets[2]
        for request in [
            ("GET", f"/api_key/{key}", {}),
            ("GET", f"/api_key?q={key}", {}),
            ("GET", f"/api_key?name={key}", {}),
            ("GET", f"/{key}", {}),
            ("GET", f"/api_key?{key}=1", {}),
            ("GET", "/api_key", {"headers": {"Authorization": f"Basic {key}"}}),
            ("GET", "/api_key", {"headers": {"Authorization": f"Bearer {key}x"}}),
            ("POST", "/token", {"json": {"api_key": key + "x"}}),
            ("POST", "/token", {"json": {key: "x"}}),
            ("POST", "/token", {"content": '{"api_key":"' + key}),
            ("POST", "/oauth/token", {"data": {"grant_type": key, "scope": key}}),
            ("POST", "/oauth/token", {"data": {"grant_type": "client_credentials"}, "auth": (key, key + "x")}),
            ("POST", f"/introspect?token={key}", {"data": {"token": key}}),
            ("POST", "/introspect", {"data": {"token": key}}),
            ("POST", "/introspect", {"data": {"token": token["access_token"]}}),
            ("POST", "/introspect", {"data": {"token": token["refresh_token"]}}),
            ("POST", "/revoke", {"data": {"token": token["refresh_token"], key: key}}),
            ("POST", "/revoke", {"data": {"token": key + "x"}}),
            ("GET", f"/v1/changes?after={key}", {}),
            ("GET", "/v1/changes", {}),
            ("POST", "/api_key", {"json": {"name": "x", "grants": [], key: 1}}),
            ("GET", "/api_key?limit=200", {}),
            ("GET", "/v1/audit?limit=200", {}),
            ("GET", "/user?type=machine", {}),
            ("PATCH", "/api_key/2", {"json": {"name": "renamed"}}),
            ("DELETE", "/api_key/3", {}),
        ]:
            method, path, options = request
            response = client.request(method, path, **options)
            assert response.status_code < 500, (method, path.replace(key, "…"), response.text)
            answers.append(str(response.headers) + response.text)
    backup = tmp_path / "backup.db"
    cli("backup", "--data", server.folder, backup)
    # While the server runs, so that the write-ahead log is there too.
    stored = b"".join(path.read_bytes() for path in [*server.folder.iterdir(), backup] if path.is_file())
    assert (server.folder / "keywright.db-wal").stat().st_size > 0
    assert server.stop() == 0
    everything = "".join(answers) + "".join(server.output)
    for secret in secrets:
        for part in parts(secret):
            assert part not in everything, "a secret is in an answer or the log"
            assert part.encode() not in stored, "a secret is in the data or the backup"


def parts(secret):
    """The whole, and of an API key also its secret part alone."""
    yield secret
    if secret.startswith("kw_"):
        yield secret.split("_")[2][:32]


def test_the_setup_secret_and_password_are_not_stored(tmp_path):
    server = Server(tmp_path / "data")
    server.start()
    token = server.wait_for_setup_link().split("token=")[1]
    assert server.stop() == 0
    stored = b"".join(path.read_bytes() for path in server.folder.iterdir() if path.is_file())
    assert token.encode() not in stored
    server.bootstrap()
    stored = b"".join(path.read_bytes() for path in server.folder.iterdir() if path.is_file())
    assert json.dumps("a long password for tests").strip('"').encode() not in stored
