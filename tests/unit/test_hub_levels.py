"""How loud it is: told where somebody looks, asked for where it matters, and of nobody else's area."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hub.clock import Now
from hub.fleet import Fleet
from hub.levels import CLOSE_MAX, LOOKS_FOR_S, RENEW_S, Levels
from hub.live import Board
from hub.settings import Area, Counter, Settings
from hub.watcher import Watcher
from tests.support.messages import MOMENT
from wire.messages import Command, Health, Level

UNITS = [f"c{n}" for n in range(1, 31)]


class Clock:
    def __init__(self) -> None:
        self.s = 1000.0

    def now(self) -> Now:
        return Now(wall=datetime(2026, 11, 22, tzinfo=UTC), monotonic=self.s)


class Link:
    def __init__(self) -> None:
        self.asked: list[tuple[str, Command]] = []

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        assert not retain
        self.asked.append((topic.split("/")[4], Command.model_validate_json(payload)))
        return True


class World:
    """Thirty counters in two areas, all online with a microphone."""

    def __init__(self) -> None:
        areas = [Area(id="east", name="東", name_en="East"), Area(id="west", name="西", name_en="West")]
        counters = [
            Counter(
                unit=unit, area="east" if n < 15 else "west", number="1", number_en="1", name="a", name_en="a"
            )
            for n, unit in enumerate(UNITS)
        ]
        settings = Settings(site="city", state_dir=Path("unused"), areas=areas, counters=counters)
        self.clock, self.link = Clock(), Link()
        self.board = Board(settings, Fleet(UNITS), self.clock)
        self.levels = Levels("city", self.board, self.clock)
        self.levels.use(self.link)
        for unit in UNITS:
            self.beat(unit, microphone="hearing")

    def beat(self, unit: str, **changes: Any) -> None:
        values = {
            "time": MOMENT,
            "boot": "0123456789abcdef",
            "uptime_s": 9.0,
            "clock": "synced",
            "version": "1",
        }
        values |= {"pending": 0, "pending_alarms": 0, "microphone": "hearing"}
        said = Health.model_validate(values | changes)
        self.board.fleet.health(unit, said, self.clock.now())
        self.levels.beat(unit, said)

    def watcher(self, *areas: str) -> Watcher:
        return self.board.watch("s", frozenset(areas) or None, "abcd1234")


def said(watcher: Watcher) -> dict[str, list[float | None]]:
    """What a watcher is told at this moment."""
    found: dict[str, list[float | None]] = {}
    watcher.tell_alive(b"")

    async def take() -> None:
        asyncio.get_running_loop().call_later(0.02, watcher.close)
        async for chunk in watcher.chunks():
            for part in chunk.decode().split("\n\n"):
                if part.startswith("event: levels\ndata: "):
                    found.update(json.loads(part.partition("data: ")[2]))

    asyncio.run(take())
    return found


def level(dba: float) -> Level:
    return Level(time=MOMENT, level_dba=dba, background_dba=44.04, calibrated=True)


def test_what_is_on_a_screen_is_told_from_the_heartbeat_and_no_unit_is_asked() -> None:
    world = World()
    watcher = world.watcher()
    world.levels.look(watcher, UNITS[:3], [])
    world.beat("c1", level_dba=61.24, background_dba=40.0)
    world.beat("c9", level_dba=90.0)
    world.levels.tell()
    assert said(watcher)["c1"] == [61.2, 40.0]
    assert "c9" not in said(world.watcher())
    assert world.link.asked == []


def test_where_it_matters_the_unit_is_asked_and_asked_again_before_it_ends() -> None:
    world = World()
    watcher = world.watcher()
    world.levels.look(watcher, UNITS, ["c1", "c2"])
    assert [(unit, asked.name) for unit, asked in world.link.asked] == [
        ("c1", "watch-level"),
        ("c2", "watch-level"),
    ]
    world.levels.look(watcher, UNITS, ["c1"])
    assert len(world.link.asked) == 2, "asked twice for the same minute"
    world.clock.s += RENEW_S
    world.levels.look(watcher, UNITS, ["c1"])
    assert [unit for unit, _ in world.link.asked] == ["c1", "c2", "c1"]
    world.levels.heard("c1", level(83.0))
    world.levels.tell()
    assert said(watcher)["c1"] == [83.0, 44.0]


def test_nobody_is_asked_for_long_after_everybody_has_gone() -> None:
    world = World()
    world.levels.look(world.watcher(), UNITS, ["c1"])
    world.clock.s += LOOKS_FOR_S + RENEW_S
    world.levels.tell()
    assert len(world.link.asked) == 1
    gone = world.watcher()
    world.levels.look(gone, UNITS, ["c2"])
    world.board.leave(gone)
    world.clock.s += RENEW_S
    world.levels.tell()
    assert len(world.link.asked) == 2


def test_a_unit_that_would_refuse_is_not_asked() -> None:
    world = World()
    world.beat("c1", microphone="failed")
    world.beat("c2", microphone="hearing", clock="unsynced")
    world.levels.look(world.watcher(), UNITS, ["c1", "c2", "nobody"])
    assert world.link.asked == []


def test_one_page_cannot_keep_every_unit_busy() -> None:
    world = World()
    world.levels.look(world.watcher(), UNITS, UNITS)
    assert len(world.link.asked) == CLOSE_MAX


def test_who_answers_for_one_area_hears_nothing_of_another() -> None:
    world = World()
    watcher = world.watcher("west")
    world.levels.look(watcher, UNITS, ["c1", "c20"])
    assert [unit for unit, _ in world.link.asked] == ["c20"]
    for unit in ("c1", "c20"):
        world.levels.heard(unit, level(70.0))
    world.levels.tell()
    assert set(said(watcher)) == {"c20"}
