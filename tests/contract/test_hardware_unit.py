"""A whole unit over both boards: what a finger does reaches the hub, what the hub says reaches the light."""

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from device.app import Unit
from device.inputs import Button
from device.panel import CHATTER_S
from device.settings import read
from tests.support.brokers import wait_until
from tests.support.unit_boards import Hands, SimulatedHands, gpio_hands
from tests.support.unit_process import SITE, UNIT, HandHub
from tools.demo.broker import Broker
from wire.lights import Light
from wire.messages.events import Panic

FINGER_S = 0.07
"""A finger is slower than chatter, in seconds."""

WITHIN_S = 30.0
"""For an emulated machine."""


def settings_of(hardware: str, port: int) -> str:
    simulated = '[simulated]\ndesk_socket = "d.sock"' if hardware == "simulated" else ""
    return f"""
site = "{SITE}"
unit = "{UNIT}"
state_dir = "state"
hardware = "{hardware}"
[broker]
host = "127.0.0.1"
port = {port}
password_file = "password"
[panel]
panic = 17
assist = 27
alarm_light = 5
link_light = 26
{simulated}
"""


@contextmanager
def running(hardware: str, broker: Broker, folder: Path) -> Iterator[Hands]:
    """A unit at work, and hands at its board."""
    real = gpio_hands() if hardware == "gpio" else None
    (folder / "password").write_text(broker.password_of(UNIT))
    (folder / "unit.toml").write_text(settings_of(hardware, broker.port))
    unit = Unit(read(folder / "unit.toml"))
    hands = real or SimulatedHands(unit._board)  # type: ignore[arg-type]
    ended: list[bool] = []
    owner = threading.Thread(target=lambda: ended.append(unit.run()), name="owner")
    owner.start()
    try:
        wait_until(lambda: hands.brightness(Light.LINK) == 1.0, "the unit is connected", WITHIN_S)
        yield hands
    finally:
        unit.stop()
        owner.join(WITHIN_S)
    assert ended == [True], "it ended in order"


@pytest.fixture(params=["simulated", "gpio"])
def at_work(request: pytest.FixtureRequest, mosquitto: Broker) -> Iterator[tuple[Hands, HandHub]]:
    # Short: a socket's path holds 107 bytes, and pytest's own folders can be longer.
    with (
        tempfile.TemporaryDirectory(prefix="unit-") as folder,
        HandHub(mosquitto) as hub,
        running(request.param, mosquitto, Path(folder)) as hands,
    ):
        yield hands, hub


def test_the_alarm_light_tells_each_step_of_a_press(at_work: tuple[Hands, HandHub]) -> None:
    hands, hub = at_work
    assert hands.brightness(Light.ALARM) == 0.0
    hands.press(Button.PANIC)
    time.sleep(FINGER_S)
    hands.release(Button.PANIC)
    wait_until(lambda: hub.of_type("panic"), "the alarm is with the hub", WITHIN_S)
    wait_until(lambda: switches_within(hands, 1.2) >= 2, "it blinks: not yet stored", WITHIN_S)
    panic = hub.of_type("panic")[0]
    hub.receipt(panic)
    wait_until(lambda: switches_within(hands, 1.2) == 0, "it does not blink any more", WITHIN_S)
    assert hands.brightness(Light.ALARM) == 1.0, "it is solid: stored"
    hub.lamp("off", panic)
    wait_until(lambda: hands.brightness(Light.ALARM) == 0.0, "it is dark: all is over", WITHIN_S)


def switches_within(hands: Hands, seconds: float) -> int:
    """How often the alarm light goes on or off."""
    seen = [hands.brightness(Light.ALARM)]
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        now = hands.brightness(Light.ALARM)
        if now != seen[-1]:
            seen.append(now)
    return len(seen) - 1


def test_twenty_presses_are_twenty(at_work: tuple[Hands, HandHub]) -> None:
    hands, hub = at_work
    hub.diligent = True
    # Every fourth contact chatters; a pause that a busy computer made in it may be taken for a press more.
    pauses = 0
    for press in range(20):
        pauses += hands.chatter(Button.PANIC, bounces=3 if press % 4 == 0 else 0) >= CHATTER_S
        time.sleep(FINGER_S)
        hands.release(Button.PANIC)
        time.sleep(FINGER_S)

    def counted() -> int:
        said = [event.content() for event in hub.of_type("panic")]
        return sum(each.presses for each in said if isinstance(each, Panic))

    wait_until(lambda: counted() >= 20, "every press is counted", WITHIN_S)
    # A press that is still gathered would follow within a second; a second one proves that none was.
    hands.press(Button.ASSIST)
    wait_until(lambda: hub.of_type("assist"), "what comes after them", WITHIN_S)
    assert 20 <= counted() <= 20 + 3 * pauses, "and none twice"
