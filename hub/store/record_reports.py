"""Reports of incidents in the database: every revision stays, with author and time."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from hub.people import Person
from hub.record.approval import Approval, Stage
from hub.record.folding import folded
from hub.record.report import Report, kinds_of
from hub.store.record_schema import record, record_revision
from hub.store.statements import insert_for


@dataclass(frozen=True, slots=True)
class Kept:
    """The record of one incident as it stands."""

    report: Report = field(default_factory=dict)
    revision: int = 0
    """0: nobody has written anything."""
    approval: Approval = field(default_factory=Approval)


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of a report, and who left it so."""

    number: int
    at: datetime
    who: str
    login: str
    report: Report


def load(tx: Connection, incident: int) -> Kept:
    """What is kept; of an incident that nobody has written about, nothing."""
    row = tx.execute(select(record).where(record.c.incident_id == incident)).one_or_none()
    if row is None:
        return Kept()
    approval = Approval(Stage(row.stage), row.submitted_by, row.checked_by)
    return Kept(report_at(tx, incident, row.revision), row.revision, approval)


def report_at(tx: Connection, incident: int, number: int) -> Report:
    """A revision's content; of revision 0, and of one that is not there, nothing."""
    mine = (record_revision.c.incident_id == incident) & (record_revision.c.number == number)
    content = tx.execute(select(record_revision.c.content).where(mine)).scalar_one_or_none()
    return {} if content is None else _report(content)


def revisions(tx: Connection, incident: int) -> list[Revision]:
    """All of them, oldest first."""
    rows = tx.execute(
        select(record_revision)
        .where(record_revision.c.incident_id == incident)
        .order_by(record_revision.c.number)
    )
    return [Revision(r.number, r.at, r.who, r.login, _report(r.content)) for r in rows]


def keep(tx: Connection, incident: int, kept: Kept, by: Person, now: datetime) -> None:
    """Store a further revision of the report."""
    content = json.dumps(dict(kept.report), ensure_ascii=False)
    values = {"number": kept.revision, "at": now, "who": by.name, "login": by.login, "content": content}
    tx.execute(insert(record_revision).values(incident_id=incident, **values))
    _keep(tx, incident, kept)


def keep_approval(tx: Connection, incident: int, kept: Kept) -> None:
    """Store how far its approval has come."""
    _keep(tx, incident, kept)


def kinds_by_incident(tx: Connection, incidents: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Number of an incident to the kinds that a person has given it."""
    rows = tx.execute(
        select(record.c.incident_id, record.c.kinds).where(record.c.incident_id.in_(list(incidents)))
    )
    return {row.incident_id: tuple(filter(None, row.kinds.split(","))) for row in rows}


def _keep(tx: Connection, incident: int, kept: Kept) -> None:
    values: dict[str, Any] = {
        "revision": kept.revision,
        "stage": kept.approval.stage.value,
        "submitted_by": kept.approval.submitted_by,
        "checked_by": kept.approval.checked_by,
        "kinds": "".join(f",{kind}" for kind in kinds_of(kept.report)) + ",",
        "search": folded("\n".join(kept.report.values())),
    }
    statement = insert_for(tx.dialect.name, record).values(incident_id=incident, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=("incident_id",), set_=values))


def _report(content: str) -> Report:
    found: dict[str, str] = json.loads(content)
    return found
