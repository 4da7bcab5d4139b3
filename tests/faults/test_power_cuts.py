"""Broker, hub and units are killed with SIGKILL while a thousand events flow: each is stored exactly once."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.brokers import wait_until
from tests.support.desk import Desk
from tests.support.house import House
from tests.support.proofs import size

UNITS = [f"c{n}" for n in range(1, 7)]
EVENTS = size(1_000, 10_000)
FINGER_S = 0.06
"""Between two edges; the debounce is shorter."""
ANSWERED_S = 60.0
"""A press at a unit that lives and that its light has not answered by then is lost."""
SLOW_S = 5.0
"""What takes longer is counted. The answer is the unit's own: it needs no hub, only the processor."""
SETTLED_S = 1.0
"""What a unit has shown on its light this long before its end is on its disk, even on a busy machine."""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    built = House(tmp_path, UNITS).start()
    yield built
    built.stop()


class Hand:
    """Presses one unit's session button again and again; each press is one event, a start or a stop.

    ``seen`` holds the monotonic second at which the green light answered a press, for each that was answered.
    """

    def __init__(self, house: House, unit: str, presses: int) -> None:
        self.unit = unit
        self.seen: list[float] = []
        self.pressed = 0
        self.slow = self.unanswered = 0
        """Presses that were answered late, or not although the unit was not killed."""
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
        while len(self.seen) < self._presses and not self.unanswered:
            try:
                with self._house.units[self.unit].desk(within_s=60) as desk:
                    self._sit(desk)
            except OSError:
                continue  # the unit was killed under the hand; sit down again

    def _sit(self, desk: Desk) -> None:
        wait_until(lambda: "green" in desk.lights or desk.gone, "the desk greets")
        while len(self.seen) < self._presses and not desk.gone and not self.unanswered:
            self._press(desk)

    def _press(self, desk: Desk) -> None:
        before = desk.lights["green"]
        self.pressed += 1
        desk.press("session", let_go=False)
        time.sleep(FINGER_S)
        desk.release("session")
        # A meeting starts when the button goes down and stops when it comes up: held, it would be extended.
        began = time.monotonic()
        while desk.lights["green"] == before and not desk.gone and time.monotonic() - began < ANSWERED_S:
            time.sleep(0.005)
        if desk.lights["green"] != before:
            self.seen.append(time.monotonic())
            self.slow += self.seen[-1] - began > SLOW_S
        elif not desk.gone:
            self.unanswered += 1
        time.sleep(FINGER_S)


def test_every_event_is_stored_exactly_once_whatever_is_killed(
    house: House, record_property: Callable[[str, object], None]
) -> None:
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
            house.hub.start(ready=False)
        else:
            cuts[victim].append(time.monotonic())
            house.units[victim].kill()
            house.units[victim].start()
    for hand in hands:
        hand.join()
    assert {"broker", "hub"} < set(killed), f"the test must have killed all kinds: {killed}"

    assert [hand.unit for hand in hands if hand.unanswered] == [], "every press at a living unit is answered"

    for hand in hands:
        _expect(house, hand, _certain(hand.seen, cuts[hand.unit]))
    wait_until(lambda: not _holes(house), "no epoch has a hole", within_s=60)
    doubled = house.hub.query(
        "select unit, epoch, sequence from event group by unit, epoch, sequence having count(*) > 1"
    )
    assert doubled == []
    stored = house.hub.query("select count(*) from event")[0][0]
    slow, pressed = sum(hand.slow for hand in hands), sum(hand.pressed for hand in hands)
    answered = f"each of {pressed:,} presses answered, {slow} later than {SLOW_S:g} s"
    record_property("proved", f"{stored:,} events stored once each, {len(killed)} kills, {answered}")


def _expect(house: House, hand: Hand, certain: int) -> None:
    what = f"all {certain} certain presses of {hand.unit} are stored"
    wait_until(lambda: _stored(house, hand.unit) >= certain, what, within_s=60)
    assert _stored(house, hand.unit) <= hand.pressed, "nothing is stored that nobody pressed"


def _certain(seen: list[float], cuts: list[float]) -> int:
    """How many presses no cut of the unit's power can have taken before they were on its disk."""
    return sum(not any(at - SETTLED_S < cut < at + SETTLED_S for cut in cuts) for at in seen)


def _stored(house: House, unit: str) -> int:
    rows = house.hub.query(
        "select count(*) from event where type like 'io.madomori.session-st%' and unit = '" + unit + "'"
    )
    count = rows[0][0]
    assert isinstance(count, int)
    return count


def _holes(house: House) -> list[tuple[object, ...]]:
    return house.hub.query(
        "select unit, epoch, count(*), max(sequence) from event group by unit, epoch"
        " having count(*) <> max(sequence)"
    )
