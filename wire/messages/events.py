"""What a unit's event says beyond its envelope: one class for each type.

``EVENT_TYPES`` is found from the classes, so a new one cannot be forgotten there.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wire.messages.base import Decibel, Label, Message, Seconds, Sequence, Share, Text, Token

TYPE_PREFIX = "io.madomori."


class EventData(Message):
    """Data of an event. ``alarm`` events drain before all others and are never evicted."""

    TYPE: ClassVar[str]
    ALARM: ClassVar[bool] = False


class Panic(EventData):
    """The emergency button was pressed. Every press is sent; a series gathers presses of one incident."""

    TYPE = TYPE_PREFIX + "panic.v1"
    ALARM = True

    presses: Annotated[int, Field(ge=1, le=100_000)] = 1
    """Presses this event stands for: more than one when they came faster than they are sent."""


class Withdrawn(EventData):
    """Staff held the emergency button: "withdrawn by staff, please check". It silences nothing."""

    TYPE = TYPE_PREFIX + "withdrawn.v1"
    ALARM = True

    panic_epoch: Token
    panic_sequence: Sequence


class Assist(EventData):
    """The assist button was pressed: a colleague is asked to come."""

    TYPE = TYPE_PREFIX + "assist.v1"
    ALARM = True


class SessionStarted(EventData):
    """A meeting at the counter began."""

    TYPE = TYPE_PREFIX + "session-started.v1"

    limit_s: Seconds
    """Time limit from the start, in seconds."""
    warn_s: Seconds
    """The amber light comes on this long before the limit, in seconds."""
    grace_s: Seconds
    """The red light begins to blink this long after the limit, in seconds."""


class SessionExtended(EventData):
    """Staff gave the meeting more time."""

    TYPE = TYPE_PREFIX + "session-extended.v1"

    by_s: Seconds
    limit_s: Seconds
    """The limit from now on, counted from the start of the meeting, in seconds."""


class SessionStopped(EventData):
    """The meeting ended."""

    TYPE = TYPE_PREFIX + "session-stopped.v1"

    lasted_s: Seconds
    """Monotonic duration; wall-clock jumps do not enter it."""


class Finding(EventData):
    """What the hearing found, with its reasons. An estimate by a machine, always shown as one."""

    finding: Token
    """The same in every event of one finding."""
    level_dba: Decibel
    background_dba: Decibel
    duration_s: Seconds
    score: Share
    calibrated: bool
    """False: the levels are relative to the default calibration and may be off by many decibels."""
    model: Label
    """Name and version of the rule or model that decided."""


class Shout(Finding):
    """A sustained raised voice far above the room."""

    TYPE = TYPE_PREFIX + "shout.v1"
    ALARM = True

    phase: Literal["start", "update", "end"]
    voice_share: Share
    """Part of the loud frames in which the voice detector heard a voice."""


class Bang(Finding):
    """A struck desk, or something like it."""

    TYPE = TYPE_PREFIX + "bang.v1"


class Booted(EventData):
    """The unit's program started and tested itself."""

    TYPE = TYPE_PREFIX + "booted.v1"

    version: Label
    hardware: Literal["gpio", "simulated"]
    passed: Annotated[list[Label], Field(max_length=32)]
    failed: Annotated[list[Text], Field(max_length=32)]
    """What the self-test found wrong, each with the part's name first."""


class FaultRaised(EventData):
    """Something on the unit stopped working."""

    TYPE = TYPE_PREFIX + "fault-raised.v1"

    part: Label
    """``panic``, ``microphone``, ``disk``, ``clock`` and so on: one open fault for each."""
    detail: Text


class FaultCleared(EventData):
    """It works again."""

    TYPE = TYPE_PREFIX + "fault-cleared.v1"

    part: Label


def _leaves(cls: type[EventData]) -> list[type[EventData]]:
    below = [leaf for child in cls.__subclasses__() for leaf in _leaves(child)]
    return below if below or "TYPE" not in cls.__dict__ else [cls]


EVENT_TYPES: dict[str, type[EventData]] = {cls.TYPE: cls for cls in _leaves(EventData)}
"""CloudEvents ``type`` to the class of its data."""
