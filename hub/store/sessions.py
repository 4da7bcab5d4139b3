"""Meetings in the database."""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, and_, case, not_, select, update

from hub.sessions import Session, fold
from hub.store.events import session_events
from hub.store.schema import session
from hub.store.statements import insert_for


def retell(tx: Connection, site: str, unit: str, epoch: str) -> None:
    """Bring the meetings of an epoch up to what its events tell, whatever order they came in.

    One meeting may be told by several epochs, in any order: what one of them knows no other takes back.
    """
    meetings = fold(unit, epoch, session_events(tx, site, unit, epoch))
    if not meetings:
        return
    tx.execute(_tell(tx.dialect.name), [{"site": site, **_values(meeting)} for meeting in meetings])


@cache
def _tell(dialect: str) -> Any:
    statement = insert_for(dialect, session)
    told, known = statement.excluded, session.c
    return statement.on_conflict_do_update(
        index_elements=("site", "unit", "epoch", "sequence"),
        set_={
            # A clock that is set afterwards can only show that it began earlier.
            "started": case((told.started < known.started, told.started), else_=known.started),
            "limit_s": case((told.limit_s > known.limit_s, told.limit_s), else_=known.limit_s),
            "ended": case((told.ended.is_(None), known.ended), else_=told.ended),
            "lasted_s": case((told.ended.is_(None), known.lasted_s), else_=told.lasted_s),
        },
    )


def end_before(
    tx: Connection, site: str, unit: str, epoch: str, restarted: datetime, *, goes_on: tuple[str, int] | None
) -> None:
    """A unit's program started anew: the meetings that an earlier run left open are over, but for the one
    that ``goes_on``, by epoch and sequence.
    """
    left_open = (session.c.epoch != epoch) & (session.c.started < restarted) & session.c.ended.is_(None)
    if goes_on is not None:
        left_open &= not_(and_(session.c.epoch == goes_on[0], session.c.sequence == goes_on[1]))
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
