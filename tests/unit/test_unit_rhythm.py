"""Lights in time: each switch falls where the table says, and a broken lamp is told."""

import time

import pytest

from device.hardware.rhythm import Rhythm, until_next
from tests.support.brokers import wait_until
from wire.lights import PATTERNS, STEADY, WAITING, Light, Pattern, lit_at


@pytest.mark.parametrize("pattern", [p for p in PATTERNS.values() if not p.fades], ids=lambda p: p.name)
def test_the_next_switch_is_where_the_light_changes(pattern: Pattern) -> None:
    at_ms = 0.0
    for _ in range(20):
        wait_s = until_next(pattern, at_ms)
        if wait_s is None:
            assert len(pattern.rhythm_ms) < 2
            return
        before = lit_at(pattern, at_ms)
        assert lit_at(pattern, at_ms + wait_s * 1000 - 1.5) == before
        at_ms += wait_s * 1000
        assert lit_at(pattern, at_ms) != before


class FakeLamp:
    """A lamp with a lever: ``breaks`` makes the next writes fail."""

    def __init__(self) -> None:
        self.values: list[float] = []
        self.breaks = False

    @property
    def value(self) -> float:
        return self.values[-1]

    @value.setter
    def value(self, value: float) -> None:
        if self.breaks:
            raise OSError("the pin is gone")
        self.values.append(value)


def test_a_steady_light_is_set_once_and_all_is_dark_in_the_end() -> None:
    lamp = FakeLamp()
    rhythm = Rhythm({Light.LINK: lamp})
    rhythm.start()
    rhythm.show(Light.LINK, STEADY)
    wait_until(lambda: lamp.values == [1.0], "the lamp is lit")
    rhythm.stop(15.0)
    assert lamp.values == [1.0, 0.0]


def test_a_blinking_light_switches() -> None:
    lamp = FakeLamp()
    rhythm = Rhythm({Light.ALARM: lamp})
    rhythm.start()
    rhythm.show(Light.ALARM, WAITING)
    wait_until(lambda: lamp.values[:3] == [1.0, 0.0, 1.0], "the lamp blinks")
    rhythm.stop(15.0)


def test_a_broken_lamp_is_told_and_the_others_go_on() -> None:
    broken, sound = FakeLamp(), FakeLamp()
    broken.breaks = True
    rhythm = Rhythm({Light.ALARM: broken, Light.LINK: sound})
    rhythm.start()
    rhythm.show(Light.ALARM, WAITING)
    rhythm.show(Light.LINK, STEADY)
    wait_until(lambda: sound.values == [1.0], "the sound lamp is lit")
    wait_until(lambda: rhythm.fault, "the fault is told")
    assert "the pin is gone" in str(rhythm.fault)
    broken.breaks = False
    wait_until(lambda: rhythm.fault is None, "the lamp obeys again")
    rhythm.stop(15.0)


def test_a_thread_that_will_not_end_is_an_error() -> None:
    class Stuck(FakeLamp):
        @property
        def value(self) -> float:
            return 0.0

        @value.setter
        def value(self, _value: float) -> None:
            time.sleep(1.0)

    rhythm = Rhythm({Light.LINK: Stuck()})
    rhythm.start()
    rhythm.show(Light.LINK, STEADY)
    time.sleep(0.1)
    with pytest.raises(TimeoutError, match="lights"):
        rhythm.stop(0.05)
