"""Meetings under what a case has agreed: what was asked of units for it, and what happened during them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, exists, select

from hub.incidents import Entry
from hub.orders import Order
from hub.store import cases, incidents, orders
from hub.store.recipients import from_json
from hub.store.record_schema import case_incident, visitor_case
from hub.store.schema import entry, incident, session
from hub.store.statements import Statement
from hub.store.supervision_schema import order

SHOWN_MAX = 20
MEET = "meet"
"""The command."""
LINKS = ("case-linked", "case-unlinked")
"""Lines of a timeline after which nothing links that case by itself: a person has the last word."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """One that goes on, or went on when an incident was opened, under the agreement of a case."""

    case: int
    limit_s: float
    ended: datetime | None
    two_staff: bool


def asked(tx: Connection, site: str, case: int) -> list[Order]:
    """The last meetings that were asked for under a case, newest first."""
    return _asked(tx, case, order.c.site == site)[:SHOWN_MAX]


def was_asked(tx: Connection, site: str, unit: str, case: int) -> bool:
    """Whether a person has asked this unit for a meeting under that case."""
    return bool(_asked(tx, case, order.c.site == site, order.c.unit == unit))


def _asked(tx: Connection, case: int, *among: ColumnElement[bool]) -> list[Order]:
    found = select(order).where(*among, order.c.name == MEET).order_by(order.c.created.desc(), order.c.id)
    every = (orders.order_of(row) for row in tx.execute(found))
    return [one for one in every if one.arguments.get("case") == case]


_MEETINGS = Statement(
    lambda _dialect: select(session.c.case_id, session.c.started, session.c.ended).where(
        session.c.site == bindparam("at_site"),
        session.c.unit == bindparam("of_unit"),
        session.c.case_id.is_not(None),
    ),
    [session.c.case_id, session.c.started, session.c.ended],
)


def link(tx: Connection, site: str, units: Iterable[str], now: datetime) -> list[int]:
    """What was opened during a meeting under a case belongs to the case: incidents that do from now on, each
    with a line in its timeline. What a person has linked or taken away stays as it is.
    """
    linked: list[int] = []
    for unit in sorted(set(units)):
        for meeting in _MEETINGS.run(tx, [{"at_site": site, "of_unit": unit}]):
            for number in _during(tx, site, unit, meeting):
                if _settled(tx, number, meeting.case_id):
                    continue
                if cases.link(tx, meeting.case_id, number, "", now):
                    line = Entry("case-linked", now, None, "hub", {"case": meeting.case_id, "meeting": True})
                    incidents.add_entries(tx, [(number, line, None)], now)
                    linked.append(number)
    return linked


def of_incident(tx: Connection, site: str, unit: str, opened: datetime) -> Meeting | None:
    """The meeting under a case during which an incident was opened."""
    mine = (session.c.site == site) & (session.c.unit == unit) & session.c.case_id.is_not(None)
    open_then = and_(session.c.started <= opened, session.c.ended.is_(None) | (session.c.ended >= opened))
    found = (
        select(session, visitor_case.c.two_staff)
        .outerjoin(
            visitor_case, (visitor_case.c.id == session.c.case_id) & (visitor_case.c.site == session.c.site)
        )
        .where(mine, open_then)
        .order_by(session.c.started.desc())
        .limit(1)
    )
    row = tx.execute(found).one_or_none()
    return None if row is None else Meeting(row.case_id, row.limit_s, row.ended, bool(row.two_staff))


def _during(tx: Connection, site: str, unit: str, meeting: Any) -> list[int]:
    """Incidents that were opened during a meeting and do not belong to its case."""
    belongs = exists().where(
        case_incident.c.incident_id == incident.c.id, case_incident.c.case_id == meeting.case_id
    )
    found = select(incident.c.id).where(
        incident.c.site == site,
        incident.c.unit == unit,
        incident.c.opened >= meeting.started,
        incident.c.merged_into.is_(None),
        ~belongs,
    )
    if meeting.ended is not None:
        found = found.where(incident.c.opened <= meeting.ended)
    return list(tx.execute(found.order_by(incident.c.id)).scalars())


def _settled(tx: Connection, number: int, case: int) -> bool:
    rows = tx.execute(select(entry.c.detail).where(entry.c.incident_id == number, entry.c.what.in_(LINKS)))
    return any(from_json(row.detail).get("case") == case for row in rows)
