"""What the heart is told: small frozen records, each with the field's word for what happened."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, Self

from device.hearing.findings import Heard
from device.hearing.leq import Exposure
from device.notes import Notes
from wire.evidence.line import End
from wire.messages.hub import AreaAlarm, Command, Config, Lamp, Receipt

Hardware = Literal["gpio", "simulated"]
"""Which hardware a unit runs on."""


NO_NOTES = Notes()


class Button(StrEnum):
    """The buttons of a unit, in the order they stand on it."""

    PANIC = "panic"
    ASSIST = "assist"
    SESSION = "session"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class Now:
    """One reading of the clock."""

    monotonic: float
    """Seconds since boot; never jumps."""
    wall: datetime
    """With its offset; may jump when the clock is set."""
    synced: bool
    """Whether ``wall`` is known to be right."""

    def back_to(self, monotonic: float) -> Self:
        """The reading at an earlier ``monotonic``, by the same wall clock."""
        wall = self.wall - timedelta(seconds=self.monotonic - monotonic)
        return type(self)(monotonic, wall, self.synced)


@dataclass(frozen=True, slots=True)
class AlarmKey:
    """An alarm event of this unit."""

    epoch: str
    sequence: int


@dataclass(frozen=True, slots=True)
class Started:
    """The program is up, and this is what its self-test found."""

    version: str
    hardware: Hardware
    passed: tuple[str, ...]
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recovered:
    """What the outbox held from earlier runs."""

    epochs: tuple[str, ...]
    """Every epoch that the outbox remembers, oldest first, without the present one."""
    alarms: tuple[tuple[AlarmKey, float], ...]
    """Button alarms without a receipt, oldest first, each with its age in seconds."""
    notes: Notes = NO_NOTES
    """What the last run noted."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A contact closed or opened, chatter and all."""

    button: Button
    pressed: bool
    at: Now


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed; comes at least ten times a second."""


@dataclass(frozen=True, slots=True)
class Connection:
    """The state of the link to the broker."""

    connected: bool
    count: int
    """How many connections there have been: a new number means that what was under way may be lost."""


@dataclass(frozen=True, slots=True)
class ReceiptArrived:
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class LampArrived:
    lamp: Lamp


@dataclass(frozen=True, slots=True)
class AreaAlarmArrived:
    alarm: AreaAlarm


@dataclass(frozen=True, slots=True)
class CommandArrived:
    command: Command


@dataclass(frozen=True, slots=True)
class ConfigArrived:
    config: Config


@dataclass(frozen=True, slots=True)
class PartState:
    """A part works, or does not. Told as often as one likes: only a change is an event."""

    part: str
    """At most 40 printable ASCII characters: ``microphone``, ``disk``, ``outbox``."""
    fault: str | None
    """What is wrong; None when it works."""


@dataclass(frozen=True, slots=True)
class RecorderTold:
    """How the recording of one order stands. Told as often as one likes: each is the whole truth."""

    order: int
    """0: a recording of an earlier run of the program, which ended with the power."""
    recording: str | None
    """None while nothing has been stored."""
    storing: bool
    end: End | None = None
    """Given once it is closed, or could not begin."""
    pre_roll_s: float = 0.0
    stored_s: float = 0.0
    """Sound that is stored, in seconds, with what was kept from before."""
    missing_s: float = 0.0
    """Of that, what the microphone did not give."""


@dataclass(frozen=True, slots=True)
class BacklogFull:
    """Whether so much waits for the hub that only alarms are still accepted."""

    full: bool


@dataclass(frozen=True, slots=True)
class Stopping:
    """The program ends: what was held back must be said now."""


Input = (
    AreaAlarmArrived
    | BacklogFull
    | CommandArrived
    | ConfigArrived
    | Connection
    | Edge
    | Exposure
    | Heard
    | LampArrived
    | PartState
    | ReceiptArrived
    | RecorderTold
    | Recovered
    | Started
    | Stopping
    | Tick
)
"""All that the heart takes."""
