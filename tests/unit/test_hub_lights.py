"""A light that changes is told at once; one that says the same of a further press is told once a second."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime

from hub.alarms import Covered, Lamp, LampState
from hub.clock import Now
from hub.lights import AGAIN_EVERY_S, LOOK_S, Lights

MOMENT = datetime(2026, 11, 22, tzinfo=UTC)


def lamp(sequence: int, state: LampState = "unanswered", unit: str = "c1") -> Lamp:
    return Lamp(unit, state, Covered("aabbccdd", sequence, "0" * 32, float(sequence), MOMENT))


class World:
    def __init__(self) -> None:
        self.s = 1000.0
        self.told: list[tuple[str, str, int]] = []
        self.lights = Lights(self, self._tell)

    def now(self) -> Now:
        return Now(wall=MOMENT, monotonic=self.s)

    def _tell(self, one: Lamp) -> None:
        self.told.append((one.unit, one.state, one.covers.sequence))

    async def after(self, seconds: float) -> None:
        """The clock is moved; what waits for it looks several times."""
        self.s += seconds
        await asyncio.sleep(2.5 * LOOK_S)


def played(scene: Callable[[World], Awaitable[None]]) -> list[tuple[str, str, int]]:
    async def play() -> list[tuple[str, str, int]]:
        world = World()
        await scene(world)
        return world.told

    return asyncio.run(play())


def test_further_presses_are_covered_within_a_second_by_the_last_of_them() -> None:
    async def scene(world: World) -> None:
        world.lights.show([lamp(1)])
        for sequence in (2, 3):
            world.lights.show([lamp(sequence)])
        world.lights.show([lamp(1, unit="c2")])
        await world.after(AGAIN_EVERY_S / 2)
        assert world.told == [("c1", "unanswered", 1), ("c2", "unanswered", 1)]
        await world.after(AGAIN_EVERY_S / 2)

    assert played(scene)[2:] == [("c1", "unanswered", 3)]


def test_a_light_that_changes_is_told_at_once_and_nothing_older_follows() -> None:
    async def scene(world: World) -> None:
        for one in (lamp(1), lamp(2), lamp(2, "coming")):
            world.lights.show([one])
        await world.after(3 * AGAIN_EVERY_S)

    assert played(scene) == [("c1", "unanswered", 1), ("c1", "coming", 2)]


def test_where_two_hubs_tell_nothing_waits() -> None:
    async def scene(world: World) -> None:
        for sequence in (1, 2):
            world.lights.show([lamp(sequence)], at_once=True)

    assert len(played(scene)) == 2


def test_at_the_end_nothing_waits() -> None:
    async def scene(world: World) -> None:
        world.lights.show([lamp(1)])
        world.lights.show([lamp(2)])
        world.lights.flush()
        await world.after(3 * AGAIN_EVERY_S)

    assert played(scene) == [("c1", "unanswered", 1), ("c1", "unanswered", 2)]


def test_what_was_read_before_a_light_changed_does_not_hide_the_change() -> None:
    async def scene(world: World) -> None:
        since = world.s
        world.s += 0.01
        world.lights.show([lamp(2, "coming")])
        world.lights.remind([lamp(1), lamp(1, unit="c2")], since)

    assert played(scene) == [("c1", "coming", 2), ("c2", "unanswered", 1)]


def test_what_was_read_is_told_instead_of_what_waits_from_before() -> None:
    async def scene(world: World) -> None:
        world.lights.show([lamp(1)])
        world.lights.show([lamp(2)])
        world.s += 0.5
        world.lights.remind([lamp(3, "coming")], world.s)
        await world.after(3 * AGAIN_EVERY_S)

    assert played(scene) == [("c1", "unanswered", 1), ("c1", "coming", 3)]


def test_what_was_told_already_is_not_told_again_only_because_it_was_read() -> None:
    async def scene(world: World) -> None:
        world.lights.show([lamp(1)])
        world.s += 1.0
        world.lights.remind([lamp(1), replace(lamp(1), unit="c2")], world.s, only_changed=True)

    assert played(scene) == [("c1", "unanswered", 1), ("c2", "unanswered", 1)]
