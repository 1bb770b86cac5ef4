"""Tokens as standards describe them, revocation, the feed of changes, and the signing key, on a running server."""

import base64
import json
import socket
import time

import httpx

from database import each_engine
from following import Follower
from server import Server, cli, key_body


def exchange(client, key):
    return client.post(
        "/oauth/token",
        data={
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token": key,
            "subject_token_type": "urn:keywright:params:oauth:token-type:api_key",
        },
    ).json()


def key_id_of(token):
    return json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))["kid"]


@each_engine
def test_the_life_of_tokens_by_the_standards(installation):
    with httpx.Client(base_url=installation.url, timeout=30) as client:
        metadata = client.get("/.well-known/oauth-authorization-server").json()
        assert metadata["issuer"] == installation.url
        handle = installation.admin_key.split("_")[1]
        credentials = (handle, installation.admin_key)
        given = httpx.post(
            metadata["token_endpoint"], data={"grant_type": "client_credentials"}, auth=credentials, timeout=30
        )
        assert given.status_code == 200 and given.headers["cache-control"] == "no-store"
        token = given.json()["access_token"]
        assert key_id_of(token) in [key["kid"] for key in httpx.get(metadata["jwks_uri"]).json()["keys"]]

        looked = httpx.post(metadata["introspection_endpoint"], data={"token": token}, auth=credentials).json()
        assert looked["active"] and looked["client_id"] == handle and looked["iss"] == installation.url
        assert httpx.post(metadata["revocation_endpoint"], data={"token": token}).status_code == 200
        looked = httpx.post(metadata["introspection_endpoint"], data={"token": token}, auth=credentials)
        assert looked.text == '{"active":false}'
        refused = client.get("/api_key", headers={"Authorization": f"Bearer {token}"})
        assert refused.status_code == 401


def test_a_revocation_survives_a_kill(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # The same port again, so that the tokens' issuer stays what it is.
    server = Server(tmp_path / "data", "--port", port)
    admin = server.bootstrap()
    server.start()
    with server.client() as client:
        first, second, third = (exchange(client, admin) for _ in range(3))
        assert client.post("/revoke", data={"token": first["refresh_token"]}).status_code == 200
        assert client.post("/revoke", data={"token": second["access_token"]}).status_code == 200
    server.kill()
    server.start()
    try:
        with server.client() as client:
            for tokens, access, renewal in [(first, 401, 400), (second, 401, 200), (third, 200, 200)]:
                bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
                assert client.get("/api_key", headers=bearer).status_code == access
                form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
                assert client.post("/oauth/token", data=form).status_code == renewal
    finally:
        assert server.stop() == 0


@each_engine
def test_a_revocation_is_heard_of_within_a_second(installation):
    with installation.client(installation.admin_key) as client:
        for number in range(20):
            key = client.post("/api_key", json=key_body(f"short-lived-{number}")).json()
            cursor = client.get("/v1/changes").json()["cursor"]
            follower = Follower(installation, installation.admin_key, cursor).wait_until_sent()
            begin = time.monotonic()
            assert client.post("/revoke", data={"token": key["api_key"]}).status_code == 200
            follower.join(20)
            assert follower.heard - begin < 1
            assert follower.answer.json()["changes"] == [{"type": "api_key", "id": key["id"]}]


def test_shutting_down_answers_who_waits(tmp_path):
    server = Server(tmp_path / "data")
    admin = server.bootstrap()
    server.start()
    with server.client(admin) as client:
        cursor = client.get("/v1/changes").json()["cursor"]
    followers = [Follower(server, admin, cursor).wait_until_sent() for _ in range(10)]
    begin = time.monotonic()
    assert server.stop() == 0
    for follower in followers:
        follower.join(20)
        assert follower.heard - begin < 5
        assert follower.answer.status_code == 200
        assert follower.answer.json()["changes"] == [] and follower.answer.json()["cursor"] == cursor


def test_the_signing_key_is_rotated_while_the_server_runs(tmp_path):
    server = Server(tmp_path / "data")
    admin = server.bootstrap()
    rotated = cli("admin", "rotate-signing-key", "--data", server.folder)
    assert "is published and signs from" in rotated.stdout
    server.start()
    try:
        with server.client() as client:
            keys = [key["kid"] for key in client.get("/.well-known/jwks.json").json()["keys"]]
            assert len(keys) == 2
            again = cli("admin", "rotate-signing-key", "--data", server.folder, check=False)
            assert again.returncode == 1 and "published already" in again.stderr
            token = exchange(client, admin)["access_token"]
            assert key_id_of(token) == keys[1]
            bearer = {"Authorization": f"Bearer {token}"}
            assert client.get("/api_key", headers=bearer).status_code == 200
            replaced = cli("admin", "rotate-signing-key", "--end-tokens", "--data", server.folder)
            assert "signs from now on" in replaced.stdout
            assert client.get("/api_key", headers=bearer).status_code == 401
            keys = [key["kid"] for key in client.get("/.well-known/jwks.json").json()["keys"]]
            assert len(keys) == 1
            token = exchange(client, admin)["access_token"]
            assert key_id_of(token) == keys[0]
            assert client.get("/api_key", headers={"Authorization": f"Bearer {token}"}).status_code == 200
            trail = client.get(
                "/v1/audit", params={"target_type": "signing_key"}, headers={"Authorization": f"Bearer {admin}"}
            ).json()
            actions = [(event["action"], event["actor"]["type"]) for event in trail["results"]]
            assert actions == [("signing_key.replace", "operator"), ("signing_key.rotate", "operator")]
    finally:
        assert server.stop() == 0


def test_verify_and_explain_on_the_command_line(installation, tmp_path):
    environment = installation.environment(installation.admin_key)
    with installation.client(installation.admin_key) as client:
        key = client.post("/api_key", json=key_body("ci", tags=[{"key": "team", "value": "web"}])).json()
        token = client.post("/token", json={"api_key": key["api_key"]}).json()["access_token"]
    file = tmp_path / "subject"
    file.write_text(key["api_key"] + "\n")
    at = ["--nrn", "organization=1"]
    for arguments, subject, code, text in [
        (["verify"], key["api_key"], 0, "valid"),
        (["verify"], token, 0, "valid"),
        (["verify", "--tag", "team:web", "--action", "build:read", *at], token, 0, "yes"),
        (["verify", "--tag", "team:else"], token, 4, "valid, but not allowed"),
        (["verify", "--action", "build:create", *at], key["api_key"], 4, "no"),
        (["verify"], key["api_key"] + "x", 4, "not found"),
        (["explain", "build:read", "organization=1"], key["api_key"], 0, "Yes: build:read at organization=1 is allowed"),
        (["explain", "build:create", "organization=1"], token, 4, "This grant would allow it: organization=1="),
        (["explain", "build:read", "organization=1:account=9"], token, 4, "does not exist"),
    ]:
        result = cli(*arguments, stdin=subject, environment=environment, check=False)
        assert result.returncode == code, (arguments, result.stdout, result.stderr)
        assert text in result.stdout
        assert subject not in result.stdout + result.stderr
    from_file = cli("verify", "--json", "--subject-file", file, environment=environment)
    assert json.loads(from_file.stdout)["key_id"] == key["id"]
    from_environment = cli("verify", environment={**environment, "KEYWRIGHT_SUBJECT": token})
    assert "valid" in from_environment.stdout
    assert httpx.post(f"{installation.url}/revoke", data={"token": token}).status_code == 200
    revoked = cli("verify", stdin=token, environment=environment, check=False)
    assert revoked.returncode == 4 and "not found" in revoked.stdout
