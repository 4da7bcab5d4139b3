"""What a unit's event says beyond its envelope: one class for each type.

``EVENT_TYPES`` is found from the classes, so a new one cannot be forgotten there.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wire.evidence.line import End, Why
from wire.messages.base import CaseNumber, Decibel, Label, Message, Seconds, Sequence, Share, Text, Token

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
    drill: bool = False
    """Pressed while a drill was on. An alarm all the same: nobody can know that it was meant as practice."""


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

    drill: bool = False
    """As with ``Panic``."""


class SessionStarted(EventData):
    """A meeting at the counter began."""

    TYPE = TYPE_PREFIX + "session-started.v1"

    limit_s: Seconds
    """Time limit from the start, in seconds."""
    warn_s: Seconds
    """The amber light comes on this long before the limit, in seconds."""
    grace_s: Seconds
    """The red light begins to blink this long after the limit, in seconds."""
    recorded: bool = False
    """Whether the meeting is recorded from its start."""
    case: CaseNumber | None = None
    """The agreement with the visitor under which it was begun, by command."""
    command: Token | None = None
    """The command that began it, whose sender the hub knows. None: the button at the counter."""


class SessionAgreed(EventData):
    """The meeting that goes on is from now on under what was agreed with the visitor."""

    TYPE = TYPE_PREFIX + "session-agreed.v1"

    case: CaseNumber
    limit_s: Seconds
    """The limit from now on, counted from the start of the meeting, in seconds."""
    warn_s: Seconds
    grace_s: Seconds
    recorded: bool
    """Whether a recording goes on, or begins now."""
    command: Token
    """The command that asked for it, whose sender the hub knows."""


class SessionExtended(EventData):
    """Staff gave the meeting more time."""

    TYPE = TYPE_PREFIX + "session-extended.v1"

    by_s: Seconds
    limit_s: Seconds
    """The limit from now on, counted from the start of the meeting, in seconds."""
    command: Token | None = None
    """The command that asked for it, whose sender the hub knows. None: the button at the counter."""


class SessionStopped(EventData):
    """The meeting ended."""

    TYPE = TYPE_PREFIX + "session-stopped.v1"

    lasted_s: Seconds
    """Monotonic duration; wall-clock jumps do not enter it."""
    laeq_dba: Decibel | None = None
    """Mean level (LAeq) of what the microphone heard during the meeting; None when it heard nothing."""
    heard_s: Seconds | None = None
    """How much of the meeting that is the mean of: less than ``lasted_s`` when the microphone or the program
    failed meanwhile."""


class SessionUnknown(EventData):
    """The computer was without power in the middle of a meeting: how long it has lasted, and whether it still
    goes on, is not known. It ends here; the unit does not guess.
    """

    TYPE = TYPE_PREFIX + "session-unknown.v1"

    epoch: Token | None = None
    """With ``sequence``: the event that started the meeting. None when there was no room for that event."""
    sequence: Sequence | None = None


class RecordingStarted(EventData):
    """Something is being stored at the counter. Its time is that of the wish, not of the oldest sound."""

    TYPE = TYPE_PREFIX + "recording-started.v1"

    recording: Token
    why: Why
    """Who or what began it: ``case`` is a visitor whose meetings are recorded by agreement."""
    pre_roll_s: Seconds
    """Sound from before the start that belongs to it, in seconds."""
    command: Token | None = None
    """The command that asked for it, whose sender the hub knows."""


class RecordingEnded(EventData):
    """Nothing more is stored of it. Its segments may still be under way."""

    TYPE = TYPE_PREFIX + "recording-ended.v1"

    recording: Token
    end: End
    """``power``: the unit's program ended, in order or not."""
    stored_s: Seconds
    """Sound that was stored, in seconds."""
    missing_s: Seconds
    """Of that, what the microphone did not give: silence stands in its place."""


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
    pitch_hz: Annotated[float, Field(ge=20, le=8000, allow_inf_nan=False)] | None = None
    """Median pitch at the clearest moment; None where there was none."""
    tilt_db: Annotated[float, Field(ge=-150, le=150, allow_inf_nan=False)] | None = None
    """Spectral balance at the clearest moment: energy above 1 kHz over energy below, in dB."""


class Bang(Finding):
    """A struck desk, or something like it."""

    TYPE = TYPE_PREFIX + "bang.v1"


class GoingOn(Message):
    """A meeting that goes on although the program of its unit started anew."""

    epoch: Token
    """With ``sequence``: the event that started the meeting."""
    sequence: Sequence
    lasted_s: Seconds
    """By the monotonic clock, at the moment of the event that says this."""
    limit_s: Seconds
    """With all extensions so far, in seconds."""
    warn_s: Seconds
    grace_s: Seconds
    case: CaseNumber | None = None
    """The agreement with the visitor under which it goes on."""


class Booted(EventData):
    """The unit's program started and tested itself. A meeting that it does not name has ended."""

    TYPE = TYPE_PREFIX + "booted.v1"

    version: Label
    hardware: Literal["gpio", "simulated"]
    passed: Annotated[list[Label], Field(max_length=32)]
    failed: Annotated[list[Text], Field(max_length=32)]
    """What the self-test found wrong, each with the part's name first."""
    session: GoingOn | None = None
    """What goes on at the counter; None: no meeting."""


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


class CommandAnswered(EventData):
    """What became of a command, once for each that arrived."""

    TYPE = TYPE_PREFIX + "command-answered.v1"

    command: Token
    name: Label
    done: bool
    """Done, or begun where it takes time."""
    why: Text = ""
    """Why it was not done; empty when it was."""


class ClockSet(EventData):
    """The wall clock has become right. The time of this event is right, so with ``boot`` and ``uptime`` it
    tells the true time of every event of the same boot that says ``unsynced``.
    """

    TYPE = TYPE_PREFIX + "clock-set.v1"

    by_s: Annotated[float, Field(ge=-1e11, le=1e11, allow_inf_nan=False)]
    """How far the wall clock was moved since the unit last looked, in seconds; forward is positive."""


def _leaves(cls: type[EventData]) -> list[type[EventData]]:
    below = [leaf for child in cls.__subclasses__() for leaf in _leaves(child)]
    return below if below or "TYPE" not in cls.__dict__ else [cls]


EVENT_TYPES: dict[str, type[EventData]] = {cls.TYPE: cls for cls in _leaves(EventData)}
"""CloudEvents ``type`` to the class of its data."""
