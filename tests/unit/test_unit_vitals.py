"""How the unit says that it is."""

import math

import pytest

from device.backlog import Backlog, Entry
from device.heart import Identity
from device.inputs import PartState
from device.microphone.ear import EarStatus
from device.vitals import decibel, heartbeat, microphone_state, part_state, self_test
from tests.support.unit_heart import BOOT, EPOCH, START, reading


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


def test_a_fault_is_told_as_the_contract_allows_it() -> None:
    told = part_state("disk", "line\nbreak\x00" + "x" * 1000).fault
    assert told is not None
    assert told.startswith("line break x")
    assert len(told) == 300


@pytest.mark.parametrize("level", [None, math.nan, math.inf, -math.inf, -50.1, 200.1])
def test_a_level_that_is_none_is_not_told(level: float | None) -> None:
    assert decibel(level) is None


def test_a_heartbeat() -> None:
    backlog = Backlog()
    backlog.add(Entry(EPOCH, 1, True, b""))
    backlog.add(Entry(EPOCH, 2, False, b""))
    health = heartbeat(
        Identity("testville", "c1", EPOCH, BOOT),
        reading(START, synced=False),
        backlog=backlog,
        ear=EarStatus("hearing", 51.5, -math.inf),
        disk_free_mb=None,
        faults=["disk"] * 40,
    )
    assert (health.pending, health.pending_alarms, health.clock) == (2, 1, "unsynced")
    assert (health.level_dba, health.background_dba) == (51.5, None)
    assert len(health.faults) == 32
    assert health.memory_mb is not None
    assert health.memory_mb > 5


def test_the_self_test_names_what_works_and_what_does_not() -> None:
    well = self_test("simulated", reading(START), EarStatus("hearing", 45.0), [])
    assert (well.passed, well.failed) == (("buttons", "disk", "clock", "microphone"), ())
    ill = self_test("gpio", reading(START, synced=False), EarStatus("failed"), ["disk"])
    assert (ill.passed, ill.failed) == (("buttons",), ("disk: see its fault", "clock: not synchronised"))
