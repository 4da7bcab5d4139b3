"""How the unit is, in the contract's words: heartbeat, self-test, faults of parts."""

import math
import os
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from device.backlog import Backlog
from device.heart import Identity
from device.inputs import Hardware, Now, PartState, Started
from device.microphone.ear import EarStatus
from wire.messages import Health

FAULTS_MAX = 32
"""Most parts that a heartbeat can name."""


def heartbeat(
    identity: Identity,
    now: Now,
    *,
    backlog: Backlog,
    ear: EarStatus,
    disk_free_mb: int | None,
    faults: Iterable[str],
) -> Health:
    """The heartbeat of this moment."""
    return Health(
        time=now.wall,
        boot=identity.boot,
        uptime_s=now.monotonic,
        clock="synced" if now.synced else "unsynced",
        version=version("madomori"),
        pending=len(backlog),
        pending_alarms=backlog.alarms,
        microphone=ear.state,
        level_dba=decibel(ear.level_dba),
        background_dba=decibel(ear.background_dba),
        disk_free_mb=disk_free_mb,
        memory_mb=_memory_mb(),
        faults=list(faults)[:FAULTS_MAX],
    )


def self_test(hardware: Hardware, now: Now, ear: EarStatus, faults: Iterable[str]) -> Started:
    """What works and what does not as the program starts. A microphone that has not yet given a frame is in
    neither list: its fault, if it has one, follows as an event of its own.
    """
    passed, failed = ["buttons"], [f"{part}: see its fault" for part in faults]
    if "disk" not in faults:
        passed.append("disk")
    if now.synced:
        passed.append("clock")
    else:
        failed.append("clock: not synchronised")
    if ear.state == "hearing" and ear.level_dba is not None:
        passed.append("microphone")
    return Started(version("madomori"), hardware, tuple(passed), tuple(failed))


def microphone_state(ear: EarStatus) -> PartState:
    """The microphone as a part that works or not."""
    fault = f"{ear.state}: {ear.detail}" if ear.state in ("silent", "failed") else None
    return part_state("microphone", fault)


def part_state(part: str, fault: str | None) -> PartState:
    """With the fault as the contract allows it: no control characters, not too long."""
    if fault is not None:
        fault = "".join(sign if sign.isprintable() else " " for sign in fault)[:300]
    return PartState(part, fault)


def decibel(level: float | None) -> float | None:
    """A level that the contract can carry, else None: digital silence has no level."""
    return level if level is not None and math.isfinite(level) and -50.0 <= level <= 200.0 else None


def _memory_mb() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") // 1_000_000
