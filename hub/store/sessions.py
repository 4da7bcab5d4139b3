"""Meetings in the database."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from hub.sessions import Session, fold
from hub.store.events import session_events
from hub.store.schema import session
from hub.store.statements import upsert

_KEEP = upsert(session, ("site", "unit", "epoch", "sequence"), ("limit_s", "ended", "lasted_s"))


def retell(tx: Connection, site: str, unit: str, epoch: str) -> None:
    """Bring the meetings of an epoch up to what its events tell, whatever order they came in."""
    meetings = fold(unit, epoch, session_events(tx, site, unit, epoch))
    if not meetings:
        return
    _KEEP.run(tx, [{"site": site, **_values(meeting)} for meeting in meetings])


def end_before(tx: Connection, site: str, unit: str, epoch: str, restarted: datetime) -> None:
    """A unit's program started anew: the meetings that an earlier run left open are over."""
    left_open = (session.c.epoch != epoch) & (session.c.started < restarted) & session.c.ended.is_(None)
    tx.execute(
        update(session)
        .where(session.c.site == site, session.c.unit == unit, left_open)
        .values(ended=restarted)
    )


def running(tx: Connection, site: str, unit: str | None = None) -> dict[str, Session]:
    """Unit to the meeting that is going on there."""
    found = (
        select(session).where(session.c.site == site, session.c.ended.is_(None)).order_by(session.c.started)
    )
    if unit is not None:
        found = found.where(session.c.unit == unit)
    return {row.unit: _session(row) for row in tx.execute(found)}


def _values(meeting: Session) -> dict[str, Any]:
    return {
        "unit": meeting.unit,
        "epoch": meeting.epoch,
        "sequence": meeting.sequence,
        "started": meeting.started,
        "limit_s": meeting.limit_s,
        "warn_s": meeting.warn_s,
        "grace_s": meeting.grace_s,
        "ended": meeting.ended,
        "lasted_s": meeting.lasted_s,
    }


def _session(row: Any) -> Session:
    return Session(
        row.unit,
        row.epoch,
        row.sequence,
        row.started,
        row.limit_s,
        row.warn_s,
        row.grace_s,
        row.ended,
        row.lasted_s,
    )
