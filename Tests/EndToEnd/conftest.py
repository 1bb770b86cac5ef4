import pytest

from server import Server


@pytest.fixture
def installation(tmp_path):
    """A running server and the value of an Admin key."""
    server = Server(tmp_path / "data")
    key = server.bootstrap()
    server.start()
    server.admin_key = key
    yield server
    assert server.stop() == 0
