"""Servers of these tests' own, in a directory that, when root runs the tests, only root may enter."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.servers import LocalServers


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServers]:
    """Running servers with a database `carillon`; a test may kill them and start them again."""
    servers = LocalServers(tmp_path_factory.mktemp("servers"))
    servers.start(database="carillon")
    yield servers
    assert servers.stop()


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Where no server has been yet."""
    return tmp_path / "var"
