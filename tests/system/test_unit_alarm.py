"""A whole unit with a real broker: from the press to what the light says."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.brokers import wait_until
from tests.support.unit_process import HandHub, UnitProcess
from tools.demo.broker import Broker
from wire.messages import Health, Status
from wire.topics import Channel


@pytest.fixture
def unit(mosquitto: Broker) -> Iterator[UnitProcess]:
    unit = UnitProcess(mosquitto)
    yield unit
    unit.clean()


def test_press_waiting_stored_coming_off(mosquitto: Broker, unit: UnitProcess) -> None:
    with HandHub(mosquitto) as hub:
        desk = unit.start()
        desk.shows("link", "steady")
        desk.press("panic")
        wait_until(lambda: hub.of_type("panic"), "the press arrives")
        [panic] = hub.of_type("panic")
        desk.shows("alarm", "waiting")
        hub.receipt(panic)
        desk.shows("alarm", "stored")
        hub.lamp("coming", panic)
        desk.shows("alarm", "coming")
        hub.lamp("off", panic)
        desk.shows("alarm", "off")
        seen = [pattern for light, pattern in desk.seen if light == "alarm"]
        # A slow machine may cross the warning before the receipt; that says no more than is known.
        assert [pattern for pattern in seen if pattern != "unanswered"] == [
            "off",
            "waiting",
            "stored",
            "coming",
            "off",
        ]


def test_no_receipt_telephone(mosquitto: Broker, unit: UnitProcess) -> None:
    with HandHub(mosquitto) as hub:
        desk = unit.start()
        desk.shows("link", "steady")
        desk.press("panic")
        wait_until(lambda: hub.of_type("panic"), "the press arrives")
        pressed = hub.of_type("panic")[0].uptime
        desk.shows("alarm", "unanswered")
        assert time.monotonic() - pressed < 10.0
        hub.receipt(hub.of_type("panic")[0])
        desk.shows("alarm", "stored")


def test_a_neighbours_alarm_and_a_retained_lamp(mosquitto: Broker, unit: UnitProcess) -> None:
    with HandHub(mosquitto) as hub:
        hub.area_alarm(["c2"])
        desk = unit.start()
        desk.shows("alarm", "neighbour")
        hub.area_alarm([])
        desk.shows("alarm", "off")


def test_what_it_says_of_itself(mosquitto: Broker, unit: UnitProcess) -> None:
    with HandHub(mosquitto) as hub:
        unit.start()
        wait_until(lambda: hub.said(Channel.STATUS) and hub.said(Channel.HEALTH), "status and health")
        wait_until(lambda: hub.of_type("booted"), "it says that it started")
        status, health = hub.said(Channel.STATUS)[-1], hub.said(Channel.HEALTH)[-1]
        booted = hub.of_type("booted")[0]
        assert isinstance(status, Status)
        assert isinstance(health, Health)
        assert status.online
        assert (status.epoch, status.boot) == (booted.epoch, booted.boot)
        assert booted.sequence == 1
        assert booted.data["passed"] == ["buttons", "lights", "disk", "clock"]
        assert health.pending >= 1
        assert (health.microphone, health.faults) == ("off", [])
        code, _ = unit.terminate()
        assert code == 0
        wait_until(
            lambda: (
                hub.said(Channel.STATUS)[-1]
                == status.model_copy(update={"online": False, "time": None, "uptime_s": None})
            ),
            "offline",
        )


def test_garbage_from_the_hub_side_is_refused_and_the_unit_serves_on(
    mosquitto: Broker, unit: UnitProcess
) -> None:
    with HandHub(mosquitto, diligent=True) as hub:
        desk = unit.start()
        desk.shows("link", "steady")
        for channel in (Channel.RECEIPT, Channel.LAMP, Channel.COMMAND, Channel.CONFIG):
            for payload in (b"", b"\xff", b"[]", b"[" * 5000, b'{"state":"burning"}', b"x" * 60_000):
                hub.say_bytes(channel, payload)
        wait_until(lambda: hub.of_type("booted"), "it says that it started")
        hub.receipt(hub.of_type("booted")[0], through=2**53 - 1)
        desk.press("panic")
        desk.shows("alarm", "stored")
        wait_until(lambda: unit.log.read_text().count("message_refused") >= 24, "refusals are logged")


def test_a_sound_on_the_desk_reaches_the_microphone(mosquitto: Broker, unit: UnitProcess) -> None:
    unit.microphone = "simulated"
    unit.write_config()
    with HandHub(mosquitto, diligent=True) as hub:
        desk = unit.start()
        wait_until(lambda: any(x["say"] == "level" and x["level_dba"] for x in list(desk.said)), "a level")
        desk.play(b"\x00\x20\x00\x20\x00\xe0\x00\xe0" * 8000, 70.0)
        wait_until(
            lambda: any(
                x["say"] == "level" and x["playing"] and x["level_dba"] > 60 for x in list(desk.said)
            ),
            "the level rises while the sound plays",
        )
        wait_until(lambda: hub.microphones()[-1:] == ["hearing"], "the heartbeat says that it hears")


def test_a_broken_disk_does_not_keep_the_button_from_working(mosquitto: Broker, unit: UnitProcess) -> None:
    in_the_way = unit.folder / "state"
    in_the_way.write_text("a file where the folder must be")
    with HandHub(mosquitto, diligent=True) as hub:
        desk = unit.start()
        desk.shows("link", "fault")
        desk.press("panic")
        desk.shows("alarm", "stored")
        wait_until(lambda: hub.of_type("booted"), "it says that it started")
        assert hub.of_type("booted")[0].data["failed"] == ["disk: see its fault"]
        wait_until(lambda: hub.faults()[-1:] == [["disk"]], "the heartbeat names the disk")
        in_the_way.unlink()
        desk.shows("link", "steady")
        wait_until(lambda: hub.of_type("fault-cleared"), "the fault is cleared")
        code, _ = unit.terminate()
        assert code == 0


def test_a_desk_that_cannot_be_opened_ends_the_program_with_a_reason(
    mosquitto: Broker, unit: UnitProcess
) -> None:
    (unit.folder / "desk.sock").mkdir()
    code, output = unit.run_second()
    assert code == 1
    assert "desk.sock cannot be opened" in output
    assert "Traceback" not in output
    assert '"in_order": true' in output


def test_gpio_without_a_chip_is_an_error_never_a_simulation(mosquitto: Broker, unit: UnitProcess) -> None:
    if list(Path("/dev").glob("gpiochip*")):
        pytest.skip("this machine has a GPIO chip")
    unit.trust = "key"
    unit.write_config()
    settings = unit.config.read_text().replace('"simulated"', '"gpio"', 1)
    unit.config.write_text(settings.partition("[simulated]")[0])
    code, output = unit.run_second()
    assert code == 1
    assert "hardware 'gpio'" in output
    assert "Traceback" not in output


def test_a_second_process_for_the_same_unit_is_refused(mosquitto: Broker, unit: UnitProcess) -> None:
    unit.start()
    code, output = unit.run_second()
    assert code == 1
    assert "another process uses" in output


def test_it_ends_in_order_within_five_seconds_even_without_a_broker(
    mosquitto: Broker, unit: UnitProcess
) -> None:
    desk = unit.start()
    desk.shows("link", "steady")
    mosquitto.kill()
    desk.shows("link", "off")
    desk.press("panic")
    desk.shows("alarm", "waiting")
    code, took_s = unit.terminate()
    assert code == 0
    assert took_s < 5.0
    assert '"in_order": true' in unit.log.read_text()
