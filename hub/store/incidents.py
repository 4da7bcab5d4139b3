"""Incidents and their timelines in the database."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from pydantic_core import from_json, to_json
from sqlalchemy import Connection, bindparam, or_, select, update

from hub.alarms import Covered, later
from hub.alerts import BUTTONS
from hub.incidents import UNRESOLVED, Entry, Incident, Outcome, Severity, State
from hub.store.recipients import standing_of, told_of, told_text
from hub.store.schema import entry, event, incident
from hub.store.statements import Statement, few, insert_into

_UNRESOLVED = select(incident).where(
    incident.c.site == bindparam("at_site"), or_(*(incident.c.state == state.value for state in UNRESOLVED))
)
_CURRENT = Statement(
    lambda _dialect: _UNRESOLVED.where(incident.c.unit == bindparam("of_unit")), list(incident.c)
)
_ADD = insert_into(incident, returning=["id"])
_ADD_ENTRY = insert_into(entry)
_OF_A_SIGN = ("kinds", "last", "presses", "withdrawn", "last_event", "level_dba", "calibrated")
"""What a further sign changes, nearly always nothing else: none of it is in an index."""
_ELSE = attrgetter(*(field.name for field in fields(Incident) if field.name not in _OF_A_SIGN))


def _change(names: Iterable[str]) -> Statement:
    columns = [incident.c[name] for name in names]
    return Statement(
        lambda _dialect: (
            update(incident)
            .where(incident.c.id == bindparam("number"))
            .values({c.name: bindparam(c.name, type_=c.type) for c in columns})
        )
    )


_CHANGE = _change(c.name for c in incident.c if c.name not in ("id", "site"))
_GO_ON = _change(_OF_A_SIGN)


class NoSuchIncident(Exception):
    """There is no incident of that number."""


def unresolved(tx: Connection, site: str) -> list[Incident]:
    """Every incident that a person has still to resolve, oldest first."""
    rows = tx.execute(_UNRESOLVED.order_by(incident.c.id), {"at_site": site})
    return [incident_of(row) for row in rows]


def unresolved_of(tx: Connection, site: str, units: Collection[str]) -> dict[str, Incident]:
    """Unit to its unresolved incident: there is at most one."""
    if few(tx, units):
        rows: Iterable[Any] = _CURRENT.run(tx, [{"at_site": site, "of_unit": unit} for unit in units])
    else:
        rows = tx.execute(_UNRESOLVED.where(incident.c.unit.in_(units)), {"at_site": site})
    return {row.unit: incident_of(row) for row in rows}


def get(tx: Connection, site: str, number: int, *, lock: bool = True) -> Incident:
    """Raises ``NoSuchIncident``."""
    found = select(incident).where(incident.c.site == site, incident.c.id == number)
    if lock:  # where the database can: of two hubs that act at once one must wait
        found = found.with_for_update()
    row = tx.execute(found).one_or_none()
    if row is None:
        raise NoSuchIncident(f"there is no incident {number}")
    return incident_of(row)


def of_event(tx: Connection, site: str, unit: str, epoch: str, sequence: int) -> Incident | None:
    """The incident that gathered an event."""
    row = tx.execute(
        select(incident)
        .join(entry, entry.c.incident_id == incident.c.id)
        .join(event, event.c.id == entry.c.event_id)
        .where(
            event.c.site == site,
            event.c.unit == unit,
            event.c.epoch == epoch,
            event.c.sequence == sequence,
        )
        .limit(1)
    ).one_or_none()
    return None if row is None else incident_of(row)


def last_alarm(tx: Connection, number: int) -> Covered | None:
    """The last button event that an incident gathered; None when it gathered none."""
    rows = tx.execute(
        select(event.c.epoch, event.c.sequence, event.c.boot, event.c.uptime, event.c.time)
        .join(entry, entry.c.event_id == event.c.id)
        .where(entry.c.incident_id == number, entry.c.what.in_(BUTTONS))
    )
    last = None
    for row in rows:
        last = later(last, Covered(row.epoch, row.sequence, row.boot, row.uptime, row.time))
    return last


def add(tx: Connection, site: str, new: Incident) -> int:
    """Store a new incident; returns its number."""
    (row,) = _ADD.run(tx, [{"site": site, **_values(new)}])
    return int(row.id)


def change(tx: Connection, changed: Sequence[tuple[Incident | None, Incident]]) -> None:
    """Store what became of incidents; each with what is stored of it, where that is known."""
    signs: list[Incident] = []
    more: list[Incident] = []
    for before, after in changed:
        only_a_sign = before is not None and _ELSE(before) == _ELSE(after)
        (signs if only_a_sign else more).append(after)
    if signs:
        _GO_ON.run(tx, [{"number": one.id, **_values_of_a_sign(one)} for one in signs])
    if more:
        _CHANGE.run(tx, [{"number": one.id, **_values(one)} for one in more])


def add_entries(tx: Connection, lines: Iterable[tuple[int, Entry, int | None]], now: datetime) -> None:
    """Add to timelines: incident's number, line, and the row of the event that it tells of."""
    rows = [
        {
            "incident_id": number,
            "at": line.at,
            "recorded_at": now,
            "what": line.what,
            "who": line.who,
            "actor": line.actor,
            "event_id": event_id,
            "detail": to_json(dict(line.detail)).decode(),
        }
        for number, line, event_id in lines
    ]
    if rows:
        _ADD_ENTRY.run(tx, rows)


def _values_of_a_sign(of: Incident) -> dict[str, Any]:
    return {
        "kinds": to_json(of.kinds).decode(),
        "last": of.last,
        "presses": of.presses,
        "withdrawn": of.withdrawn,
        "last_event": of.last_event,
        "level_dba": of.level_dba,
        "calibrated": of.calibrated,
    }


def _values(of: Incident) -> dict[str, Any]:
    standing = of.standing
    return _values_of_a_sign(of) | {
        "unit": of.unit,
        "severity": of.severity.value,
        "state": of.state.value,
        "opened": of.opened,
        "late_s": of.late_s,
        "acknowledged_by": of.acknowledged_by,
        "acknowledged_at": of.acknowledged_at,
        "tier_index": standing.index if standing else None,
        "tier_round": standing.round if standing else None,
        "tier_due": standing.due if standing else None,
        "outcome": of.outcome.value if of.outcome is not None else None,
        "tier_reason": standing.reason if standing else None,
        "helper": of.helper,
        "arrive_by": of.arrive_by,
        "called_at": of.called_at,
        "calls": of.calls,
        "told": told_text(of.told),
        "sign_due": of.sign_due,
        "snoozed_until": of.snoozed_until,
        "ends_at": of.ends_at,
        "merged_into": of.merged_into,
    }


def incident_of(row: Any) -> Incident:
    """A row as the heart knows it."""
    return Incident(
        id=row.id,
        unit=row.unit,
        severity=Severity(row.severity),
        kinds=tuple(from_json(row.kinds)),
        state=State(row.state),
        opened=row.opened,
        last=row.last,
        presses=row.presses,
        withdrawn=row.withdrawn,
        late_s=row.late_s,
        last_event=row.last_event,
        acknowledged_by=row.acknowledged_by,
        acknowledged_at=row.acknowledged_at,
        helper=row.helper,
        arrive_by=row.arrive_by,
        standing=standing_of(row.tier_index, row.tier_round, row.tier_due, row.tier_reason),
        called_at=row.called_at,
        calls=row.calls,
        told=told_of(row.told),
        sign_due=row.sign_due,
        snoozed_until=row.snoozed_until,
        ends_at=row.ends_at,
        level_dba=row.level_dba,
        calibrated=row.calibrated,
        outcome=None if row.outcome is None else Outcome(row.outcome),
        merged_into=row.merged_into,
    )
