"""A trouble: one thing that is wrong with one unit (or with the hub), from when to when."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from hub.escalation.roster import Recipient
from hub.escalation.standing import Standing

GONE_S = 60.0
"""What is well again for so long is over, in seconds. Before, it may only be pausing."""

UNSTEADY_CHANGES = 4
UNSTEADY_WITHIN_S = 600.0
"""So many changes within so long, in seconds: it comes and goes. It is then told once, and over when it has
been well for as long."""


class TroubleState(StrEnum):
    """How far it has come."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    """A named person knows."""
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One trouble. Times are UTC."""

    id: int
    """0 until it is stored."""
    unit: str
    """A unit; ``hub``; or the name of a ladder."""
    part: str
    """What is wrong: a part as a heartbeat names it, ``silent``, ``missing-events`` …"""
    detail: str
    since: datetime
    present: bool = True
    """Whether it is wrong at this moment."""
    changed_at: tuple[datetime, ...] = ()
    """When ``present`` changed, of late."""
    unsteady: bool = False
    state: TroubleState = TroubleState.OPEN
    acknowledged_by: str | None = None
    ended: datetime | None = None
    standing: Standing | None = None
    calls: int = 0
    told: tuple[Recipient, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What it is about."""
        return (self.unit, self.part)


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Planned work: troubles are shown but not told. It always ends, and it never mutes an alarm."""

    id: int
    unit: str | None
    area: str | None
    """Neither: the whole site."""
    begin: datetime
    until: datetime
    """Not included."""
    by: str
    why: str
    ended: datetime | None = None
    """When a person ended it before its time."""

    def covers(self, unit: str, area: str | None) -> bool:
        """Whether it is about that unit."""
        if self.unit is not None:
            return unit == self.unit
        return self.area is None or area == self.area


def muted_until(works: Iterable[Maintenance], unit: str, area: str | None, now: datetime) -> datetime | None:
    """Until when troubles of a unit are not told; None: they are."""
    ends = [
        work.until
        for work in works
        if work.ended is None and work.begin <= now < work.until and work.covers(unit, area)
    ]
    return max(ends, default=None)


def observe(
    known: Trouble | None, present: bool, now: datetime, key: tuple[str, str], detail: str
) -> Trouble | None:
    """The trouble after a look at its part; None: there is none and was none.

    ``known`` is the last one of this key, also when it is over: what comes back soon goes on.
    """
    if known is None or _forgotten(known, now):
        return Trouble(0, *key, detail, now, changed_at=(now,)) if present else None
    trouble = known
    if present and detail:
        trouble = replace(trouble, detail=detail)
    if present != trouble.present:
        trouble = _changed(trouble, present, now)
    if not trouble.present and trouble.state is not TroubleState.OVER and _well_for(trouble, now):
        trouble = replace(trouble, state=TroubleState.OVER, ended=now, unsteady=False)
    return trouble


def acknowledge(trouble: Trouble, who: str) -> Trouble | None:
    """A named person knows of it; None: it is over, or somebody knows already."""
    if trouble.state is not TroubleState.OPEN:
        return None
    return replace(trouble, state=TroubleState.ACKNOWLEDGED, acknowledged_by=who, standing=None)


def _forgotten(known: Trouble, now: datetime) -> bool:
    """Over, and for so long that what comes now is another trouble."""
    return known.state is TroubleState.OVER and (
        known.ended is None or now - known.ended > timedelta(seconds=UNSTEADY_WITHIN_S)
    )


def _changed(trouble: Trouble, present: bool, now: datetime) -> Trouble:
    window = now - timedelta(seconds=UNSTEADY_WITHIN_S)
    changes = (*(at for at in trouble.changed_at if at > window), now)[-2 * UNSTEADY_CHANGES :]
    trouble = replace(trouble, present=present, changed_at=changes)
    if len(changes) >= UNSTEADY_CHANGES:
        trouble = replace(trouble, unsteady=True)
    if present and trouble.state is TroubleState.OVER:  # it is back
        trouble = replace(
            trouble, state=TroubleState.OPEN, ended=None, acknowledged_by=None, standing=None, since=now
        )
    return trouble


def _well_for(trouble: Trouble, now: datetime) -> bool:
    wanted = UNSTEADY_WITHIN_S if trouble.unsteady else GONE_S
    return not trouble.changed_at or now - trouble.changed_at[-1] >= timedelta(seconds=wanted)
