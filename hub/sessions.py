"""Meetings at a counter, as the unit's events tell them; events may arrive in any order."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from wire.messages.events import Booted, EventData, GoingOn, SessionExtended, SessionStarted, SessionStopped

SESSION_TYPES = (Booted.TYPE, SessionStarted.TYPE, SessionExtended.TYPE, SessionStopped.TYPE)


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


def fold(unit: str, epoch: str, told: Iterable[tuple[int, datetime, EventData]]) -> list[Session]:
    """All meetings that the events of one epoch tell of, oldest first, from ``(sequence, happened, content)``
    in any order. The first may have begun in an earlier epoch: the unit's program started anew in its middle.
    """
    sessions: list[Session] = []
    for sequence, happened, content in sorted(told, key=lambda row: row[0]):
        running = sessions[-1] if sessions and sessions[-1].ended is None else None
        match content:
            case SessionStarted():
                if running is not None:  # its end is missing, for now or for ever
                    sessions[-1] = replace(running, ended=happened)
                limits = (content.limit_s, content.warn_s, content.grace_s)
                sessions.append(Session(unit, epoch, sequence, happened, *limits))
            case Booted(session=GoingOn() as goes_on) if running is None:
                began = happened - timedelta(seconds=goes_on.lasted_s)
                limits = (goes_on.limit_s, goes_on.warn_s, goes_on.grace_s)
                sessions.append(Session(unit, goes_on.epoch, goes_on.sequence, began, *limits))
            case SessionExtended() if running is not None:
                sessions[-1] = replace(running, limit_s=content.limit_s)
            case SessionStopped() if running is not None:
                ended = running.started + timedelta(seconds=content.lasted_s)
                sessions[-1] = replace(running, ended=ended, lasted_s=content.lasted_s)
    return sessions
