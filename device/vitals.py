"""How the unit is, in the contract's words: heartbeat, self-test, faults of parts."""

import math
from collections.abc import Collection, Iterable
from importlib.metadata import version
from typing import TYPE_CHECKING

from device.backlog import Backlog
from device.clock import Clock
from device.hardware.board import Board
from device.hearing import voice
from device.hearing.leq import Exposure
from device.inputs import Hardware, Now, PartState, Started
from device.loudspeaker import Loudspeaker
from device.machine import Machine
from device.microphone.ear import Ear, EarStatus
from device.outbox import Outbox
from device.telling import Identity
from wire.messages import Health, Level

if TYPE_CHECKING:
    from device.recorder.recordings import Recordings

FAULTS_MAX = 32
"""Most parts that a heartbeat can name."""

SELF_TEST_WAIT_S = 3.0
"""How long the self-test waits for the disk and for the first sound, in seconds."""

CLOCK_PATIENCE_S = 600.0
"""A clock that nobody has set for so long after the start is a fault, in seconds."""

HOT_C, COOL_C = 80.0, 75.0
"""The processor's temperature from which on it is a fault, and below which it is none any more: a Raspberry
Pi slows down from 80 °C on."""

SMALL_DISK_MB, ROOMY_DISK_MB = 100, 150
"""Free space below which it is a fault, and from which on it is none any more."""

TOO_LOUD = "sound beyond full scale: its level reads too low; turn the microphone's gain down and calibrate"
TURNS = "the microphone turns its own gain: no level can be relied on; switch automatic gain control off"


class Vitals:
    """Looks at every part; only the owner's thread asks it."""

    def __init__(
        self,
        hardware: Hardware,
        identity: Identity,
        *,
        clock: Clock,
        board: Board,
        ear: Ear,
        outbox: Outbox,
        machine: Machine,
        recordings: "Recordings | None" = None,
        loudspeaker: Loudspeaker | None = None,
    ) -> None:
        self._hardware = hardware
        self._identity = identity
        self._clock = clock
        self._board = board
        self._ear = ear
        self._outbox = outbox
        self._machine = machine
        self._recordings = recordings
        self._loudspeaker = loudspeaker
        self._began = clock.now().monotonic
        self._hot = self._small = False
        self.voice: str | None = None
        """What is wrong with the voice detector; None when it works, or is not needed."""

    def listen(self) -> None:
        """Let the voice detector prove that it runs."""
        self.voice = voice.fault() if self._ear.fitted else None

    def self_test(self, now: Now, faults: Collection[str]) -> Started | None:
        """What works and what does not; None while the disk or the microphone has not yet shown it."""
        ear, waited_s = self._ear.status(), now.monotonic - self._began
        silent_yet = ear.state == "hearing" and ear.level_dba is None
        if waited_s < SELF_TEST_WAIT_S and (silent_yet or not self._outbox.tried):
            return None
        down = [f"{button.value}: pressed at the start" for button in self._board.down]
        tested = {
            "buttons": self._board.deaf or "; ".join(down),
            "lights": self._board.fault or "",
            "disk": "" if self._outbox.tried and "disk" not in faults else "see its fault",
            "clock": "" if now.synced else "not synchronised",
        }
        if self._ear.fitted:
            tested["vad"] = self.voice or ""
            tested["microphone"] = "no sound yet" if silent_yet else _ill(ear) or ""
        failed = [f"{part}: {why}"[:300] for part, why in tested.items() if why]
        failed += [f"{part}: see its fault" for part in faults if part not in tested]
        return Started(
            version("madomori"),
            self._hardware,
            tuple(part for part in tested if not tested[part]),
            tuple(failed),
        )

    def look(self, now: Now) -> Iterable[PartState | Exposure]:
        """Everything that the heart is told every second."""
        yield from self.parts(now)
        exposure = self._ear.status().exposure
        if exposure is not None:
            yield exposure

    def parts(self, now: Now) -> Iterable[PartState]:
        """How each part is at this moment."""
        yield part_state("buttons", self._board.deaf)
        yield part_state("lights", self._board.fault)
        ear = self._ear.status()
        yield microphone_state(ear)
        yield part_state("vad", self.voice)
        yield part_state("calibration", self._ear.calibration.fault)
        yield part_state("clipping", TOO_LOUD if ear.clips else None)
        yield part_state("gain", TURNS if ear.gain_turns else None)
        if self._recordings is not None:
            for part, fault in self._recordings.faults().items():
                yield part_state(part, fault)
        if self._loudspeaker is not None:
            yield part_state("loudspeaker", self._loudspeaker.fault)
        unset = not now.synced and now.monotonic - self._began >= CLOCK_PATIENCE_S
        yield part_state("clock", "nobody has set it" if unset else None)
        slowed = self._machine.throttled()
        yield part_state("power", "too little voltage" if "under-voltage" in slowed else None)
        hot = self._machine.cpu_c()
        self._hot = hot is not None and hot >= (COOL_C if self._hot else HOT_C)
        yield part_state("heat", f"the processor has {hot:.0f} degrees" if self._hot else None)
        free_mb = self._outbox.free_mb
        if free_mb is not None:
            self._small = free_mb < (ROOMY_DISK_MB if self._small else SMALL_DISK_MB)
            yield part_state("disk-space", f"{free_mb} MB are free" if self._small else None)

    def heartbeat(self, now: Now, backlog: Backlog, faults: Iterable[str], config: int) -> Health:
        """The heartbeat of this moment."""
        ear = self._ear.status()
        return Health(
            time=now.wall,
            boot=self._identity.boot,
            uptime_s=now.monotonic,
            clock="synced" if now.synced else "unsynced",
            version=version("madomori"),
            pending=len(backlog),
            pending_alarms=backlog.alarms,
            microphone=ear.state,
            level_dba=decibel(ear.level_dba),
            background_dba=decibel(ear.background_dba),
            laeq_minute_dba=decibel(ear.minute_dba),
            recording=self._recordings is not None and self._recordings.storing,
            segments_waiting=self._recordings.shelf.waiting if self._recordings else 0,
            disk_free_mb=self._outbox.free_mb,
            memory_mb=self._machine.memory_mb(),
            faults=list(faults)[:FAULTS_MAX],
            config=config,
            system=self._machine.system,
            cpu_c=self._machine.cpu_c(),
            throttled=list(self._machine.throttled()),
            clock_offset_s=self._clock.offset_s(),
        )


def sound_level(ear: EarStatus, now: Now, calibrated: bool) -> Level | None:
    """The level of this moment, if there is one."""
    level, background = decibel(ear.level_dba), decibel(ear.background_dba)
    if level is None or background is None:
        return None
    return Level(time=now.wall, level_dba=level, background_dba=background, calibrated=calibrated)


def microphone_state(ear: EarStatus) -> PartState:
    """The microphone as a part that works or not."""
    return part_state("microphone", _ill(ear))


def _ill(ear: EarStatus) -> str | None:
    return f"{ear.state}: {ear.detail}" if ear.state in ("silent", "failed") else None


def part_state(part: str, fault: str | None) -> PartState:
    """With the fault as the contract allows it: no control characters, not too long."""
    if fault is not None:
        fault = "".join(sign if sign.isprintable() else " " for sign in fault)[:300]
    return PartState(part, fault)


def decibel(level: float | None) -> float | None:
    """A level that the contract can carry, else None: digital silence has no level."""
    return level if level is not None and math.isfinite(level) and -50.0 <= level <= 200.0 else None
