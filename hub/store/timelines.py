"""Timelines and the list of incidents, as pages read them."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, update

from hub.incidents import Entry, Incident
from hub.incidents.joining import ALERTS
from hub.store.incidents import incident_of
from hub.store.schema import entry, incident

PAGE_MAX = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a timeline, with its number."""

    id: int
    incident: int
    """Another one's where that was merged into it."""
    entry: Entry
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which incidents are asked for; absent: all."""

    states: Collection[str] = ()
    severities: Collection[str] = ()
    unit: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    """By the time at which they were opened; not included."""
    before: int | None = None
    """Numbers below this one: the next page."""
    limit: int = 50
    hidden: Collection[str] = ()
    """Units whose incidents do not concern who asks."""


def timeline(tx: Connection, site: str, number: int) -> list[Line]:
    """Every line of an incident and of those that were merged into it, in the order in which it happened."""
    mine = (incident.c.id == number) | (incident.c.merged_into == number)
    rows = tx.execute(
        select(entry)
        .join(incident, incident.c.id == entry.c.incident_id)
        .where(incident.c.site == site, mine)
        .order_by(entry.c.at, entry.c.id)
    )
    return [Line(row.id, row.incident_id, _entry(row), row.recorded_at) for row in rows]


def alert_lines(tx: Connection, number: int) -> list[tuple[int, Entry]]:
    """The lines that tell of alerts, with their numbers."""
    wanted = (entry.c.incident_id == number) & entry.c.what.in_(ALERTS)
    return [(row.id, _entry(row)) for row in tx.execute(select(entry).where(wanted).order_by(entry.c.id))]


def move_lines(tx: Connection, taken: Collection[int], number: int) -> None:
    """These lines belong to another incident from now on."""
    tx.execute(update(entry).where(entry.c.id.in_(list(taken))).values(incident_id=number))


def incidents(tx: Connection, site: str, wanted: Wanted) -> list[Incident]:
    """Newest first, at most ``PAGE_MAX``."""
    limit = max(1, min(wanted.limit, PAGE_MAX))
    rows = tx.execute(
        select(incident).where(*_conditions(site, wanted)).order_by(incident.c.id.desc()).limit(limit)
    )
    return [incident_of(row) for row in rows]


def count_by_state(tx: Connection, site: str) -> dict[tuple[str, str], int]:
    """How many incidents there are of each severity and state."""
    kinds = (incident.c.severity, incident.c.state)
    rows = tx.execute(select(*kinds, func.count()).where(incident.c.site == site).group_by(*kinds))
    return {(severity, state): number for severity, state, number in rows}


def _conditions(site: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [incident.c.site == site]
    if wanted.states:
        found.append(incident.c.state.in_(list(wanted.states)))
    if wanted.severities:
        found.append(incident.c.severity.in_(list(wanted.severities)))
    if wanted.unit is not None:
        found.append(incident.c.unit == wanted.unit)
    if wanted.hidden:
        found.append(incident.c.unit.not_in(list(wanted.hidden)))
    if wanted.since is not None:
        found.append(incident.c.opened >= wanted.since)
    if wanted.until is not None:
        found.append(incident.c.opened < wanted.until)
    if wanted.before is not None:
        found.append(incident.c.id < wanted.before)
    return found


def _entry(row: Any) -> Entry:
    return Entry(row.what, row.at, row.who, row.actor, json.loads(row.detail))
