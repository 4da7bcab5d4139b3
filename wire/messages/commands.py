"""What commands and the desired configuration hold, field by field. The hub makes them, the unit checks them.

Unlike other messages these refuse a field that they do not know: a unit that left out half of what it was
asked would do something that nobody asked for.
"""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, ValidationError

from wire.limits import ASKED_S_MAX, DRILL_S_MAX, MEETING_S_MAX
from wire.messages.base import CaseNumber, Message

_Asked = Annotated[float, Field(gt=0, le=ASKED_S_MAX, allow_inf_nan=False)]
_Span = Annotated[float, Field(gt=0, le=MEETING_S_MAX, allow_inf_nan=False)]
_SpanOrNone = Annotated[float, Field(ge=0, le=MEETING_S_MAX, allow_inf_nan=False)]


class Whole(Message):
    """A message that is taken as a whole or refused."""

    model_config = ConfigDict(extra="forbid")


class Nothing(Whole):
    """A command without arguments."""


class Identify(Whole):
    """Show where the unit is, with every light."""

    seconds: _Asked = 10.0


class WatchLevel(Whole):
    """Publish the sound level, up to ``LEVEL_HZ_MAX`` times a second."""

    seconds: _Asked = 10.0


class Extend(Whole):
    """Give the meeting more time."""

    by_s: _Span | None = None
    """None: what the unit's own button would give."""


class Drill(Whole):
    """Presses from now on are marked as practice. They are alarms all the same."""

    seconds: Annotated[float, Field(ge=0, le=DRILL_S_MAX, allow_inf_nan=False)] = 600.0
    """0 ends the drill."""


class Record(Whole):
    """Record from now on, with what was kept from before."""

    why: Literal["hub", "session", "case"] = "hub"
    """``session``: for the meeting that goes on, as was agreed with the visitor; it ends with the meeting.
    ``case``: for a visitor whose meetings are recorded."""


class Meet(Whole):
    """Begin a meeting under what was agreed with a visitor, or put the one that goes on under it. Without
    recording a recording that goes on is left alone."""

    case: CaseNumber
    """What the hub calls the agreement by. It means nothing to the unit, which only tells it back."""
    limit_s: _Span | None = None
    """From the start of the meeting; None: as the unit's own, or as it is."""
    record: bool = False
    """From now on until the meeting ends."""


NO_SESSION_BUTTON = "no session button: nobody at the counter could end the meeting"
NOT_RECORDED = "the meeting goes on as agreed, but is not recorded: "
"""Begins the reason when a unit has done one half of ``meet``; then comes why not the other."""
NO_RECORDER = "this unit has no recorder"
RECORDER_FAILS = "the recorder does not work or has no room"
NOT_HEARING = "no microphone that hears"

ARGUMENTS: dict[str, type[Whole]] = {
    "identify": Identify,
    "watch-level": WatchLevel,
    "extend": Extend,
    "meet": Meet,
    "drill": Drill,
    "restart": Nothing,
    "record": Record,
    "stop-record": Nothing,
}
"""Name of a command to the class of its arguments."""


class Desired(Whole):
    """The settings of a desired configuration. What is absent stays as the unit's own file says."""

    limit_s: _Span | None = None
    """Time limit of a meeting, in seconds; likewise the others."""
    warn_s: _SpanOrNone | None = None
    grace_s: _SpanOrNone | None = None
    extend_s: _Span | None = None
    sensitivity: Literal["low", "normal", "high"] | None = None
    """When a loud sound is a finding; what the words mean is the unit's, since it depends on its model."""


def refusal(error: ValidationError) -> str:
    """Why arguments or settings were refused: which field must be what. What was given is not repeated, since
    it may be anything.
    """
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    told: list[str] = [_fault(dict(fault)) for fault in faults[:3]]
    return "; ".join(told)[:300]


def _fault(fault: dict[str, Any]) -> str:
    field = "".join(sign for sign in ".".join(map(str, fault["loc"])) if sign.isprintable())[:40]
    if fault["type"] == "extra_forbidden":
        return f"{field}: not known"
    return f"{field}: {fault['msg']}"
