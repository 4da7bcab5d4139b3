"""Notices, and a carrier over a real store with notifiers that have levers."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from hub.clock import Clock, Now, SystemClock
from hub.notices import Both, Channel, Notice, Place, Target
from hub.notifiers.carrier import Carrier
from hub.notifiers.lane import Lane
from hub.notifiers.speech import Speech
from hub.store import notices as outbox
from hub.store.database import Store
from hub.words import read_words
from tests.support.messages import MOMENT, SITE

PLACE = Place(Both("市民課", "Citizens' Affairs"), Both("1番", "No. 1"), Both("住民票", "Residence records"))


def speech() -> Speech:
    """The real words, in Tokyo."""
    return Speech(SITE, read_words(), ZoneInfo("Asia/Tokyo"))


def notice(number: int = 1, channel: Channel = "webhook", address: str = "desk", **changes: Any) -> Notice:
    """An alarm to tell; ``number`` makes its id."""
    values: dict[str, Any] = {
        "id": f"7-1-0-{number}",
        "due": MOMENT + timedelta(seconds=185),
        "target": Target(channel, address),
        "reason": "alarm",
        "severity": "alarm",
        "place": PLACE,
        "unit": "c1",
        "incident": 7,
        "kinds": ("panic", "shout"),
        "opened": MOMENT,
        "running_s": 185.0,
        "presses": 3,
        "level_dba": 83.4,
        "tier": Both("課長", "Section head"),
        "round": 2,
        "url": "http://hub.example:8710/",
    }
    return Notice(**(values | changes))


class FakeClock:
    """Time that only tests move."""

    def __init__(self, wall: datetime = MOMENT) -> None:
        self._now = Now(wall, 1000.0)

    def now(self) -> Now:
        return self._now

    def go(self, seconds: float) -> None:
        self._now = Now(self._now.wall + timedelta(seconds=seconds), self._now.monotonic + seconds)


@dataclass
class FakeNotifier:
    """Keeps what it was told; ``fails`` is asked before, and may raise."""

    channel: Channel = "webhook"
    fails: Callable[[Notice], None] = lambda _notice: None
    told: list[str] = field(default_factory=list)
    """Ids, in order."""

    def __post_init__(self) -> None:
        self.gate = threading.Event()
        """``send`` waits for it."""
        self.gate.set()
        self.entered = threading.Event()
        self.closed = False

    def send(self, one: Notice) -> None:
        self.entered.set()
        self.gate.wait(30)
        self.fails(one)
        self.told.append(one.id)

    def close(self) -> None:
        self.closed = True
        self.gate.set()


class Post:
    """A store and carriers over it, inside one running loop."""

    def __init__(self, url: str, clock: Clock | None = None) -> None:
        self.store = Store(url)
        self.clock = clock or SystemClock()
        self._running: dict[str, tuple[Carrier, asyncio.Task[None]]] = {}
        self._lanes: list[Lane] = []

    async def open(self) -> None:
        await self.store.open()

    async def close(self) -> None:
        for holder in list(self._running):
            await self.stop(holder)
        for lane in self._lanes:  # also of a carrier that crashed: here its threads live on
            lane.ask_to_stop()
        self.store.close()

    def start(self, *notifiers: tuple[FakeNotifier, str], holder: str = "hub-a") -> Carrier:
        """A carrier with a lane for each."""
        lanes = [Lane(notifier, name, self.clock) for notifier, name in notifiers]
        self._lanes += lanes
        carrier = Carrier(self.store, SITE, self.clock, lanes, holder)
        self._running[holder] = (carrier, asyncio.get_running_loop().create_task(carrier.run()))
        return carrier

    async def stop(self, holder: str = "hub-a") -> None:
        carrier, task = self._running.pop(holder)
        await carrier.close()
        await task

    async def crash(self, holder: str = "hub-a") -> None:
        """End it without a word to the database."""
        _, task = self._running.pop(holder)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def add(self, *notices: Notice) -> None:
        """They are due now: what was due long ago is forgotten as soon as it is settled."""
        now = self.clock.now().wall
        due = [replace(one, due=now) for one in notices]
        await self.store.write(lambda tx: outbox.add(tx, SITE, due, now))

    async def states(self) -> dict[str, str]:
        """Id to state."""
        return await self.store.read(
            lambda tx: {row[0]: row[1] for row in tx.execute(text("select id, state from notices"))}
        )

    async def until(self, condition: Callable[[], object], within_s: float = 20.0) -> None:
        async with asyncio.timeout(within_s):
            while not condition():  # noqa: ASYNC110 - what is awaited lies in another thread
                await asyncio.sleep(0.005)

    async def until_states(self, wanted: dict[str, str], within_s: float = 20.0) -> None:
        async with asyncio.timeout(within_s):
            while await self.states() != wanted:  # noqa: ASYNC110 - what is awaited lies in the database
                await asyncio.sleep(0.01)


def played(folder: Path, scene: Callable[[Post], Any], clock: Clock | None = None) -> None:
    """Run a scene with a fresh post on SQLite."""

    async def all_of_it() -> None:
        post = Post(f"sqlite:///{folder / 'hub.sqlite'}", clock)
        await post.open()
        try:
            await scene(post)
        finally:
            await post.close()

    asyncio.run(all_of_it())


def raising(error: Exception, times: int = 10**9) -> Callable[[Notice], None]:
    left = [times]

    def fail(_notice: Notice) -> None:
        if left[0] > 0:
            left[0] -= 1
            raise error

    return fail
