import itertools
import shutil

import pytest

from nodes import Installation
from postgres import Postgres
from relay import Relay

#: What databases are told apart by.
numbers = itertools.count()
FIGURES = pytest.StashKey[list]()


def pytest_configure(config):
    config.stash[FIGURES] = []


@pytest.fixture
def note(request):
    """Keeps a line that is shown when all tests have run."""
    return lambda line: request.config.stash[FIGURES].append(f"{request.node.name}: {line}")


def pytest_terminal_summary(terminalreporter, config):
    for line in config.stash[FIGURES]:
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def postgres():
    """A server that the tests share; each test that changes more than keys has a database of its own there."""
    server = Postgres().make()
    yield server
    server.remove()


@pytest.fixture
def new_installation(postgres, tmp_path):
    """Makes installations; their nodes are killed at the end."""
    made = []

    def make(server=postgres):
        number = next(numbers)
        made.append(Installation(server, tmp_path / f"installation-{number}", f"keywright_{number}"))
        return made[-1]

    yield make
    for installation in made:
        installation.kill()


@pytest.fixture(scope="session")
def cluster(postgres, tmp_path_factory):
    """Three nodes; the last one reaches the database through a relay. Tests leave it whole."""
    installation = Installation(postgres, tmp_path_factory.mktemp("cluster"), "keywright").bootstrap()
    relay = Relay(postgres.port)
    installation.relay = relay
    for url in (installation.url, installation.url, postgres.url(port=relay.port)):
        installation.add_node(url).start()
    yield installation
    for node in installation.nodes:
        assert node.stop() == 0
    relay.close()
    shutil.rmtree(installation.folder)
