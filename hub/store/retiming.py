"""Times that turn out to be wrong afterwards: events of a clock that was not set, once it is known when their
boot began. What the unit said stays as it came; the hub's reckoning of it moves, and says so.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from hub.alerts import LATE_AFTER_S
from hub.boots import corrected
from hub.sessions import SESSION_TYPES
from hub.store.events import last_streams
from hub.store.schema import entry, event, incident

EVENTS_ASKED = 200
"""Events from which the beginning of a boot is reckoned: the first of an epoch came as early as any."""

AT_ONCE = 500
"""Rows in one question to the database."""


@dataclass(frozen=True, slots=True)
class Retimed:
    """What has another time now."""

    incidents: set[int] = field(default_factory=set)
    epochs: set[str] = field(default_factory=set)
    """Of the unit, in which events of meetings moved."""


def began(tx: Connection, site: str, unit: str, boot: str) -> datetime | None:
    """When a boot began by what is stored of it: the earliest that any of its events tells. None when nothing
    is stored of it.
    """
    epochs = [epoch for _, epoch in last_streams(tx, site, [unit])]
    rows = tx.execute(
        select(event.c.received_at, event.c.late_s, event.c.uptime)
        .where(event.c.site == site, event.c.unit == unit, event.c.epoch.in_(epochs), event.c.boot == boot)
        .limit(EVENTS_ASKED)
    )
    told = [row.received_at - timedelta(seconds=row.late_s + row.uptime) for row in rows]
    return min(told, default=None)


def retime(tx: Connection, site: str, unit: str, boot: str, boot_began: datetime) -> Retimed:
    """Move the events of a clock that was not set to when they happened, and what was made of them."""
    rows = tx.execute(
        select(
            event.c.id, event.c.epoch, event.c.type, event.c.received_at, event.c.late_s, event.c.uptime
        ).where(event.c.site == site, event.c.unit == unit, event.c.boot == boot, event.c.clock == "unsynced")
    )
    moved: dict[int, tuple[Any, float]] = {}
    for row in rows:
        late_s = corrected(row.received_at, row.late_s, row.uptime, boot_began)
        if late_s is not None:
            moved[row.id] = (row, late_s)
    if not moved:
        return Retimed()
    tx.execute(
        update(event).where(event.c.id == bindparam("number")).values(late_s=bindparam("late")),
        [{"number": number, "late": late_s} for number, (_, late_s) in moved.items()],
    )
    found = {
        number
        for part in _parts(list(moved))
        for number in _move_lines(tx, {each: moved[each] for each in part})
    }
    for number in found:
        _move_incident(tx, number)
    epochs = {row.epoch for row, _ in moved.values() if row.type in SESSION_TYPES}
    return Retimed(found, epochs)


def _move_lines(tx: Connection, moved: dict[int, tuple[Any, float]]) -> set[int]:
    """The lines of timelines that tell of these events; gives their incidents."""
    lines = tx.execute(
        select(entry.c.id, entry.c.incident_id, entry.c.event_id, entry.c.detail).where(
            entry.c.event_id.in_(moved)
        )
    ).all()
    changed = []
    for line in lines:
        row, late_s = moved[line.event_id]
        detail = json.loads(line.detail) | {"corrected": True} | _late(late_s)
        changed.append(
            {
                "number": line.id,
                "moment": row.received_at - timedelta(seconds=late_s),
                "told": json.dumps(detail, ensure_ascii=False),
            }
        )
    if changed:
        new = {"at": bindparam("moment", type_=entry.c.at.type), "detail": bindparam("told")}
        tx.execute(update(entry).where(entry.c.id == bindparam("number")).values(new), changed)
    return {line.incident_id for line in lines}


def _move_incident(tx: Connection, number: int) -> None:
    """An incident began with the earliest of what it gathered."""
    gathered = tx.execute(
        select(entry.c.at, event.c.late_s)
        .join(event, event.c.id == entry.c.event_id)
        .where(entry.c.incident_id == number)
        .order_by(entry.c.at)
    ).all()
    first, last = gathered[0], gathered[-1]
    tx.execute(
        update(incident)
        .where(incident.c.id == number)
        .values(opened=first.at, last=last.at, late_s=_late(first.late_s).get("late_s", 0.0))
    )


def _late(late_s: float) -> dict[str, float]:
    return {"late_s": round(late_s, 3)} if late_s >= LATE_AFTER_S else {}


def _parts(numbers: Sequence[int]) -> Iterable[Sequence[int]]:
    return (numbers[start : start + AT_ONCE] for start in range(0, len(numbers), AT_ONCE))
