"""A loop of the unit that hangs stops the feeding of the watchdog, and is named as a fault."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from device.app import Unit
from device.backlog import Entry
from device.hardware.rhythm import Rhythm
from device.microphone.ear import Ear
from device.outbox import Outbox
from device.settings import MicrophoneSettings, read
from device.watchdog import Loop, Watchdog
from tests.support.brokers import Peer, wait_until
from tests.support.sound_source import LeverSource
from tests.support.unit_process import UnitProcess
from tools.demo.broker import Broker
from wire.lights import STEADY, Light
from wire.link import Link, LinkSettings
from wire.topics import Channel, unit_topic

HANG_MOST_S = 60.0


@pytest.fixture
def hang() -> Iterator[threading.Event]:
    """Set: what hangs goes on."""
    event = threading.Event()
    yield event
    event.set()


def is_watched(loop: Loop, make_it_hang: Callable[[], None], hang: threading.Event) -> None:
    """It goes round while idle, does not while it hangs, and does again after it."""
    dog = Watchdog({"it": loop}, patience_s=10.0)
    at = 0.0

    def found(expected: set[str]) -> bool:
        nonlocal at
        at += 5.0  # the watchdog's clock is ours: each look nudges the loop
        return dog.stuck(at) == expected

    before = loop.turns
    loop.nudge()
    wait_until(lambda: loop.turns > before, "it goes round")
    make_it_hang()
    wait_until(lambda: found({"it"}), "it is found to be stuck")
    assert found({"it"})
    hang.set()
    wait_until(lambda: found(set()), "it goes round again")


def test_an_outbox_whose_disk_hangs(
    tmp_path: Path, hang: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = Outbox(tmp_path, "1" * 16, on_opened=lambda _kept: None, on_state=lambda _state: None)
    outbox.start(15.0)
    assert outbox._file is not None
    write = outbox._file.write

    def hung(*arguments: Any) -> None:
        hang.wait(HANG_MOST_S)
        write(*arguments)

    def make_it_hang() -> None:
        monkeypatch.setattr(outbox._file, "write", hung)
        outbox.put(Entry("1" * 16, 1, True, b"x"))

    is_watched(outbox, make_it_hang, hang)
    outbox.stop(15.0)


def test_lights_whose_pins_hang(hang: threading.Event) -> None:
    class Lamp:
        hangs = False

        @property
        def value(self) -> float:
            return 0.0

        @value.setter
        def value(self, _value: float) -> None:
            if self.hangs:
                hang.wait(HANG_MOST_S)

    lamp = Lamp()
    rhythm = Rhythm({Light.LINK: lamp})
    rhythm.start()

    def make_it_hang() -> None:
        lamp.hangs = True
        rhythm.show(Light.LINK, STEADY)

    is_watched(rhythm, make_it_hang, hang)
    rhythm.stop(15.0)


@pytest.mark.parametrize("source_hangs", [False, True])
def test_an_ear_that_hangs_and_a_microphone_that_hangs(hang: threading.Event, source_hangs: bool) -> None:
    source = LeverSource()
    ear = Ear(MicrophoneSettings(source="simulated"), lambda _heard: None, lambda: source, give_up_s=0.5)
    hear = ear._hear
    stuck = threading.Event()

    def hung(read: object) -> None:
        if stuck.is_set():
            hang.wait(HANG_MOST_S)
        hear(read)  # type: ignore[arg-type]

    ear._hear = hung  # type: ignore[method-assign]
    ear.start()
    wait_until(lambda: ear.status().level_dba is not None, "it hears")
    if source_hangs:
        source.gives.clear()
        wait_until(lambda: ear.status().state == "failed", "the microphone has failed")
        before = ear.turns
        wait_until(lambda: ear.turns > before + 3, "the ear itself goes round: a fault, no reason to restart")
        source.gives.set()
    else:
        is_watched(_Ear(ear), stuck.set, hang)
    ear.stop(15.0)


class _Ear:
    """An ear goes round by itself: a nudge waits for that."""

    def __init__(self, ear: Ear) -> None:
        self._ear = ear

    @property
    def turns(self) -> int:
        return self._ear.turns

    def nudge(self) -> None:
        threading.Event().wait(0.3)


def test_a_link_that_hangs_and_one_without_a_broker(mosquitto: Broker, hang: threading.Event) -> None:
    came = threading.Event()

    def delivered(_delivery: object) -> None:
        came.set()
        hang.wait(HANG_MOST_S)

    topic = unit_topic("testville", "c1", Channel.LAMP)
    settings = LinkSettings(
        "127.0.0.1", mosquitto.port, "c1", "c1", mosquitto.password_of("c1"), "5", keepalive_s=2
    )
    link = Link(
        settings, subscriptions=[(topic, 0)], on_delivery=delivered, on_connection=lambda _up, _why: None
    )
    hub = Peer(mosquitto, "hub").start()
    link.start()
    wait_until(lambda: link.connected, "it connects")
    before = link.turns
    wait_until(lambda: link.turns > before + 2, "it goes round with nothing to do")
    hub.link.publish(topic, b"x", qos=0)
    assert came.wait(15.0)
    hung_at = link.turns
    hang.wait(2.5)
    assert link.turns == hung_at
    hang.set()
    wait_until(lambda: link.turns > hung_at, "it goes round again")
    mosquitto.kill()
    wait_until(lambda: not link.connected, "the broker is gone")
    before = link.turns
    wait_until(lambda: link.turns > before, "it goes round while it looks for the broker")
    hub.stop()
    link.stop()


def test_a_stuck_loop_is_not_fed_and_is_told(mosquitto: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    process = UnitProcess(mosquitto)
    unit = Unit(read(process.config))
    told: list[str] = []
    monkeypatch.setattr(unit._manager, "tell", told.append)
    found: set[str] = set()
    monkeypatch.setattr(unit._watchdog, "stuck", lambda _at: found)
    unit._look()
    assert told == ["WATCHDOG=1"]
    assert unit._heart.faults == []
    assert unit._watchdog.names == ("outbox", "link", "lights", "buttons")
    found.add("outbox")
    unit._look()
    assert told == ["WATCHDOG=1"], "nothing more"
    assert unit._heart.faults == ["loop-outbox"]
    found.clear()
    unit._look()
    assert told == ["WATCHDOG=1"] * 2
    assert unit._heart.faults == []
    unit._lock.release()
    unit._board.stop(15.0)
    process.clean()


def test_buttons_whose_thread_has_ended_are_told_and_nothing_is_fed(
    mosquitto: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Lever:
        turns = 0
        ended = False

        def nudge(self) -> None:
            self.turns += 1

    process, lever = UnitProcess(mosquitto), Lever()
    unit = Unit(read(process.config))
    unit._board.edges = lever
    told: list[str] = []
    monkeypatch.setattr(unit._manager, "tell", told.append)
    unit._look()
    assert (told, unit._heart.faults) == (["WATCHDOG=1"], [])
    lever.ended = True
    unit._look()
    assert (told, unit._heart.faults) == (["WATCHDOG=1"], ["buttons"]), "at once, and fed no more"
    assert b'"part":"buttons"' in [entry.payload for entry in unit._uplink.backlog][-1]
    unit._lock.release()
    unit._board.stop(15.0)
    process.clean()


def test_the_desk_of_a_simulated_unit_goes_round_and_ends(mosquitto: Broker) -> None:
    process = UnitProcess(mosquitto)
    unit = Unit(read(process.config))
    desk = unit._board.edges
    assert desk is not None
    assert not desk.ended, "not yet begun"
    assert unit._desk is not None
    unit._desk.start()
    before = desk.turns
    wait_until(lambda: desk.turns > before + 2, "it goes round with nothing to do")
    assert unit._board.deaf is None
    unit._desk.stop(15.0)
    assert unit._board.deaf is not None
    unit._lock.release()
    unit._board.start(lambda _button, _pressed, _at: None)
    unit._board.stop(15.0)
    process.clean()
