"""Broker, hub and units are killed with SIGKILL while a thousand events flow: each is stored exactly once."""

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.brokers import wait_until
from tests.support.house import House

UNITS = [f"c{n}" for n in range(1, 7)]
EVENTS = 1000
FINGER_S = 0.06
"""A press and the pause after it; the debounce is shorter."""
SETTLED_S = 0.5
"""A press that its unit survives for this long is on the unit's disk, even on a busy machine."""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    built = House(tmp_path, UNITS).start()
    yield built
    built.stop()


class Hand:
    """Presses one unit's session button again and again; each press is one event, a start or a stop."""

    def __init__(self, house: House, unit: str, presses: int) -> None:
        self.unit = unit
        self.times: list[float] = []
        self._house = house
        self._presses = presses
        self._thread = threading.Thread(target=self._run, name=f"hand-{unit}")

    def start(self) -> None:
        self._thread.start()

    @property
    def busy(self) -> bool:
        return self._thread.is_alive()

    def join(self) -> None:
        self._thread.join()

    def _run(self) -> None:
        while len(self.times) < self._presses:
            try:
                with self._house.desk(self.unit, within_s=60) as desk:
                    while len(self.times) < self._presses:
                        desk.press("session", let_go=False)
                        self.times.append(time.monotonic())
                        time.sleep(FINGER_S)
                        desk.release("session")
                        time.sleep(FINGER_S)
            except OSError:
                continue  # the unit was killed under the hand; sit down again


def test_every_event_is_stored_exactly_once_whatever_is_killed(house: House) -> None:
    chance = random.Random(20261122)
    hands = [Hand(house, unit, -(-EVENTS // len(UNITS))) for unit in UNITS]
    cuts: dict[str, list[float]] = {unit: [] for unit in UNITS}
    killed: list[str] = []
    for hand in hands:
        hand.start()
    while any(hand.busy for hand in hands):
        time.sleep(chance.uniform(0.5, 1.5))
        victim = chance.choice(["broker", "hub", *chance.sample(UNITS, 2)])
        killed.append(victim)
        if victim == "broker":
            house.broker.kill()
            time.sleep(chance.uniform(0, 0.5))
            house.broker.start()
        elif victim == "hub":
            house.hub.kill()
            time.sleep(chance.uniform(0, 0.5))
            house.hub.start()
        else:
            cuts[victim].append(time.monotonic())
            house.unit[victim].kill()
            house.unit[victim].start()
    for hand in hands:
        hand.join()
    assert {"broker", "hub"} < set(killed), f"the test must have killed all kinds: {killed}"

    for unit in UNITS:
        certain = _certain(next(h.times for h in hands if h.unit == unit), cuts[unit])
        wait_until(
            lambda unit=unit, certain=certain: _stored(house, unit) >= certain,  # type: ignore[misc]
            f"all {certain} presses of {unit} are stored",
            within_s=60,
        )
    wait_until(lambda: not _holes(house), "no epoch has a hole", within_s=60)
    doubled = house.query(
        "select unit, epoch, sequence from event group by unit, epoch, sequence having count(*) > 1"
    )
    assert doubled == []
    for unit in UNITS:
        pressed = len(next(h.times for h in hands if h.unit == unit))
        assert _stored(house, unit) <= pressed, "nothing is stored that nobody pressed"


def _certain(times: list[float], cuts: list[float]) -> int:
    """How many presses no cut of the unit's power can have taken before they were on its disk."""
    return sum(not any(pressed - SETTLED_S < cut < pressed + SETTLED_S for cut in cuts) for pressed in times)


def _stored(house: House, unit: str) -> int:
    rows = house.query(
        "select count(*) from event where type like 'io.madomori.session-st%' and unit = '" + unit + "'"
    )
    count = rows[0][0]
    assert isinstance(count, int)
    return count


def _holes(house: House) -> list[tuple[object, ...]]:
    return house.query(
        "select unit, epoch, count(*), max(sequence) from event group by unit, epoch"
        " having count(*) <> max(sequence)"
    )
