"""Cases in the database: every revision stays, with author and time."""

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from hub.incidents import Entry, Incident
from hub.people import Person
from hub.record import guide
from hub.record.cases import Case, Limits
from hub.store.incidents import incident_of
from hub.store.record_schema import case_incident, case_revision, visitor_case
from hub.store.schema import entry, incident, session
from hub.store.statements import insert_for


class NoSuchCase(Exception):
    """There is no case of that number, or none that this person may read."""


class CaseChanged(Exception):
    """Somebody else has changed it since it was read."""

    def __init__(self, theirs: Case) -> None:
        super().__init__(f"case {theirs.id} is at revision {theirs.revision}")
        self.theirs = theirs


@dataclass(frozen=True, slots=True)
class CaseRevision:
    """One state of a case, and who left it so."""

    number: int
    at: datetime
    who: str
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Linked:
    """An incident of a case, how long it held staff, and how often the visitor was told."""

    incident: Incident
    lasted_s: float
    warnings: int


def add(tx: Connection, site: str, new: Case, by: Person, now: datetime) -> int:
    """Store it; its number."""
    values = _values(new) | {"site": site, "revision": 1}
    number: int = tx.execute(insert(visitor_case).values(values).returning(visitor_case.c.id)).scalar_one()
    _revise(tx, replace(new, id=number, revision=1), by, now)
    return number


def change(tx: Connection, site: str, changed: Case, by: Person, now: datetime) -> None:
    """Store a further revision, made from ``changed.revision``. Raises ``CaseChanged`` or ``NoSuchCase``."""
    known = get(tx, site, changed.id, lock=True)
    if known.revision != changed.revision:
        raise CaseChanged(known)
    if _values(known) == _values(changed):
        return
    number = known.revision + 1
    mine = visitor_case.c.id == changed.id
    tx.execute(update(visitor_case).where(mine).values(_values(changed) | {"revision": number}))
    _revise(tx, replace(changed, revision=number), by, now)


def get(tx: Connection, site: str, number: int, *, lock: bool = False) -> Case:
    """Raises ``NoSuchCase``."""
    found = select(visitor_case).where(visitor_case.c.site == site, visitor_case.c.id == number)
    row = tx.execute(found.with_for_update() if lock else found).one_or_none()
    if row is None:
        raise NoSuchCase(f"there is no case {number}")
    return _case(row)


def every(tx: Connection, site: str) -> list[Case]:
    """Open ones first, the newest of them first."""
    rows = tx.execute(
        select(visitor_case)
        .where(visitor_case.c.site == site)
        .order_by(visitor_case.c.closed, visitor_case.c.id.desc())
    )
    return [_case(row) for row in rows]


def revisions(tx: Connection, number: int) -> list[CaseRevision]:
    """All of them, oldest first."""
    found = select(case_revision).where(case_revision.c.case_id == number).order_by(case_revision.c.number)
    return [CaseRevision(r.number, r.at, r.who, json.loads(r.content)) for r in tx.execute(found)]


def link(tx: Connection, number: int, incident_id: int, who: str, now: datetime) -> bool:
    """This incident belongs to the case; False when it did already."""
    values = {"case_id": number, "incident_id": incident_id, "who": who, "at": now}
    statement = insert_for(tx.dialect.name, case_incident).values(values).on_conflict_do_nothing()
    return tx.execute(statement.returning(case_incident.c.case_id)).first() is not None


def unlink(tx: Connection, number: int, incident_id: int) -> bool:
    """It does not; False when it did not before."""
    mine = (case_incident.c.case_id == number) & (case_incident.c.incident_id == incident_id)
    return tx.execute(delete(case_incident).where(mine)).rowcount == 1


def of_incident(tx: Connection, site: str, incident_id: int) -> list[Case]:
    """The cases that an incident belongs to."""
    rows = tx.execute(
        select(visitor_case)
        .join(case_incident, case_incident.c.case_id == visitor_case.c.id)
        .where(visitor_case.c.site == site, case_incident.c.incident_id == incident_id)
        .order_by(visitor_case.c.id)
    )
    return [_case(row) for row in rows]


def linked(tx: Connection, number: int, now: datetime) -> list[Linked]:
    """The incidents of a case, newest first."""
    rows = tx.execute(
        select(incident)
        .join(case_incident, case_incident.c.incident_id == incident.c.id)
        .where(case_incident.c.case_id == number)
        .order_by(incident.c.opened.desc())
    ).all()
    lines = _lines(tx, [row.id for row in rows])
    return [_linked(tx, incident_of(row), lines.get(row.id, []), now) for row in rows]


def _lines(tx: Connection, numbers: Collection[int]) -> dict[int, list[tuple[int, Entry]]]:
    wanted = entry.c.incident_id.in_(list(numbers)) & entry.c.what.in_(
        (guide.PRESSED, guide.UNDONE, "resolve")
    )
    found: dict[int, list[tuple[int, Entry]]] = {}
    for row in tx.execute(select(entry).where(wanted).order_by(entry.c.id)):
        line = Entry(row.what, row.at, row.who, row.actor, json.loads(row.detail))
        found.setdefault(row.incident_id, []).append((row.id, line))
    return found


def _linked(tx: Connection, one: Incident, lines: list[tuple[int, Entry]], now: datetime) -> Linked:
    """The meeting in which it happened counts as a whole; without one, from the first sign to the end."""
    mine = (session.c.unit == one.unit) & (session.c.started <= one.opened)
    meeting = tx.execute(
        select(session.c.started, session.c.ended)
        .where(mine, session.c.ended.is_(None) | (session.c.ended >= one.opened))
        .order_by(session.c.started.desc())
        .limit(1)
    ).one_or_none()
    ends = [line.at for _, line in lines if line.what == "resolve"]
    begin, end = one.opened, max([*ends, one.last])
    if meeting is not None:
        begin, end = meeting.started, max(end, meeting.ended or now)
    return Linked(one, max(0.0, (end - begin).total_seconds()), guide.read(lines).warnings)


def _revise(tx: Connection, case: Case, by: Person, now: datetime) -> None:
    text = json.dumps(_values(case), ensure_ascii=False)
    values = {"number": case.revision, "at": now, "who": by.name, "login": by.login, "content": text}
    tx.execute(insert(case_revision).values(case_id=case.id, **values))


def _values(of: Case) -> dict[str, Any]:
    return {
        "alias": of.alias,
        "note": of.note,
        "agreed": of.limits.agreed,
        "limit_s": of.limits.limit_s,
        "two_staff": of.limits.two_staff,
        "always_record": of.limits.always_record,
        "readers": json.dumps(sorted(of.readers)),
        "closed": of.closed,
    }


def _case(row: Any) -> Case:
    limits = Limits(row.limit_s, row.two_staff, row.always_record, row.agreed)
    readers = frozenset(json.loads(row.readers))
    return Case(row.id, row.alias, row.note, limits, readers, row.closed, row.revision)
