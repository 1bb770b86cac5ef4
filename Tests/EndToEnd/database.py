"""A PostgreSQL database of a test's own, on the server that TEST_POSTGRES_URL names."""

import os
import subprocess
import uuid
from urllib.parse import urlsplit

import pytest

from server import cli

# Runs a test that uses the fixture `installation` on each engine.
each_engine = pytest.mark.parametrize("installation", ["folder", "database"], indirect=True)

PASSWORD = "never-to-be-logged"


class Database:
    def __init__(self):
        self.server = os.environ["TEST_POSTGRES_URL"]
        self.name = f"e2e_{uuid.uuid4().hex}"
        self.role = f"{self.name}_run"
        self.sql(f"CREATE DATABASE {self.name}", self.server)
        self.sql(f"CREATE ROLE {self.role} LOGIN PASSWORD '{PASSWORD}'", self.server)
        server = urlsplit(self.server)
        self.owner_url = server._replace(path=f"/{self.name}").geturl()
        place = server.netloc.rpartition("@")[2]
        # As the role that serves, which owns nothing.
        self.url = server._replace(netloc=f"{self.role}:{PASSWORD}@{place}", path=f"/{self.name}").geturl()

    def prepare(self):
        cli("database", "prepare", "--database", self.owner_url, "--run-role", self.role)
        return self

    def sql(self, statement, url=None):
        """What psql prints of a statement's result, without decoration."""
        return subprocess.run(
            ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", statement, url or self.owner_url],
            capture_output=True, text=True, timeout=60, check=True,
        ).stdout.strip()

    def drop(self):
        self.sql(f"DROP DATABASE {self.name} WITH (FORCE)", self.server)
        self.sql(f"DROP ROLE {self.role}", self.server)
