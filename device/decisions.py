"""What the heart decides; hands carry it out."""

from dataclasses import dataclass
from typing import Literal

from device.hearing.figures import SensitivityName
from device.notes import CommandsNote, ConfigNote, SessionNote
from wire.evidence.line import End, Why
from wire.lights import Light, Pattern
from wire.messages import Event, Reported


@dataclass(frozen=True, slots=True)
class Send:
    """Publish this event and write it to the outbox, side by side."""

    event: Event


@dataclass(frozen=True, slots=True)
class Show:
    """From now on ``light`` shows ``pattern``."""

    light: Light
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Note:
    """Write this for the next start, in place of what was noted under the name; None: nothing any more."""

    name: Literal["session", "config", "commands"]
    note: SessionNote | ConfigNote | CommandsNote | None


@dataclass(frozen=True, slots=True)
class Report:
    """Publish which configuration runs, or why one was refused."""

    reported: Reported


@dataclass(frozen=True, slots=True)
class WatchLevel:
    """Publish the sound level until then."""

    until: float
    """Monotonic."""


@dataclass(frozen=True, slots=True)
class HearWith:
    """From now on the hearing is so sensitive."""

    sensitivity: SensitivityName


@dataclass(frozen=True, slots=True)
class Beep:
    """Sound the buzzer, where one is fitted."""

    times: int


@dataclass(frozen=True, slots=True)
class Restart:
    """End the program, so that the service manager starts it anew."""


@dataclass(frozen=True, slots=True)
class StartRecording:
    """Record from now on, with what was kept from before; the recorder says what became of ``order``."""

    order: int
    why: Why


@dataclass(frozen=True, slots=True)
class StopRecording:
    """Close the recording of ``order``."""

    order: int
    end: End


@dataclass(frozen=True, slots=True)
class Speak:
    """Play the sentence that tells visitors of the recording that is about to begin."""


@dataclass(frozen=True, slots=True)
class Hush:
    """Speak no further."""


@dataclass(frozen=True, slots=True)
class TakePictures:
    """A still and a clip for the recording that goes on, where a camera is fitted."""


Decision = (
    Send
    | Show
    | Note
    | Report
    | WatchLevel
    | HearWith
    | Beep
    | Restart
    | StartRecording
    | StopRecording
    | TakePictures
    | Speak
    | Hush
)
