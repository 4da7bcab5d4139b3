"""A clock that is set after something has happened: it is said, so that the true time can be told."""

from datetime import timedelta

import pytest

from device.inputs import BacklogFull, Button, Edge, Now, Tick
from tests.support.unit_heart import START, Bench, reading
from wire.messages.events import ClockSet


def unset(at: float) -> Now:
    """A clock that stands in 1970."""
    now = reading(START + at)
    return Now(now.monotonic, now.wall - timedelta(days=20_000), synced=False)


def statements(bench: Bench) -> list[ClockSet]:
    return [data for data in bench.said() if isinstance(data, ClockSet)]


def test_a_clock_that_is_right_from_the_start_is_not_mentioned() -> None:
    bench = Bench()
    bench.tap(Button.PANIC, 1.0)
    bench.until(100.0)
    assert statements(bench) == []


def test_the_setting_is_said_once_with_what_tells_the_true_time_of_before() -> None:
    bench = Bench()
    for happened in (Tick(), Edge(Button.PANIC, True, unset(1.0))):
        for decision in bench.heart.handle(happened, unset(1.0)):
            bench.events += [decision.event] if hasattr(decision, "event") else []
    bench.until(50.0)
    bench.until(60.0)
    [statement] = statements(bench)
    assert statement.by_s == pytest.approx(20_000 * 86_400)
    press, said = bench.events[0], bench.events[-1]
    assert (press.clock, said.clock) == ("unsynced", "synced")
    assert press.boot == said.boot
    true_time = said.time - timedelta(seconds=said.uptime - press.uptime)
    assert abs(true_time - reading(START + 1.0).wall) < timedelta(milliseconds=2)


def test_it_waits_while_only_alarms_are_accepted() -> None:
    bench = Bench()
    bench.heart.handle(BacklogFull(True), unset(0.0))
    bench.heart.handle(Tick(), unset(0.5))
    bench.until(1.0)
    assert statements(bench) == []
    bench.tell(BacklogFull(False))
    assert len(statements(bench)) == 1


def test_a_clock_that_was_lost_and_set_again_is_said_again() -> None:
    bench = Bench()
    for at in (1.0, 3.0):
        bench.heart.handle(Tick(), unset(at))
        bench.until(at + 1.0)
    assert len(statements(bench)) == 2
