"""When each button was last known to work, in the database, on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

import pytest
from sqlalchemy import Connection

from hub import proving
from hub.proving import Proving
from hub.store import incidents, journal, notices, proofs
from hub.store.database import Store
from hub.store.errors import StoreUnavailable
from tests.support.hub_store import Database, arrived
from tests.support.messages import MOMENT, SITE, UNIT
from wire.messages.events import Assist, Panic


def at(second: float) -> datetime:
    return MOMENT + timedelta(seconds=second)


def test_buttons_are_followed_behind_the_alarms_each_event_once(store: Database) -> None:
    store.do(lambda tx: proofs.meet(tx, SITE, [UNIT, "c2"], MOMENT))
    store.do(lambda tx: proofs.meet(tx, SITE, [UNIT], at(50)))
    store.record(arrived(1, Panic(), received=at(5)), arrived(2, Assist(), received=at(6)))
    store.record(arrived(3, Panic(), received=at(9)))
    learnt = store.do(lambda tx: proofs.learn(tx, SITE))
    assert learnt.through - learnt.kept == 3
    store.do(lambda tx: proofs.keep(tx, learnt.pressed))
    assert store.do(lambda tx: proofs.learn(tx, SITE)) == learnt, "killed in between: learnt again"
    for _ in range(2):  # the second hub, later
        store.do(lambda tx: proofs.keep(tx, learnt.pressed))
        store.do(lambda tx: proofs.followed(tx, learnt.through))
    again = store.do(lambda tx: proofs.learn(tx, SITE))
    assert (again.kept, again.through, again.pressed) == (learnt.through, learnt.through, [])
    found = store.do(lambda tx: proofs.proofs(tx, SITE))
    assert [(p.button, p.since, p.at) for p in found[UNIT]] == [
        ("assist", at(6), at(6)),
        ("panic", MOMENT, at(9)),
    ]
    assert [(p.button, p.since, p.at) for p in found["c2"]] == [("panic", MOMENT, None)]


class Inline:
    """A store whose jobs run at once, and what was written."""

    def __init__(self, store: Database) -> None:
        self._store = store
        self.writes = self.reads = 0
        self.fails: Callable[[], None] | None = None
        """What happens while a write fails."""

    async def read(self, work: Callable[[Connection], Any]) -> Any:
        self.reads += 1
        return self._store.do(work)

    async def write(self, work: Callable[[Connection], Any]) -> Any:
        self.writes += 1
        if self.fails is not None:
            self.fails()
            raise StoreUnavailable("away")
        return self._store.do(work)


@pytest.mark.parametrize("shared", [False, True])
def test_a_button_pressed_all_day_is_written_down_once_a_minute_and_nothing_is_left_out(
    store: Database, shared: bool
) -> None:
    inline = Inline(store)

    def proven() -> datetime | None:
        return store.do(lambda tx: proofs.proofs(tx, SITE))[UNIT][0].at

    def follow(proving: Proving, moment: float) -> bool:
        return asyncio.run(proving.follow(moment))

    running = Proving(cast("Store", inline), SITE, shared=shared)

    def press(number: int, second: float) -> None:
        running.committed(store.record(arrived(number, Panic(), received=at(second))))

    follow(running, 0.0)
    press(1, 1)
    assert follow(running, 5.0)
    assert proven() == at(1), "the first proof is kept at once"
    writes = inline.writes
    for number in range(2, 11):
        press(number, 5 * number)
        assert not follow(running, 5.0 * number)
    assert (inline.writes, proven()) == (writes, at(1))

    started_again = Proving(cast("Store", inline), SITE, shared=shared)
    press(11, 55)
    assert follow(running, 60.0)
    assert proven() == at(55), "after a minute all is kept"
    assert follow(started_again, 60.0)
    assert proven() == at(55)
    assert store.do(lambda tx: proofs.learn(tx, SITE)).pressed == []


def test_a_hub_alone_reads_events_only_until_it_knows_what_came_before_it(store: Database) -> None:
    store.record(arrived(1, Panic(), received=at(1)))
    inline = Inline(store)
    following = Proving(cast("Store", inline), SITE)
    asyncio.run(following.follow(0.0))
    reads = inline.reads
    following.committed(store.record(arrived(1, Panic(), unit="c2", received=at(2))))
    asyncio.run(following.follow(60.0))
    assert inline.reads == reads
    assert store.do(lambda tx: proofs.proofs(tx, SITE))["c2"][0].at == at(2)
    learnt = store.do(lambda tx: proofs.learn(tx, SITE))
    assert (learnt.through, learnt.pressed) == (learnt.kept, []), "a start goes on behind it"


def test_what_could_not_be_written_is_written_later_unless_something_newer_came(store: Database) -> None:
    inline = Inline(store)
    following = Proving(cast("Store", inline), SITE)
    asyncio.run(following.follow(0.0))
    following.committed(store.record(arrived(1, Panic(), received=at(1))))
    following.committed(store.record(arrived(1, Panic(), unit="c2", received=at(1))))
    inline.fails = lambda: following.committed(store.record(arrived(2, Panic(), received=at(2))))
    with pytest.raises(StoreUnavailable):
        asyncio.run(following.follow(60.0))
    assert store.do(lambda tx: proofs.learn(tx, SITE)).kept == 0, "a start would read them all again"
    inline.fails = None
    asyncio.run(following.follow(65.0))
    found = store.do(lambda tx: proofs.proofs(tx, SITE))
    assert (found[UNIT][0].at, found["c2"][0].at) == (at(2), at(1))


def test_what_a_kill_left_unwritten_is_learnt_again(store: Database) -> None:
    inline = Inline(store)
    killed = Proving(cast("Store", inline), SITE)
    for number, moment in ((1, 0.0), (2, 5.0)):
        killed.committed(store.record(arrived(number, Panic(), received=at(number))))
        asyncio.run(killed.follow(moment))
    assert store.do(lambda tx: proofs.proofs(tx, SITE))[UNIT][0].at == at(1)
    asyncio.run(Proving(cast("Store", inline), SITE).follow(0.0))
    assert store.do(lambda tx: proofs.proofs(tx, SITE))[UNIT][0].at == at(2)


def test_many_presses_are_looked_at_in_stretches_and_none_is_left_out(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proofs, "AT_ONCE", 2)
    monkeypatch.setattr(proving, "STRETCHES", 3)
    units = [f"c{number}" for number in range(1, 10)]
    store.record(*(arrived(1, Panic(), unit=unit, received=at(1)) for unit in units))
    following = Proving(cast("Store", Inline(store)), SITE)
    known = []
    for _ in range(3):
        asyncio.run(following.follow(0.0))
        known.append(len(store.do(lambda tx: proofs.proofs(tx, SITE))))
    assert known == [6, 9, 9]


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_what_is_looked_for_every_few_seconds_is_found_without_looking_through_all_there_is(
    store: Database,
) -> None:
    """By an index or by number: these tables grow for years."""
    plans: list[str] = []

    def explained(tx: Connection, work: Callable[[Connection], object]) -> None:
        asked: list[str] = []
        driver: Any = tx.connection.dbapi_connection
        driver.set_trace_callback(asked.append)
        work(tx)
        driver.set_trace_callback(None)
        for statement in asked:
            plans.extend(row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}"))

    for work in (
        lambda tx: proofs.learn(tx, SITE),
        lambda tx: notices.waiting(tx, SITE, MOMENT),
        lambda tx: notices.release(tx, SITE, MOMENT),
        lambda tx: journal.prune(tx, MOMENT),
        lambda tx: incidents.unresolved(tx, SITE),
    ):
        store.do(partial(explained, work=work))
    growing = [
        plan
        for plan in plans
        if any(f" {name}" in plan for name in ("event", "notices", "incident", "journal"))
    ]
    assert len(growing) >= 6
    assert [plan for plan in growing if plan.startswith("SCAN") or plan.endswith("(site=?)")] == []


def test_an_older_press_does_not_hide_a_newer_one(store: Database) -> None:
    for second in (9, 5):
        row = {"site": SITE, "unit": UNIT, "button": "panic", "since": at(second), "at": at(second)}
        store.do(partial(proofs.keep, pressed=[row]))
    assert [p.at for p in store.do(lambda tx: proofs.proofs(tx, SITE))[UNIT]] == [at(9)]
