"""The session button and its three lights."""

import pytest

from device.inputs import Button
from device.timer import Session, timer_lights
from tests.support.unit_heart import LIMITS, Bench
from wire.lights import BLINK, OFF, STEADY, Light, Pattern
from wire.messages.events import SessionExtended, SessionStarted, SessionStopped

SESSION = Session(began=100.0, limit_s=1800.0, warn_s=300.0, grace_s=300.0)


@pytest.mark.parametrize(
    ("lasted_s", "green", "amber", "red"),
    [
        (0.0, STEADY, OFF, OFF),
        (1499.9, STEADY, OFF, OFF),
        (1500.0, OFF, STEADY, OFF),
        (1799.9, OFF, STEADY, OFF),
        (1800.0, OFF, OFF, STEADY),
        (2099.9, OFF, OFF, STEADY),
        (2100.0, OFF, OFF, BLINK),
        (90_000.0, OFF, OFF, BLINK),
        (-0.2, STEADY, OFF, OFF),
    ],
)
def test_lights_of_a_meeting(lasted_s: float, green: Pattern, amber: Pattern, red: Pattern) -> None:
    shown = timer_lights(SESSION, 100.0 + lasted_s)
    assert shown == {Light.GREEN: green, Light.AMBER: amber, Light.RED: red}


def test_no_meeting_no_light() -> None:
    assert set(timer_lights(None, 5.0).values()) == {OFF}


def test_a_press_starts_at_once_and_a_tap_stops() -> None:
    bench = Bench()
    bench.edge(Button.SESSION, True, 1.0)
    assert bench.said() == [SessionStarted(limit_s=1800.0, warn_s=300.0, grace_s=300.0)]
    bench.edge(Button.SESSION, False, 1.2)
    bench.tap(Button.SESSION, 61.0)
    stopped = bench.said()[-1]
    assert isinstance(stopped, SessionStopped)
    assert stopped.lasted_s == pytest.approx(60.1)
    assert len(bench.events) == 2


def test_a_hold_extends_once_and_does_not_stop() -> None:
    bench = Bench()
    bench.tap(Button.SESSION, 1.0)
    bench.hold(Button.SESSION, 10.0, 4.0)
    bench.until(20.0)
    assert bench.said()[1:] == [SessionExtended(by_s=LIMITS.extend_s, limit_s=2400.0)]


def test_the_press_that_starts_neither_extends_nor_stops() -> None:
    bench = Bench()
    bench.hold(Button.SESSION, 1.0, 5.0)
    bench.until(20.0)
    assert [type(data) for data in bench.said()] == [SessionStarted]


def test_an_extension_turns_the_light_back() -> None:
    bench = Bench()
    bench.tap(Button.SESSION, 0.0)
    bench.until(1600.0)
    assert bench.lights[Light.AMBER] is STEADY
    bench.hold(Button.SESSION, 1601.0, 2.0)
    assert (bench.lights[Light.GREEN], bench.lights[Light.AMBER]) == (STEADY, OFF)


def test_a_new_meeting_begins_at_zero() -> None:
    bench = Bench()
    bench.tap(Button.SESSION, 0.0)
    bench.tap(Button.SESSION, 100.0)
    bench.tap(Button.SESSION, 200.0)
    bench.tap(Button.SESSION, 230.0)
    lasted = [round(data.lasted_s) for data in bench.said() if isinstance(data, SessionStopped)]
    assert lasted == [100, 30]
