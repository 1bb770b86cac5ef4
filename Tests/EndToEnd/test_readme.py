"""The commands of the README do what it says, in its order."""

import os
import re
import subprocess
from pathlib import Path

from server import BINARY

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
