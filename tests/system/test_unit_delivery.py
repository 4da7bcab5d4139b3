"""A whole unit through broken brokers and power cuts: every event arrives, and the light stays true."""

import time
from collections.abc import Iterator

import pytest

from tests.support.brokers import make_broker, need, wait_until
from tests.support.desk import Desk
from tests.support.unit_process import HandHub, UnitProcess
from tools.demo.broker import Broker

LONG_S = 60.0


@pytest.fixture
def unit(mosquitto: Broker) -> Iterator[UnitProcess]:
    unit = UnitProcess(mosquitto)
    yield unit
    unit.clean()


def work(desk: Desk, rounds: int) -> None:
    """Press all three buttons as fast as contacts count."""
    for _ in range(rounds):
        for button in ("panic", "assist", "session"):
            desk.press(button, let_go=False)
        time.sleep(0.06)
        for button in ("panic", "assist", "session"):
            desk.release(button)
        time.sleep(0.06)


def test_broker_killed_while_events_flow(mosquitto: Broker, unit: UnitProcess) -> None:
    with HandHub(mosquitto, diligent=True) as hub:
        desk = unit.start()
        desk.shows("link", "steady")
        work(desk, 70)
        mosquitto.kill()
        work(desk, 70)
        wait_until(lambda: unit.made() >= 100, "events are made meanwhile")
        mosquitto.start()
        work(desk, 70)
        desk.shows("link", "steady", LONG_S)
        made = unit.made()
        assert made >= 200
        wait_until(
            lambda: hub.keys(hub.events[0].epoch) >= set(range(1, made + 1)), f"all {made} events", LONG_S
        )
        desk.shows("alarm", "stored", LONG_S)
        presses = sum(event.data["presses"] for event in hub.of_type("panic"))
        downs = [
            x for x in list(desk.said) if x["say"] == "button" and x["button"] == "panic" and x["pressed"]
        ]
        # A stretched sleep can only merge two presses into one chatter, never invent one.
        assert 0.9 * len(downs) <= presses <= len(downs)


def test_a_unit_killed_with_unstored_alarms_sends_them_after_its_restart(
    mosquitto: Broker, unit: UnitProcess
) -> None:
    with HandHub(mosquitto) as hub:
        desk = unit.start()
        desk.shows("link", "steady")
        mosquitto.kill()
        desk.shows("link", "off")
        desk.press("panic")
        desk.shows("alarm", "unanswered")
        unit.kill()
        desk = unit.start()
        desk.shows("alarm", "unanswered")
        mosquitto.start()
        wait_until(lambda: hub.of_type("panic"), "the alarm of before arrives", LONG_S)
        [panic] = hub.of_type("panic")
        wait_until(lambda: len(hub.of_type("booted")) == 2, "both starts are told")
        epochs = [event.epoch for event in hub.of_type("booted")]
        assert panic.epoch in epochs
        assert len(set(epochs)) == 2
        assert desk.lights["alarm"] == "unanswered"
        hub.receipt(panic)
        desk.shows("alarm", "stored")
        hub.lamp("coming", panic)
        desk.shows("alarm", "coming")


def test_a_unit_killed_after_its_receipt_shows_the_retained_lamp(
    mosquitto: Broker, unit: UnitProcess
) -> None:
    with HandHub(mosquitto, diligent=True) as hub:
        desk = unit.start()
        desk.press("panic")
        desk.shows("alarm", "stored")
        hub.lamp("coming", hub.of_type("panic")[0])
        desk.shows("alarm", "coming")
        wait_until(lambda: unit.pending_on_disk() == 0, "the outbox is empty")
        unit.kill()
        desk = unit.start()
        desk.shows("alarm", "coming")
        wait_until(lambda: len(hub.of_type("booted")) == 2, "the new start arrives")
        assert len(hub.of_type("panic")) == 1, "what was stored is not sent again"


def test_an_event_the_hub_missed_is_sent_again_at_once(mosquitto: Broker, unit: UnitProcess) -> None:
    with HandHub(mosquitto) as hub:
        desk = unit.start()
        wait_until(lambda: hub.of_type("booted"), "the start arrives first")
        desk.press("assist")
        wait_until(lambda: len(hub.events) == 2, "the assist arrives")
        before = hub.copies(hub.events[0])
        hub.receipt_beyond(hub.events[1])
        # Without the receipt it would be repeated after five seconds.
        wait_until(lambda: hub.copies(hub.events[0]) > before, "the missed one again", within_s=4.0)


@pytest.mark.parametrize(("kind", "protocol"), [("mosquitto", "3.1.1"), ("amqtt", "3.1.1")])
def test_the_older_protocol(tmp_path_factory: pytest.TempPathFactory, kind: str, protocol: str) -> None:
    need(kind)  # type: ignore[arg-type]
    broker = make_broker(kind, tmp_path_factory.mktemp("older"), ["c1"])  # type: ignore[arg-type]
    unit = UnitProcess(broker, protocol=protocol)
    try:
        with HandHub(broker, diligent=True, protocol="3.1.1") as hub:
            desk = unit.start()
            desk.shows("link", "steady")
            desk.press("panic")
            desk.shows("alarm", "stored")
            hub.lamp("coming", hub.of_type("panic")[0])
            desk.shows("alarm", "coming")
    finally:
        unit.clean()
        broker.stop()
