"""People who write at the same time, through the running store, on SQLite and on PostgreSQL."""

import asyncio
from typing import Any

import pytest

from hub.clock import Now
from hub.keeping import Conflict, Keeping, Locked
from hub.people import Person, Role
from hub.record.approval import Move
from hub.record.tasks import Task
from hub.store import record_reports, record_tasks
from hub.store.database import Store
from hub.store.incidents import NoSuchIncident
from hub.store.journal import Row
from tests.support.hub_store import HOUSE, Database, arrived
from tests.support.messages import MOMENT
from wire.messages.events import Panic

YAMADA = Person(1, "yamada", "山田 花子", Role.SUPERVISOR)
SATO = Person(2, "sato", "佐藤 一郎", Role.SUPERVISOR)


class _Clock:
    def now(self) -> Now:
        return Now(MOMENT, 0.0)


async def _write(url: str, told: list[Row]) -> list[Any]:
    store = Store(url)
    await store.open()
    try:
        keeping = Keeping(store, HOUSE, _Clock(), told.extend)
        results = await asyncio.gather(
            keeping.write(1, 0, {"words": "山田", "why": "用件"}, YAMADA),
            keeping.write(1, 0, {"words": "佐藤"}, SATO),
            keeping.write(1, 0, {"harm": "けが"}, SATO),
            *(keeping.press(1, "cease", YAMADA) for _ in range(12)),
            keeping.add_task(1, Task(0, "lawyer", "", "佐藤", None), YAMADA),
            keeping.write(99, 0, {}, YAMADA),
            return_exceptions=True,
        )
        await keeping.finish_task(1, 1, True, SATO)
        await keeping.approve(1, Move.SUBMIT, YAMADA)
        with pytest.raises(Locked):
            await keeping.write(1, 2, {"words": "x"}, SATO)
    finally:
        store.close()
    return results


def test_people_who_write_at_the_same_time_lose_nothing(store: Database) -> None:
    store.record(arrived(1, Panic()))
    told: list[Row] = []
    results = asyncio.run(_write(store.url, told))
    assert results[0].revision == 1
    assert isinstance(results[1], Conflict)
    assert results[2].revision == 2, "another field is woven in"
    assert sum(isinstance(result, Exception) for result in results[3:15]) == 3, (
        "nine presses of a step, no more"
    )
    assert isinstance(results[-1], NoSuchIncident)
    kept = store.do(lambda tx: record_reports.load(tx, 1))
    assert kept.report == {"words": "山田", "why": "用件", "harm": "けが"}
    assert store.do(lambda tx: record_tasks.of_incident(tx, 1))[0].done_by == "佐藤 一郎"
    lines = store.rows("SELECT what FROM entry ORDER BY id")
    assert [what for (what,) in lines].count("step") == 9
    assert [row.seq for row in told] == sorted(row.seq for row in told)
    assert len(told) == len(lines) - 1, "each line is told to the pages"
