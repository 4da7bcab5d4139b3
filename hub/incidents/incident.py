"""What an incident is: its state, its severity, and the lines of its timeline."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hub.escalation.roster import Recipient
from hub.escalation.standing import Standing


class State(StrEnum):
    """How far the answer has come."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    """A named person has said that they come."""
    RESPONDING = "responding"
    """Somebody is there."""
    RESOLVED = "resolved"
    CLOSED = "closed"


UNRESOLVED = frozenset({State.OPEN, State.ACKNOWLEDGED, State.RESPONDING})
"""States in which an incident gathers what follows at its counter."""


class Severity(StrEnum):
    """How loud it is shown."""

    ALARM = "alarm"
    """Somebody pressed a button, or the hearing found two things shortly after each other."""
    ATTENTION = "attention"
    """The hearing found one shout; nobody pressed anything."""
    DRILL = "drill"
    """One press of a button whose unit was in a drill."""


class Outcome(StrEnum):
    """What it was, as a person decided."""

    HARASSMENT = "harassment"
    COMPLAINT = "legitimate-complaint"
    FALSE_ALARM = "false-alarm"
    DRILL = "drill"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident, as far as it has come. Times are UTC."""

    id: int
    """0 until it is stored."""
    unit: str
    severity: Severity
    kinds: tuple[str, ...]
    """What happened, each kind once, in the order of its first alert."""
    state: State
    opened: datetime
    last: datetime
    """Time of the latest alert; both are the times at which it happened."""
    presses: int
    withdrawn: bool
    late_s: float
    """How much later than ``opened`` the hub heard of it, in seconds; 0 for what came at once."""
    last_event: str
    """``{epoch}-{sequence}`` of the alert that came last."""
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    helper: str | None = None
    """Who is coming, or is there. Not always who answered: it may have been handed over."""
    arrive_by: datetime | None = None
    """When the helper counts as not having come."""
    standing: Standing | None = None
    """Place on the ladder while somebody is being called."""
    called_at: datetime | None = None
    """When somebody was called last; None also when a person has opened it again since."""
    calls: int = 0
    """How many times somebody was told something."""
    told: tuple[Recipient, ...] = ()
    """Who was called and has not been told yet that somebody answers."""
    sign_due: datetime | None = None
    """When a new sign at an answered incident is told: soon, but not for each press of a series."""
    snoozed_until: datetime | None = None
    ends_at: datetime | None = None
    """When the hub ends it by itself: a drill."""
    level_dba: float | None = None
    """The loudest that was found."""
    calibrated: bool | None = None
    outcome: Outcome | None = None
    merged_into: int | None = None
    """The incident of which this one turned out to be a part."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an incident's timeline."""

    what: str
    at: datetime
    """When it happened, UTC."""
    who: str | None = None
    """Name of the person who did it; None for what machines did."""
    actor: str = "hub"
    """``hub``, ``unit:{name}`` or ``person:{login}``."""
    detail: Mapping[str, object] = field(default_factory=dict)
