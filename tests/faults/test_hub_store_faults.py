"""When the database fails, or one event cannot be stored: nothing is acknowledged that is not stored."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import DataError, OperationalError

from hub import inbox as inbox_module
from hub.clock import SystemClock
from hub.heard import Heard
from hub.inbox import BATCH_MAX, WAITING_MAX, Inbox
from hub.store import events
from hub.store.database import Store
from hub.store.schema import event as table
from hub.store.settle import Changes
from tests.support.hub_store import HOUSE
from tests.support.messages import SITE, UNIT, event
from wire.codec import encode
from wire.link import Delivery
from wire.messages import Health, Status
from wire.messages.events import Panic, SessionStarted
from wire.topics import Channel, unit_topic


@dataclass
class Levers:
    """What shall go wrong next in the transaction that stores events."""

    unavailable: int = 0
    """So many times the database is away."""
    poison: set[int] = field(default_factory=set)
    """Sequences that the database refuses."""
    after: list[str] = field(default_factory=list)
    """What happened, in order."""


class Door:
    """An inbox with a real store, and what came out of it."""

    def __init__(self, store: Store, levers: Levers) -> None:
        self.levers = levers
        self.counted: list[int] = []
        self.seen: list[str] = []
        self.inbox = Inbox(
            store,
            HOUSE,
            SystemClock(),
            Heard(
                foretell=lambda rows: self.levers.after.append(f"foretold {len(rows)}"),
                unsay=lambda: self.levers.after.append("unsaid"),
                announce=self._announce,
                status=lambda unit, _status, _retained: self.seen.append(f"status {unit}"),
                health=lambda unit, _health: self.seen.append(f"health {unit}"),
                reported=lambda unit, _reported: self.seen.append(f"reported {unit}"),
                level=lambda unit, _level: self.seen.append(f"level {unit}"),
                quarantined=self.counted.append,
            ),
        )

    def _announce(self, changes: Changes) -> None:
        self.levers.after.append(f"receipt through {changes.streams[(UNIT, event().epoch)].through}")

    def deliver(self, sequence: int) -> None:
        payload = encode(event(Panic(), sequence=sequence))
        self.put(Channel.EVENT, payload, f"ack {sequence}")

    def put(self, channel: Channel, payload: bytes, note: str, *, retained: bool = False) -> None:
        def acknowledge() -> None:
            self.levers.after.append(note)

        self.inbox.deliver(Delivery(unit_topic(SITE, UNIT, channel), payload, retained, acknowledge))

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(15):
            while not condition():  # noqa: ASYNC110 - what is awaited lies in another thread
                await asyncio.sleep(0.005)


Scene = Callable[[Door, Store], Coroutine[Any, Any, None]]
Play = Callable[[Scene], None]


@pytest.fixture
def levers(monkeypatch: pytest.MonkeyPatch) -> Levers:
    found = Levers()
    real = events.add

    def add(tx: Connection, site: str, batch: Any) -> Any:
        rows = real(tx, site, batch)
        if found.unavailable:
            found.unavailable -= 1
            found.after.append("away")
            raise OperationalError("INSERT", {}, Exception("disk is full"))
        if found.poison & {arrived.event.sequence for arrived in batch}:
            raise DataError("INSERT", {}, Exception("cannot be"))
        return rows

    monkeypatch.setattr(events, "add", add)
    return found


@pytest.fixture
def play(tmp_path: Path, levers: Levers) -> Play:
    def run(scene: Scene) -> None:
        async def all_of_it() -> None:
            store = Store(f"sqlite:///{tmp_path / 'hub.sqlite'}")
            await store.open()
            door = Door(store, levers)
            try:
                await scene(door, store)
            finally:
                await door.inbox.close()
                store.close()

        asyncio.run(all_of_it())

    return run


async def stored(store: Store) -> list[int]:
    return await store.read(
        lambda tx: list(tx.execute(select(table.c.sequence).order_by(table.c.sequence)).scalars())
    )


def test_nothing_is_acknowledged_before_it_is_committed(play: Play, levers: Levers) -> None:
    async def scene(door: Door, store: Store) -> None:
        levers.unavailable = 3
        door.deliver(1)
        await door.until(lambda: "ack 1" in levers.after)
        away = ["away", "unsaid"]
        assert levers.after == [*away, *away, *away, "foretold 1", "receipt through 1", "ack 1"]
        assert await stored(store) == [1]
        assert door.inbox.trouble == ""

    play(scene)


def test_while_the_database_is_away_units_are_still_heard(play: Play, levers: Levers) -> None:
    async def scene(door: Door, store: Store) -> None:
        levers.unavailable = 10**9
        door.deliver(1)
        await door.until(lambda: door.inbox.trouble)
        assert "disk is full" in door.inbox.trouble
        door.put(Channel.STATUS, b'{"online":true,"boot":"aabbccdd","epoch":"aabbccdd"}', "ack status")
        await door.until(lambda: "ack status" in levers.after)
        assert door.seen == [f"status {UNIT}"]
        levers.unavailable = 0
        await door.until(lambda: "ack 1" in levers.after)

    play(scene)


def test_one_poisonous_event_is_named_and_keeps_no_other_from_the_store(play: Play, levers: Levers) -> None:
    async def scene(door: Door, store: Store) -> None:
        levers.poison = {4, 9}
        for sequence in range(1, 13):
            door.deliver(sequence)
        await door.until(lambda: door.counted and door.counted[-1] == 2)
        await door.until(lambda: {"ack 4", "ack 9", "ack 12"} <= set(levers.after))
        assert await stored(store) == [1, 2, 3, 5, 6, 7, 8, 10, 11, 12]
        rows = await store.read(
            lambda tx: tx.exec_driver_sql("select reason, detail from quarantine").fetchall()
        )
        assert {tuple(row) for row in rows} == {("poison", "cannot be stored: StoreRefused")}
        assert "receipt through 3" in levers.after
        assert "receipt through 12" not in levers.after, "what is not stored has no receipt"

    play(scene)


def test_what_was_refused_is_acknowledged_only_when_it_is_noted(play: Play, levers: Levers) -> None:
    async def scene(door: Door, store: Store) -> None:
        door.put(Channel.EVENT, b"\xff\xfe", "ack garbage")
        door.put(Channel.EVENT, encode(event()), "ack retained", retained=True)
        await door.until(lambda: "ack retained" in levers.after)
        rows = await store.read(lambda tx: tx.exec_driver_sql("select reason from quarantine").fetchall())
        assert sorted(tuple(row) for row in rows) == [("encoding",), ("expired",)]
        assert await stored(store) == []

    play(scene)


def test_when_there_is_no_room_the_link_waits_and_heartbeats_are_dropped(
    play: Play, levers: Levers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_module, "WAITING_MAX", 20)
    assert WAITING_MAX > 20

    async def scene(door: Door, store: Store) -> None:
        levers.unavailable = 10**9
        loop = asyncio.get_running_loop()

        def flood() -> None:
            for sequence in range(1, 61):
                door.deliver(sequence)

        flooding = loop.run_in_executor(None, flood)
        # Sorted as well: what is being decoded at this moment counts nowhere.
        await door.until(lambda: door.inbox.waiting >= 20 and not door.inbox._delivered)
        assert not flooding.done(), "the link's thread waits"
        level = b'{"time":"2026-11-22T05:05:32Z","level_dba":60.0,"background_dba":45.0,"calibrated":false}'
        await loop.run_in_executor(None, door.put, Channel.LEVEL, level, "ack level")
        assert door.inbox.dropped == 1
        levers.unavailable = 0
        await flooding
        await door.until(lambda: "ack 60" in levers.after)
        assert await stored(store) == list(range(1, 61)), "no event is dropped"

    play(scene)


def test_a_link_that_waits_is_let_go_when_the_hub_stops(
    play: Play, levers: Levers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_module, "WAITING_MAX", 5)

    async def scene(door: Door, store: Store) -> None:
        levers.unavailable = 10**9

        def flood() -> None:
            for sequence in range(1, 21):
                door.deliver(sequence)

        flooding = asyncio.get_running_loop().run_in_executor(None, flood)
        await door.until(lambda: door.inbox.trouble)
        await door.inbox.close()
        await asyncio.wait_for(flooding, 10)
        assert not [note for note in levers.after if note.startswith("ack")]

    play(scene)


def test_a_heartbeat_is_checked_and_handed_on(play: Play, levers: Levers) -> None:
    good = Health(
        time=event().time,
        boot="aabbccdd",
        uptime_s=1.0,
        clock="synced",
        version="1",
        pending=0,
        pending_alarms=0,
        microphone="off",
    )

    async def scene(door: Door, store: Store) -> None:
        door.put(Channel.HEALTH, encode(good), "ack health")
        door.put(Channel.STATUS, encode(Status(online=False, boot="aabbccdd", epoch="aabbccdd")), "ack will")
        await door.until(lambda: {"ack health", "ack will"} <= set(levers.after))
        assert door.seen == [f"health {UNIT}", f"status {UNIT}"]

    play(scene)


def test_an_alarm_comes_before_a_backlog(play: Play, levers: Levers) -> None:
    async def scene(door: Door, store: Store) -> None:
        gone_on = threading.Event()

        def busy(_transact: object) -> None:
            gone_on.wait(10)

        store.submit(busy)  # while all this arrives
        for sequence in range(1, BATCH_MAX + 50):
            data = SessionStarted(limit_s=1800.0, warn_s=300.0, grace_s=300.0)
            door.put(Channel.EVENT, encode(event(data, sequence=sequence)), f"ack {sequence}")
        door.deliver(BATCH_MAX + 50)
        gone_on.set()
        await door.until(lambda: any(note.startswith("ack") for note in levers.after))
        assert next(note for note in levers.after if note.startswith("ack")) == f"ack {BATCH_MAX + 50}"

    play(scene)
