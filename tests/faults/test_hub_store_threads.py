"""The store's threads live on through errors, and say by their type whether to try again."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DataError, OperationalError

from hub.store.database import Store
from hub.store.errors import StoreClosed, StoreRefused, StoreUnavailable


def test_the_type_of_an_error_says_whether_to_try_again(tmp_path: Path) -> None:
    async def scene() -> None:
        store = Store(f"sqlite:///{tmp_path / 'hub.sqlite'}")
        with pytest.raises(StoreClosed):
            await store.write(_nothing)
        await store.open()
        with pytest.raises(StoreRefused, match="no such table: nowhere"):
            await store.read(_fails_with(DataError("x", {}, Exception("no such table: nowhere"))))
        with pytest.raises(StoreUnavailable, match="database is locked"):
            await store.write(_fails_with(OperationalError("x", {}, Exception("database is locked"))))
        with pytest.raises(KeyError):
            await store.write(_fails_with(KeyError("a bug")))
        assert await store.write(_seven) == 7, "the thread lives on"
        store.close()
        with pytest.raises(StoreClosed):
            await store.read(_nothing)

    asyncio.run(scene())


def _nothing(_tx: Connection) -> None:
    """Work that does nothing."""


def _seven(_tx: Connection) -> int:
    return 7


def _fails_with(error: Exception) -> Callable[[Connection], None]:
    def work(_tx: Connection) -> None:
        raise error

    return work


def test_what_follows_a_commit_comes_in_its_order_and_a_fault_there_undoes_nothing(tmp_path: Path) -> None:
    async def scene() -> None:
        store = Store(f"sqlite:///{tmp_path / 'hub.sqlite'}")
        await store.open()
        seen: list[int] = []

        def then(number: int) -> None:
            seen.append(number)
            if number == 3:
                raise RuntimeError("a page is broken")

        def give(number: int) -> Callable[[Connection], int]:
            return lambda _tx: number

        results = await asyncio.gather(*(store.write(give(n), then) for n in range(20)))
        assert list(results) == seen == list(range(20))
        store.close()

    asyncio.run(scene())
