"""What the OpenAPI document allows and forbids, thrown at a live server: no 5xx, no undocumented status."""

import os
import subprocess
import sys
from pathlib import Path

from server import Server, cli, key_body

FOLDER = Path(__file__).parent
CONFIGURATION = FOLDER / "schemathesis.toml"
CHECKS = [
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
    "positive_data_acceptance", "negative_data_rejection",
]


def test_the_document_is_valid(tmp_path):
    document = tmp_path / "openapi.json"
    document.write_text(cli("openapi").stdout)
    subprocess.run([sys.executable, "-m", "openapi_spec_validator", str(document)], check=True, timeout=120)


def test_schemathesis(tmp_path):
    server = Server(tmp_path / "data", "--maximum-keys", "1000000")
    key = server.bootstrap()
    server.start()
    try:
        # The examples name low ids: the key and the user that act here must not be among them.
        with server.client(key) as client:
            for number in range(60):
                assert client.post("/api_key", json=key_body(f"filler-{number}")).status_code == 201
            key = client.post("/api_key", json=key_body("fuzz", role="admin")).json()["api_key"]
        result = subprocess.run(
            [
                Path(sys.executable).with_name("schemathesis"), "--config-file", CONFIGURATION, "run",
                f"{server.url}/openapi.json",
                "--header", f"Authorization: Bearer {key}",
                "--checks", ",".join(CHECKS),
                "--phases", "examples,coverage,fuzzing",
                "--max-examples", os.environ.get("FUZZ_EXAMPLES", "15"),
                # The same requests each time; others by FUZZ_SEED.
                "--seed", os.environ.get("FUZZ_SEED", "1"),
                # One: two threads that compile at once trip CPython 3.11 ("AST constructor recursion depth mismatch").
                "--workers", "1", "--request-timeout", "20", "--continue-on-failure",
                "--suppress-health-check", "all",
            ],
            capture_output=True, text=True, timeout=400, cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(FOLDER), "SCHEMATHESIS_HOOKS": "schemathesis_hooks"},
        )
        (tmp_path / "report.txt").write_text(result.stdout + result.stderr)
        assert result.returncode == 0, (result.stdout + result.stderr).replace(key, "<key>")[-12000:]
        with server.client(key) as client:
            assert client.get("/healthz").status_code == 200
    finally:
        assert server.stop() == 0
