"""Units are told what is stored: at once, but not again for each of many events."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from hub.announce import RECEIPTS_EVERY_S, Announcer
from hub.clock import Now
from hub.fleet import Fleet
from hub.gather import GATHER_S
from hub.live import Board
from hub.settings import Settings
from hub.store.database import Store
from hub.store.settle import Changes
from hub.streams import Stream
from wire.messages import Receipt

EPOCH = "aabbccdd"


class Clock:
    def __init__(self) -> None:
        self.s = 1000.0

    def now(self) -> Now:
        return Now(wall=datetime(2026, 11, 22, tzinfo=UTC), monotonic=self.s)


class Link:
    def __init__(self) -> None:
        self.told: list[tuple[str, int]] = []

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        assert not retain
        self.told.append((topic.split("/")[4], Receipt.model_validate_json(payload).through))
        return True


class World:
    def __init__(self) -> None:
        self.clock, self.link = Clock(), Link()
        settings = Settings(site="city", state_dir=Path("unused"))
        board = Board(settings, Fleet([]), self.clock)
        self.announcer = Announcer(settings, cast("Store", None), board, self.clock)
        self.announcer.use(self.link)

    async def stored(self, unit: str, through: int) -> None:
        self.announcer.committed(Changes(streams={(unit, EPOCH): Stream(through)}))
        await asyncio.sleep(2 * GATHER_S)


def test_a_unit_that_sends_much_is_told_seldom_and_in_the_end_everything() -> None:
    async def play() -> list[tuple[str, int]]:
        world = World()
        await world.stored("c1", 1)
        for through in range(2, 5):
            await world.stored("c1", through)
        await world.stored("c2", 1)
        assert world.link.told == [("c1", 1), ("c2", 1)], "nobody waits for another's turn"
        world.clock.s += RECEIPTS_EVERY_S
        await asyncio.sleep(2 * GATHER_S)
        return world.link.told[2:]

    assert asyncio.run(play()) == [("c1", 4)]


def test_at_the_end_nothing_waits() -> None:
    async def play() -> list[tuple[str, int]]:
        world = World()
        for through in (1, 2):
            await world.stored("c1", through)
        world.announcer.flush()
        return world.link.told

    assert asyncio.run(play()) == [("c1", 1), ("c1", 2)]
