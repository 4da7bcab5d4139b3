"""Meetings in the database."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, not_, select, update

from hub.sessions import Session, fold
from hub.store import agreements
from hub.store.events import session_events
from hub.store.record_schema import visitor_case
from hub.store.schema import session
from hub.store.statements import Statement, every_column, insert_for


def retell(tx: Connection, site: str, unit: str, epoch: str) -> None:
    """Bring the meetings of an epoch up to what its events tell, whatever order they came in.

    One meeting may be told by several epochs, in any order: what one of them knows no other takes back.
    """
    meetings = fold(unit, epoch, session_events(tx, site, unit, epoch))
    if not meetings:
        return
    named = {meeting.case for meeting in meetings if meeting.case is not None}
    asked = {case for case in named if agreements.was_asked(tx, site, unit, case)}
    # A unit only tells back what it was asked: nothing else links what happens there to a case.
    meetings = [m if m.case in asked else replace(m, case=None) for m in meetings]
    _TELL.run(tx, [{"site": site, **_values(meeting)} for meeting in meetings])


def _tell(dialect: str) -> Any:
    statement = insert_for(dialect, session).values(every_column(session))
    told, known = statement.excluded, session.c
    newer = told.told_at >= known.told_at
    return statement.on_conflict_do_update(
        index_elements=("site", "unit", "epoch", "sequence"),
        set_={
            # A clock that is set afterwards can only show that it began earlier.
            "started": case((told.started < known.started, told.started), else_=known.started),
            **{
                name: case((newer, told[name]), else_=known[name])
                for name in ("limit_s", "warn_s", "grace_s", "case_id", "told_at")
            },
            "ended": case((told.ended.is_(None), known.ended), else_=told.ended),
            "lasted_s": case((told.ended.is_(None), known.lasted_s), else_=told.lasted_s),
        },
    )


_TELL = Statement(_tell)


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
    rows = (
        tx.execute(_RUNNING, {"at_site": site})
        if unit is None
        else _RUNNING_AT.run(tx, [{"at_site": site, "of_unit": unit}])
    )
    return {row.unit: _session(row) for row in rows}


_RUNNING = (
    select(session, visitor_case.c.two_staff)
    .outerjoin(
        visitor_case, (visitor_case.c.id == session.c.case_id) & (visitor_case.c.site == session.c.site)
    )
    .where(session.c.site == bindparam("at_site"), session.c.ended.is_(None))
    .order_by(session.c.started)
)
_RUNNING_AT = Statement(
    lambda _dialect: _RUNNING.where(session.c.unit == bindparam("of_unit")), list(_RUNNING.selected_columns)
)


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
        "case_id": meeting.case,
        "told_at": meeting.told_at,
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
        row.case_id,
        row.told_at,
        bool(row.two_staff),
    )
