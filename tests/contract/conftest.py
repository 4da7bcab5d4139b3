"""The store on SQLite and on PostgreSQL: a test that asks for ``store`` runs on both."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.support.hub_store import Database, opened
from tests.support.postgres import fresh_database, running_postgres


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with running_postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'new folder' / 'hub.sqlite'}"
    else:
        url = fresh_database(request.getfixturevalue("postgres"), f"t{uuid4().hex}")
    with opened(url) as database:
        yield database
