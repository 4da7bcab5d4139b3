"""Troubles and planned maintenance in the database."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from hub.store.recipients import standing_of, times_of, times_text, told_of, told_text
from hub.store.statements import Statement, insert_into
from hub.store.supervision_schema import maintenance, trouble
from hub.troubles import Maintenance, Trouble, TroubleState
from hub.troubles.trouble import UNSTEADY_WITHIN_S

SHOWN_MAX = 500

_ADD = insert_into(trouble, returning=["id"])
_CHANGE = Statement(
    lambda _dialect: (
        update(trouble)
        .where(trouble.c.id == bindparam("number"))
        .values({c.name: bindparam(c.name, type_=c.type) for c in trouble.c if c.name not in ("id", "site")})
    )
)


class NoSuchTrouble(Exception):
    """There is no trouble of that number."""


class NoSuchMaintenance(Exception):
    """There is no maintenance of that number that has not ended."""


def watched(tx: Connection, site: str, now: datetime) -> dict[tuple[str, str], Trouble]:
    """The last trouble of each part: what is not over, and what may come back and go on."""
    recent = now - timedelta(seconds=UNSTEADY_WITHIN_S)
    rows = tx.execute(
        select(trouble)
        .where(
            trouble.c.site == site, or_(trouble.c.state != TroubleState.OVER.value, trouble.c.ended > recent)
        )
        .order_by(trouble.c.id)
    )
    return {(row.unit, row.part): _trouble(row) for row in rows}


def shown(tx: Connection, site: str, *, over: bool = False) -> list[Trouble]:
    """Those that are not over, or the last that are, newest first."""
    is_over = trouble.c.state == TroubleState.OVER.value
    found = select(trouble).where(trouble.c.site == site, is_over if over else ~is_over)
    return [_trouble(row) for row in tx.execute(found.order_by(trouble.c.id.desc()).limit(SHOWN_MAX))]


def get(tx: Connection, site: str, number: int) -> Trouble:
    """Raises ``NoSuchTrouble``."""
    found = select(trouble).where(trouble.c.site == site, trouble.c.id == number).with_for_update()
    row = tx.execute(found).one_or_none()
    if row is None:
        raise NoSuchTrouble(f"there is no trouble {number}")
    return _trouble(row)


def keep(tx: Connection, site: str, some: Sequence[Trouble]) -> list[Trouble]:
    """Store new troubles, which get their numbers, and what became of others; in the order given."""
    known, new = [one for one in some if one.id], [one for one in some if not one.id]
    if known:
        _CHANGE.run(tx, [{"number": one.id, **_values(one)} for one in known])
    numbers = iter(_ADD.run(tx, [{"site": site, **_values(one)} for one in new]) if new else ())
    return [one if one.id else replace(one, id=next(numbers).id) for one in some]


def open_count(tx: Connection, site: str) -> int:
    """How many are not over."""
    found = select(func.count()).where(trouble.c.site == site, trouble.c.state != TroubleState.OVER.value)
    return tx.execute(found).scalar_one()


def plan_maintenance(tx: Connection, site: str, work: Maintenance) -> Maintenance:
    """Store it; gives it with its number."""
    values = {
        "site": site,
        "unit": work.unit,
        "area": work.area,
        "begin_at": work.begin,
        "until_at": work.until,
        "by": work.by,
        "why": work.why,
    }
    number = tx.execute(insert(maintenance).values(values).returning(maintenance.c.id)).scalar_one()
    return replace(work, id=number)


def end_maintenance(tx: Connection, site: str, number: int, now: datetime) -> None:
    """A person ends it before its time. Raises ``NoSuchMaintenance``."""
    mine = (maintenance.c.site == site) & (maintenance.c.id == number) & maintenance.c.ended.is_(None)
    if (
        tx.execute(update(maintenance).where(mine, maintenance.c.until_at > now).values(ended=now)).rowcount
        != 1
    ):
        raise NoSuchMaintenance(f"there is no maintenance {number} that goes on or is planned")


def works(tx: Connection, site: str, now: datetime) -> list[Maintenance]:
    """What goes on or is planned."""
    wanted = (maintenance.c.until_at > now) & maintenance.c.ended.is_(None)
    rows = tx.execute(
        select(maintenance).where(maintenance.c.site == site, wanted).order_by(maintenance.c.begin_at)
    )
    return list(_works(rows))


def _works(rows: Iterable[Any]) -> Iterable[Maintenance]:
    for row in rows:
        yield Maintenance(row.id, row.unit, row.area, row.begin_at, row.until_at, row.by, row.why, row.ended)


def _values(of: Trouble) -> dict[str, Any]:
    standing = of.standing
    return {
        "unit": of.unit,
        "part": of.part,
        "detail": of.detail[:400],
        "since": of.since,
        "present": of.present,
        "changed_at": times_text(of.changed_at),
        "unsteady": of.unsteady,
        "state": of.state.value,
        "acknowledged_by": of.acknowledged_by,
        "ended": of.ended,
        "tier_index": standing.index if standing else None,
        "tier_round": standing.round if standing else None,
        "tier_due": standing.due if standing else None,
        "calls": of.calls,
        "told": told_text(of.told),
    }


def _trouble(row: Any) -> Trouble:
    return Trouble(
        id=row.id,
        unit=row.unit,
        part=row.part,
        detail=row.detail,
        since=row.since,
        present=row.present,
        changed_at=times_of(row.changed_at),
        unsteady=row.unsteady,
        state=TroubleState(row.state),
        acknowledged_by=row.acknowledged_by,
        ended=row.ended,
        standing=standing_of(row.tier_index, row.tier_round, row.tier_due, "trouble"),
        calls=row.calls,
        told=told_of(row.told),
    )
