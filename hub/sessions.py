"""Meetings at a counter, as the unit's events tell them; events may arrive in any order."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from wire.messages.events import (
    Booted,
    EventData,
    GoingOn,
    SessionAgreed,
    SessionExtended,
    SessionStarted,
    SessionStopped,
)

SESSION_TYPES = (
    Booted.TYPE,
    SessionStarted.TYPE,
    SessionAgreed.TYPE,
    SessionExtended.TYPE,
    SessionStopped.TYPE,
)
Told = tuple[int, float, datetime, EventData]
"""Sequence of an event, the unit's uptime at it in seconds, when it happened, and its content."""


@dataclass(frozen=True, slots=True)
class Session:
    """One meeting."""

    unit: str
    epoch: str
    sequence: int
    """Of the event that started it."""
    started: datetime
    limit_s: float
    warn_s: float
    grace_s: float
    ended: datetime | None = None
    lasted_s: float | None = None
    """By the unit's monotonic clock; None when the unit did not tell the end."""
    case: int | None = None
    """The case under whose agreement it goes on, as the unit tells it back."""
    told_at: float = 0.0
    """The unit's uptime when it last told the limits, in seconds. A meeting lies in one boot, so that this
    orders what several epochs tell of it."""
    two_staff: bool = False
    """Whether the case asks for two of the staff; looked up, never told by the unit."""


def fold(unit: str, epoch: str, told: Iterable[Told]) -> list[Session]:
    """All meetings that the events of one epoch tell of, oldest first, whatever order they come in. The first
    may have begun in an earlier epoch: the unit's program started anew in its middle.
    """
    sessions: list[Session] = []
    for sequence, uptime, happened, content in sorted(told, key=lambda row: row[0]):
        running = sessions[-1] if sessions and sessions[-1].ended is None else None
        match content:
            case SessionStarted():
                if running is not None:  # its end is missing, for now or for ever
                    sessions[-1] = replace(running, ended=happened)
                limits = (content.limit_s, content.warn_s, content.grace_s)
                begun = Session(unit, epoch, sequence, happened, *limits, case=content.case, told_at=uptime)
                sessions.append(begun)
            case Booted(session=GoingOn() as goes_on) if running is None:
                began = happened - timedelta(seconds=goes_on.lasted_s)
                limits = (goes_on.limit_s, goes_on.warn_s, goes_on.grace_s)
                known = Session(unit, goes_on.epoch, goes_on.sequence, began, *limits)
                sessions.append(replace(known, case=goes_on.case, told_at=uptime))
            case SessionAgreed() if running is not None:
                sessions[-1] = replace(
                    running,
                    limit_s=content.limit_s,
                    warn_s=content.warn_s,
                    grace_s=content.grace_s,
                    case=content.case,
                    told_at=uptime,
                )
            case SessionExtended() if running is not None:
                sessions[-1] = replace(running, limit_s=content.limit_s, told_at=uptime)
            case SessionStopped() if running is not None:
                ended = running.started + timedelta(seconds=content.lasted_s)
                sessions[-1] = replace(running, ended=ended, lasted_s=content.lasted_s)
    return sessions
