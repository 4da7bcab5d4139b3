"""What units were asked, and what they shall run, in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from hub.orders import Order
from hub.store.recipients import as_json, from_json
from hub.store.supervision_schema import desired
from hub.store.supervision_schema import order as table
from wire.messages.events import CommandAnswered

SHOWN_MAX = 100


@dataclass(frozen=True, slots=True)
class Desired:
    """The configuration that a unit shall run."""

    unit: str
    version: int
    settings: Mapping[str, Any]
    by: str
    at: datetime


def add(tx: Connection, site: str, orders: Sequence[Order]) -> None:
    """Store what is about to be asked."""
    if orders:
        tx.execute(
            insert(table),
            [
                {
                    "id": one.id,
                    "site": site,
                    "unit": one.unit,
                    "name": one.name,
                    "arguments": as_json(dict(one.arguments)),
                    "created": one.created,
                    "expires": one.expires,
                    "by": one.by,
                    "drill_id": one.drill,
                    "why": "",
                }
                for one in orders
            ],
        )


def answer(tx: Connection, site: str, unit: str, said: CommandAnswered, at: datetime) -> bool:
    """The unit answered; False when it was not asked, or has answered before."""
    mine = (table.c.site == site) & (table.c.unit == unit) & (table.c.id == said.command)
    open_ = table.c.answered.is_(None)
    return (
        tx.execute(
            update(table).where(mine, open_).values(answered=at, done=said.done, why=said.why)
        ).rowcount
        == 1
    )


def unanswered(tx: Connection, site: str, now: datetime) -> list[Order]:
    """Those that may still be done."""
    waiting = table.c.answered.is_(None) & (table.c.expires > now)
    rows = tx.execute(
        select(table).where(table.c.site == site, waiting).order_by(table.c.created, table.c.id)
    )
    return [order_of(row) for row in rows]


def get(tx: Connection, site: str, number: str) -> Order | None:
    """One order."""
    row = tx.execute(select(table).where(table.c.site == site, table.c.id == number)).one_or_none()
    return None if row is None else order_of(row)


def shown(tx: Connection, site: str, unit: str | None = None) -> list[Order]:
    """The last ones, newest first."""
    found = select(table).where(table.c.site == site)
    if unit is not None:
        found = found.where(table.c.unit == unit)
    rows = tx.execute(found.order_by(table.c.created.desc(), table.c.id).limit(SHOWN_MAX))
    return [order_of(row) for row in rows]


def last_version(tx: Connection, site: str, unit: str) -> int:
    """Of the configurations that a unit was given; 0: none."""
    found = select(func.max(desired.c.version)).where(desired.c.site == site, desired.c.unit == unit)
    return tx.execute(found).scalar() or 0


def desire(tx: Connection, site: str, one: Desired) -> None:
    """Store what a unit shall run. Raises ``IntegrityError`` when the version exists."""
    tx.execute(
        insert(desired).values(
            site=site,
            unit=one.unit,
            version=one.version,
            settings=as_json(dict(one.settings)),
            by=one.by,
            at=one.at,
        )
    )


def all_desired(tx: Connection, site: str) -> dict[str, Desired]:
    """Unit to what it shall run."""
    newest = (
        select(desired.c.unit, func.max(desired.c.version).label("version"))
        .where(desired.c.site == site)
        .group_by(desired.c.unit)
        .subquery()
    )
    rows = tx.execute(
        select(desired)
        .join(newest, (newest.c.unit == desired.c.unit) & (newest.c.version == desired.c.version))
        .where(desired.c.site == site)
    )
    return {row.unit: Desired(row.unit, row.version, from_json(row.settings), row.by, row.at) for row in rows}


def order_of(row: Any) -> Order:
    """An order, from its row."""
    return Order(
        row.id,
        row.unit,
        row.name,
        row.created,
        row.expires,
        row.by,
        from_json(row.arguments),
        row.drill_id,
        row.answered,
        row.done,
        row.why,
    )
