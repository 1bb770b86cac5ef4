"""The commands of the README do what it says, in its order."""

import os
import re
import subprocess
from pathlib import Path

from server import BINARY, free_port

README = Path(__file__).parents[2] / "README.md"


def blocks(heading):
    """The shell commands under a heading, as they stand there."""
    section = README.read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", section, re.DOTALL)


def test_the_life_of_a_key(installation, tmp_path):
    scripts = [block.replace("http://127.0.0.1:8080", installation.url) for block in blocks("The life of a key")]
    binaries = tmp_path / ".build" / "release"
    binaries.mkdir(parents=True)
    (binaries / "keywright").symlink_to(BINARY)
    result = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", 'printf "\\n--\\n"\n'.join(scripts)],
        capture_output=True, text=True, timeout=60, cwd=tmp_path, env={**os.environ, "ADMIN": installation.admin_key},
    )
    assert result.returncode == 0, result.stderr.replace(installation.admin_key, "<key>")
    curl, command_line, oauth = result.stdout.split("\n--\n")
    assert curl.count('"results":[{"id":2,"name":"ci-main"') == 3, "each filter finds the key"
    assert '{"id":2,"name":"ci",' in curl, "it was changed"
    assert '"total":2' in curl, "the token reads the list"
    assert curl.endswith('"code":"unauthenticated"}'), "the token ended with its key"
    assert re.search(r"^3 +deploy +kw_\w{12}_….{4} +active +organization=1=ops +team:payments", command_line, re.M)
    assert re.search(r"^Name +deploy-2$", command_line, re.M)
    assert "Deleted API key 3." in command_line
    assert command_line.count("api_key.delete") == 2
    for name in ["deploy.key", "access.token"]:
        assert len((tmp_path / name).read_text().split()) == 1, "a pipe gets the value alone"
    assert re.fullmatch(r'\{"active":true,[^}]*\}\{\}\{"active":false\}', oauth), "it was good until it was revoked"


def test_protect_a_service(installation, tmp_path):
    """Both ways, with the committed configuration and the example, on ports of this test."""
    proxy, echo, service = (free_port() for _ in range(3))
    configuration = Path("Examples/proxies/nginx.conf")
    (tmp_path / configuration).parent.mkdir(parents=True)
    (tmp_path / configuration).write_text(
        (README.parent / configuration).read_text()
        .replace("127.0.0.1:8000", f"127.0.0.1:{proxy}").replace("127.0.0.1:9000", f"127.0.0.1:{echo}")
        .replace("127.0.0.1:8080", installation.url.removeprefix("http://")).replace("/tmp/keywright", f"{tmp_path}/k")
    )
    binaries = tmp_path / ".build" / "release"
    binaries.mkdir(parents=True)
    (binaries / "ProtectedService").symlink_to(os.environ["PROTECTED_SERVICE_BINARY"])
    (binaries / "keywright").symlink_to(BINARY)
    key, by_nginx, by_middleware, why = blocks("Protect a service in five minutes")
    build = "swift build -c release --product ProtectedService\n"
    assert build in by_middleware
    by_middleware = by_middleware.replace(build, "").replace("127.0.0.1:9000", f"127.0.0.1:{service}")
    by_nginx = by_nginx.replace("127.0.0.1:8000", f"127.0.0.1:{proxy}")
    result = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", 'printf "\\n--\\n"\n'.join([key, by_nginx, by_middleware, why])],
        capture_output=True, text=True, timeout=90, cwd=tmp_path,
        env={
            **os.environ, "ADMIN": installation.admin_key, "url": installation.url, "PORT": str(service),
            "PATH": f"{binaries}:{os.environ['PATH']}:/usr/sbin", "KEYWRIGHT_URL": installation.url,
            "KEYWRIGHT_API_KEY": installation.admin_key,
        },
    )
    assert result.returncode == 4, "the last command says no: " + result.stderr.replace(installation.admin_key, "<key>")
    _, nginx, middleware, reasons = result.stdout.split("\n--\n")
    statuses = r"HTTP/1\.1 (\d+)"
    assert re.search(r"^key \d+ of organization 1: caller$", nginx, re.M)
    assert re.findall(statuses, nginx) == ["403", "401"]
    assert re.search(r"^caller \(key \d+\)$", middleware, re.M)
    assert re.findall(statuses, middleware) == ["403", "401"]
    assert "This needs the action deployment:create at organization=1:account=" in middleware
    assert re.search(r"^Result +valid\nAllowed +yes$", reasons, re.M)
    assert re.search(r"^No: no grant allows .*\nThis grant would allow it: organization=1=", reasons, re.M)


def test_the_example_says_what_it_cannot_use(installation):
    taken = installation.url.rpartition(":")[2]
    good = {"KEYWRIGHT_URL": installation.url, "KEYWRIGHT_API_KEY": installation.admin_key, "PORT": taken}
    for settings, code, sentence in [
        ({"KEYWRIGHT_API_KEY": ""}, 1, "The API key is empty"),
        ({"KEYWRIGHT_URL": "keys.example.com"}, 1, "The server's URL must look like"),
        ({"PORT": "ninety"}, 2, "PORT is a number"),
        ({}, 1, f"cannot run on http://127.0.0.1:{taken}: "),
    ]:
        result = subprocess.run(
            [os.environ["PROTECTED_SERVICE_BINARY"]], capture_output=True, text=True, timeout=30,
            env={**os.environ, **good, **settings},
        )
        assert result.returncode == code and sentence in result.stderr, (settings, result.returncode)
        assert "Fatal" not in result.stderr and installation.admin_key not in result.stderr
