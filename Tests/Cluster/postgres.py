"""PostgreSQL servers of the tests: a primary, a synchronous standby, what befalls them, and what they hold."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from server import free_port

PROGRAMS = Path(os.environ["POSTGRES_PROGRAMS"])
OWNER, RUNNER, REPLICATOR = "keywright_owner", "keywright", "replicator"
PASSWORDS = {OWNER: "owner-of-the-tables", RUNNER: "serves-requests", REPLICATOR: "copies-everything"}

SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{folder}'
max_connections = 200
shared_buffers = 64MB
password_encryption = 'scram-sha-256'
wal_sender_timeout = 5s
log_line_prefix = '%m [%p] '
# A standby that lost its primary looks for it so often; a promotion waits for the next look.
wal_retrieve_retry_interval = 200ms
"""

#: People and programs come over TCP and say their password; who administers the server has its socket.
ACCESS = """
local all         postgres              trust
host  replication all     127.0.0.1/32  scram-sha-256
host  all         all     127.0.0.1/32  scram-sha-256
"""


class Postgres:
    """One server: a folder, a port, and whether it runs."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="keywright-cluster."))
        self.data = self.folder / "data"
        self.port = free_port()
        self.as_owner = []
        if os.geteuid() == 0:  # as which PostgreSQL refuses to run
            shutil.chown(self.folder, "postgres", "postgres")
            self.as_owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]

    def program(self, name, *arguments, stdin=None, check=True, **variables):
        result = subprocess.run(
            [*self.as_owner, PROGRAMS / name, *map(str, arguments)], input=stdin, capture_output=True, text=True,
            cwd=self.folder, env={**os.environ, **variables}, timeout=120,
        )
        assert not check or result.returncode == 0, f"{name}: {result.stderr}\n{self.log}"
        return result

    @property
    def log(self):
        file = self.folder / "log"
        return file.read_text()[-4000:] if file.exists() else ""

    # Making

    def make(self):
        """A new server with the roles of an installation."""
        self.program(
            "initdb", "--pgdata", self.data, "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8",
            "--auth=trust", "--no-instructions",
        )
        self.configure()
        self.start()
        for role, password in PASSWORDS.items():
            right = "REPLICATION" if role == REPLICATOR else ""
            self.psql(f"CREATE ROLE {role} LOGIN {right} PASSWORD '{password}'")
        return self

    def configure(self):
        text = SETTINGS.format(port=self.port, folder=self.folder)
        (self.data / "postgresql.conf").write_text(text)
        (self.data / "pg_hba.conf").write_text(ACCESS)

    def make_standby(self, port=None):
        """A streaming standby, without which this server acknowledges no commit from now on.

        `port`: where it finds this server, when not directly.
        """
        standby = Postgres()
        source = f"host=127.0.0.1 port={port or self.port} user={REPLICATOR} application_name=standby"
        standby.program(
            "pg_basebackup", "--dbname", source, "--pgdata", standby.data, "--wal-method=stream",
            "--checkpoint=fast", "--write-recovery-conf", "--create-slot", "--slot=standby",
            PGPASSWORD=PASSWORDS[REPLICATOR],
        )
        # Its own settings: a standby that becomes the primary must not wait for itself.
        standby.configure()
        standby.start()
        self.psql("ALTER SYSTEM SET synchronous_standby_names = 'standby'", "SELECT pg_reload_conf()")
        self.wait_for("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'", "1")
        return standby

    def make_database(self, name):
        self.psql(f"CREATE DATABASE {name} OWNER {OWNER}")

    def remove(self):
        self.stop("immediate")
        shutil.rmtree(self.folder)

    # Running

    def start(self):
        log = self.folder / "log"
        self.program("pg_ctl", "start", "--pgdata", self.data, "--wait", "--silent", "--log", log)

    def stop(self, mode="fast"):
        self.program("pg_ctl", "stop", "--pgdata", self.data, "--mode", mode, "--silent", check=False)

    def promote(self):
        self.program("pg_ctl", "promote", "--pgdata", self.data, "--wait", "--silent")

    def kill(self):
        """Ends every process of the server at once, as a machine that loses power does."""
        parent = int((self.data / "postmaster.pid").read_text().split()[0])
        os.kill(parent, signal.SIGSTOP)  # so that it starts no more of them
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        for process in [*map(int, children), parent]:
            os.kill(process, signal.SIGKILL)

    # Asking

    def url(self, role=RUNNER, database="keywright", port=None):
        return f"postgres://{role}:{PASSWORDS[role]}@127.0.0.1:{port or self.port}/{database}"

    def psql(self, *statements, database="postgres"):
        """Runs statements as superuser, one after another; returns what the last one printed."""
        commands = [part for statement in statements for part in ("--command", statement)]
        result = self.program(
            "psql", "--host", self.folder, "--port", self.port, "--username=postgres", "--dbname", database,
            "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", *commands,
        )
        return result.stdout.strip()

    def rows(self, query, database="keywright"):
        """A query's rows, each as a list."""
        text = self.psql(
            f"SET search_path = keywright; SELECT coalesce(json_agg(to_json(found)), '[]') FROM ({query}) AS found",
            database=database,
        )
        return [list(row.values()) for row in json.loads(text)]

    def wait_for(self, query, expected, database="postgres"):
        for _ in range(200):
            found = self.psql(f"SELECT pg_sleep(0.05); {query}", database=database).splitlines()
            if found[-1:] == [expected]:
                return
        raise AssertionError(f"{query}: {found}, not {expected}")
