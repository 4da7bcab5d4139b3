"""A unit whose whole program stands still for a while, as on a computer that has too much to do."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.brokers import wait_until
from tests.support.unit_process import HandHub, UnitProcess
from tools.demo.broker import Broker

FINGER_S = 0.07


@pytest.fixture
def unit(mosquitto: Broker) -> Iterator[UnitProcess]:
    unit = UnitProcess(mosquitto)
    yield unit
    unit.clean()


@contextmanager
def standing_still(unit: UnitProcess) -> Iterator[None]:
    assert unit.process is not None
    os.kill(unit.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(unit.process.pid, signal.SIGCONT)


def test_presses_made_during_a_standstill_count_one_by_one(mosquitto: Broker, unit: UnitProcess) -> None:
    with HandHub(mosquitto, diligent=True) as hub:
        desk = unit.start()
        desk.shows("link", "steady")
        with standing_still(unit):
            for _ in range(4):
                desk.press("panic", let_go=False)
                time.sleep(FINGER_S)
                desk.release("panic")
                time.sleep(FINGER_S)

        def counted() -> int:
            return sum(event.data["presses"] for event in hub.of_type("panic"))

        wait_until(lambda: counted() >= 4, "each press is counted")
        desk.press("assist")
        wait_until(lambda: hub.of_type("assist"), "what comes after them")
        assert counted() == 4


def test_a_press_during_a_standstill_is_not_a_hold(mosquitto: Broker, unit: UnitProcess) -> None:
    with HandHub(mosquitto, diligent=True) as hub:
        desk = unit.start()
        desk.press("session")
        desk.shows("green", "steady")
        time.sleep(FINGER_S)
        desk.press("session", let_go=False)
        wait_until(lambda: [line.get("pressed") for line in desk.said].count(True) == 2, "it is down again")
        with standing_still(unit):
            time.sleep(FINGER_S)
            desk.release("session")
            time.sleep(1.6)  # longer than a hold
        desk.shows("green", "off")
        wait_until(lambda: hub.of_type("session-stopped"), "the meeting is over")
        assert hub.of_type("session-extended") == []
