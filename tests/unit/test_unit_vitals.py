"""How the unit says that it is."""

import math
from dataclasses import dataclass, field
from typing import Any

import pytest

from device import vitals
from device.backlog import Backlog, Entry
from device.clock import Clock
from device.hearing import voice
from device.hearing.calibration import Calibration
from device.hearing.leq import Exposure
from device.inputs import Button, PartState
from device.microphone.ear import EarStatus
from device.telling import Identity
from device.vitals import (
    CLOCK_PATIENCE_S,
    SELF_TEST_WAIT_S,
    Vitals,
    decibel,
    microphone_state,
    part_state,
    sound_level,
)
from tests.support.unit_heart import BOOT, EPOCH, START, reading


@dataclass
class Parts:
    """Stands for every part; each answer can be set."""

    fault: str | None = None
    deaf: str | None = None
    down: list[Button] = field(default_factory=list)
    fitted: bool = True
    calibration: Calibration = field(default_factory=lambda: Calibration(120.0, True))
    ear: EarStatus = field(default_factory=lambda: EarStatus("hearing", 45.0))
    tried: bool = True
    free_mb: int | None = 5000
    hot_c: float | None = None
    slowed: tuple[str, ...] = ()
    system: str = "6.1"
    monotonic: float = START

    def status(self) -> EarStatus:
        return self.ear

    def cpu_c(self) -> float | None:
        return self.hot_c

    def throttled(self) -> tuple[str, ...]:
        return self.slowed

    def memory_mb(self) -> int:
        return 60

    def now(self) -> Any:
        return reading(self.monotonic)

    def offset_s(self) -> float | None:
        return 0.002


def vitals_of(parts: Any, hardware: Any = "simulated") -> Vitals:
    identity = Identity("testville", "c1", EPOCH, BOOT)
    return Vitals(hardware, identity, clock=parts, board=parts, ear=parts, outbox=parts, machine=parts)


def state_of(looked: Vitals, part: str, at: float = START, *, synced: bool = True) -> str | None:
    [fault] = [state.fault for state in looked.parts(reading(at, synced=synced)) if state.part == part]
    return fault


@pytest.mark.parametrize(
    ("ear", "fault"),
    [
        (EarStatus("off"), None),
        (EarStatus("hearing", 45.0), None),
        (EarStatus("silent", detail="nothing but digital zero"), "silent: nothing but digital zero"),
        (EarStatus("failed", detail="gave nothing"), "failed: gave nothing"),
    ],
)
def test_the_microphone_as_a_part(ear: EarStatus, fault: str | None) -> None:
    assert microphone_state(ear) == PartState("microphone", fault)
    assert state_of(vitals_of(Parts(ear=ear)), "microphone") == fault


def test_a_microphone_that_falsifies_the_level_is_a_fault_of_its_own() -> None:
    parts = Parts(ear=EarStatus("hearing", 45.0, clips=True))
    looked = vitals_of(parts)
    assert (state_of(looked, "clipping"), state_of(looked, "gain")) == (vitals.TOO_LOUD, None)
    parts.ear = EarStatus("hearing", 45.0, gain_turns=True)
    assert (state_of(looked, "clipping"), state_of(looked, "gain")) == (None, vitals.TURNS)
    assert state_of(looked, "microphone") is None, "it hears"


def test_a_calibration_that_cannot_be_used_is_a_fault() -> None:
    looked = vitals_of(Parts(calibration=Calibration(120.0, False, "made with another microphone")))
    assert state_of(looked, "calibration") == "made with another microphone"
    assert state_of(vitals_of(Parts()), "calibration") is None


def test_what_was_heard_is_told_with_the_parts() -> None:
    parts = Parts(ear=EarStatus("failed", detail="gone"))
    looked = vitals_of(parts)
    assert not [seen for seen in looked.look(reading(START)) if isinstance(seen, Exposure)]
    parts.ear = EarStatus("hearing", 45.0, exposure=Exposure(10.0, 1e5))
    assert [*looked.look(reading(START))] == [*looked.parts(reading(START)), Exposure(10.0, 1e5)]


def test_a_fault_is_told_as_the_contract_allows_it() -> None:
    told = part_state("disk", "line\nbreak\x00" + "x" * 1000).fault
    assert told is not None
    assert told.startswith("line break x")
    assert len(told) == 300


@pytest.mark.parametrize("level", [None, math.nan, math.inf, -math.inf, -50.1, 200.1])
def test_a_level_that_is_none_is_not_told(level: float | None) -> None:
    assert decibel(level) is None
    assert sound_level(EarStatus("hearing", level, 40.0), reading(START), calibrated=True) is None


def test_a_heartbeat_tells_of_every_part() -> None:
    backlog = Backlog()
    backlog.add(Entry(EPOCH, 1, True, b""))
    backlog.add(Entry(EPOCH, 2, False, b""))
    parts = Parts(
        ear=EarStatus("hearing", 51.5, -math.inf, minute_dba=49.5),
        free_mb=None,
        hot_c=71.5,
        slowed=("under-voltage",),
    )
    health = vitals_of(parts).heartbeat(reading(START, synced=False), backlog, ["disk"] * 40, 3)
    assert (health.pending, health.pending_alarms, health.clock) == (2, 1, "unsynced")
    assert (health.level_dba, health.background_dba, health.laeq_minute_dba) == (51.5, None, 49.5)
    assert len(health.faults) == 32
    assert (health.config, health.system, health.cpu_c) == (3, "6.1", 71.5)
    assert (health.throttled, health.clock_offset_s, health.memory_mb) == (["under-voltage"], 0.002, 60)
    assert health.disk_free_mb is None


def test_the_self_test_names_what_works_and_what_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    well = vitals_of(Parts()).self_test(reading(START), [])
    assert well is not None
    assert (well.passed, well.failed) == (("buttons", "lights", "disk", "clock", "vad", "microphone"), ())
    monkeypatch.setattr(voice, "fault", lambda: "ImportError: no module webrtcvad")
    looked = vitals_of(
        Parts(fault="link: gone", down=[Button.PANIC], ear=EarStatus("failed", detail="gone")), "gpio"
    )
    looked.listen()
    ill = looked.self_test(reading(START, synced=False), ["disk", "backlog"])
    assert ill is not None
    assert ill.passed == ()
    assert ill.failed == (
        "buttons: panic: pressed at the start",
        "lights: link: gone",
        "disk: see its fault",
        "clock: not synchronised",
        "vad: ImportError: no module webrtcvad",
        "microphone: failed: gone",
        "backlog: see its fault",
    )


def test_buttons_whose_thread_has_ended_are_a_fault() -> None:
    looked = vitals_of(Parts(deaf="the thread has ended"))
    assert state_of(looked, "buttons") == "the thread has ended"
    tested = looked.self_test(reading(START), [])
    assert tested is not None
    assert tested.failed == ("buttons: the thread has ended",)
    assert state_of(vitals_of(Parts()), "buttons") is None


def test_a_unit_without_a_microphone_tests_none() -> None:
    looked = vitals_of(Parts(fitted=False, ear=EarStatus("off")))
    looked.listen()
    tested = looked.self_test(reading(START), [])
    assert tested is not None
    assert tested.passed == ("buttons", "lights", "disk", "clock")
    assert tested.failed == ()


@pytest.mark.parametrize(
    ("parts", "failed"),
    [
        (Parts(tried=False), ("disk: see its fault",)),
        (Parts(ear=EarStatus("hearing")), ("microphone: no sound yet",)),
    ],
)
def test_it_waits_for_the_disk_and_for_the_first_sound_but_not_for_ever(
    parts: Parts, failed: tuple[str, ...]
) -> None:
    looked = vitals_of(parts)
    assert looked.self_test(reading(START + SELF_TEST_WAIT_S - 0.1), []) is None
    tested = looked.self_test(reading(START + SELF_TEST_WAIT_S), [])
    assert tested is not None
    assert tested.failed == failed


def test_the_voice_detector_really_runs() -> None:
    looked = vitals_of(Parts())
    looked.listen()
    assert looked.voice is None


def test_a_clock_that_nobody_sets_is_a_fault_after_a_while() -> None:
    looked = vitals_of(Parts())
    assert state_of(looked, "clock", START + CLOCK_PATIENCE_S - 1, synced=False) is None
    assert state_of(looked, "clock", START + CLOCK_PATIENCE_S, synced=False) == "nobody has set it"
    assert state_of(looked, "clock", START + CLOCK_PATIENCE_S + 1) is None


def test_heat_comes_and_goes_without_flickering() -> None:
    parts = Parts()
    looked = vitals_of(parts)
    told = []
    for parts.hot_c in (79.0, 80.0, 78.0, 75.0, 74.0, 79.0, None):
        told.append(state_of(looked, "heat") is not None)
    assert told == [False, True, True, True, False, False, False]


def test_little_voltage_and_a_small_disk_are_faults() -> None:
    parts = Parts(slowed=("throttled",))
    looked = vitals_of(parts)
    assert state_of(looked, "power") is None
    parts.slowed = ("under-voltage", "throttled")
    assert state_of(looked, "power") == "too little voltage"
    told = []
    for parts.free_mb in (100, 99, 120, 150, 120):
        told.append(state_of(looked, "disk-space") is not None)
    assert told == [False, True, True, False, False]


def test_the_kernels_word_on_the_clock_is_a_number_or_nothing() -> None:
    offset = Clock("gpio").offset_s()
    assert offset is None or abs(offset) < 10
