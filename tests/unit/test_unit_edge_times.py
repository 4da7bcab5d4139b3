"""Edges count by the time at which they happened, not by the time at which somebody came to them."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from device.app import Unit
from device.hardware.board import LATE_MOST_S, edge_time
from device.inputs import Button, Tick
from device.settings import read
from wire.codec import decode
from wire.messages import Event
from wire.messages.events import Panic
from wire.topics import Channel, unit_topic

SETTINGS = """
site = "testville"
unit = "c1"
state_dir = "state"
hardware = "simulated"
[broker]
host = "127.0.0.1"
port = 1
password_file = "password"
[panel]
panic = 17
[simulated]
desk_socket = "d.sock"
"""
FINGER_S = 0.06


@pytest.fixture
def unit() -> Iterator[Unit]:
    # Short: a socket's path holds 107 bytes, and pytest's own folders can be longer.
    with tempfile.TemporaryDirectory(prefix="unit-") as folder:
        (Path(folder) / "unit.toml").write_text(SETTINGS)
        (Path(folder) / "password").write_text("secret")
        unit = Unit(read(Path(folder) / "unit.toml"))
        unit._board.start(unit._edge)
        yield unit
        unit._lock.release()
        unit._board.stop(15.0)


def burst(unit: Unit, presses: int, *, timed: bool) -> float:
    """Everything that a finger did while the program stood still, told at once; when it pressed first."""
    began = unit._clock.now().monotonic - 2 * FINGER_S * presses
    for edge in range(2 * presses):
        at = began + edge * FINGER_S if timed else None
        (unit._board.release if edge % 2 else unit._board.press)(Button.PANIC, at)  # type: ignore[attr-defined]
    return began


def panics(unit: Unit) -> list[tuple[float, int]]:
    """Time and presses of each series."""
    topic = unit_topic("testville", "c1", Channel.EVENT)
    told = []
    for entry in unit._uplink.backlog:
        event = decode(topic, entry.payload)[1]
        assert isinstance(event, Event)
        said = event.content()
        if isinstance(said, Panic):
            told.append((event.uptime, said.presses))
    return told


def test_a_burst_of_edges_that_carry_their_times_merges_nothing(unit: Unit) -> None:
    began = burst(unit, 20, timed=True)
    unit._drain()
    unit._last_words()
    told = panics(unit)
    assert told[0][0] == pytest.approx(began, abs=0.001), "the alarm has the time of the finger"
    assert sum(presses for _, presses in told) == 20


def test_without_their_times_it_would_be_chatter(unit: Unit) -> None:
    burst(unit, 20, timed=False)
    unit._drain()
    unit._last_words()
    assert sum(presses for _, presses in panics(unit)) < 20


def test_the_wall_clock_time_of_a_late_edge_is_that_of_the_finger(unit: Unit) -> None:
    began = burst(unit, 1, timed=True)
    edge = unit._intake.take(0.0)
    now = unit._clock.now()
    late_s = now.monotonic - began
    assert (now.wall - edge.at.wall).total_seconds() == pytest.approx(late_s, abs=0.5)  # type: ignore[union-attr]


def test_a_tick_before_the_edges_of_a_standstill_does_not_make_a_hold_of_a_press(unit: Unit) -> None:
    now = unit._clock.now().monotonic
    unit._board.press(Button.PANIC, now - 5.0)  # type: ignore[attr-defined]
    unit._drain()
    # The program stood still; its loop finds that out and lets the edges in before time passes.
    unit._board.release(Button.PANIC, now - 4.8)  # type: ignore[attr-defined]
    unit._edges_first(unit._clock.now().monotonic + 0.05)
    unit._handle(Tick())
    [(pressed_at, presses)] = panics(unit)
    assert pressed_at == pytest.approx(now - 5.0, abs=0.001)
    assert presses == 1
    assert len(unit._uplink.backlog) == 1, "nothing was withdrawn"


@pytest.mark.parametrize(
    ("ticks", "expected"),
    [
        (999.5, 999.5),
        (1000.0, 1000.0),
        (1000.0 - LATE_MOST_S, 1000.0 - LATE_MOST_S),
        (1000.1, 1000.0),
        (900.0, 1000.0),
        (1_800_000_000.0, 1000.0),
        (0.0, 1000.0),
    ],
)
def test_a_time_that_is_not_of_our_clock_counts_as_now(ticks: float, expected: float) -> None:
    assert edge_time(ticks, 1000.0) == expected
