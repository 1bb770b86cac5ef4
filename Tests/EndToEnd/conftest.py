import pytest

from database import Database
from server import Server


@pytest.fixture
def database():
    """An empty PostgreSQL database that is ready to be served, and gone afterwards."""
    database = Database()
    yield database.prepare()
    database.drop()


@pytest.fixture
def installation(tmp_path, request):
    """A running server and the value of an Admin key; on the engine that the test names, or a data folder."""
    engine = getattr(request, "param", "folder")
    database = request.getfixturevalue("database").url if engine == "database" else None
    server = Server(tmp_path / "data", database=database)
    key = server.bootstrap()
    server.start()
    server.admin_key = key
    yield server
    assert server.stop() == 0
