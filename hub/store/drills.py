"""Drills and the proof of their presses in the database."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update

from hub.drills import Drill, Press
from hub.store.statements import insert_for
from hub.store.supervision_schema import drill, drill_press
from wire.limits import DRILL_S_MAX

SHOWN_MAX = 200


class NoSuchDrill(Exception):
    """There is no drill of that number that could be ended."""


def add(tx: Connection, site: str, one: Drill) -> Drill:
    """Store it; gives it with its number."""
    values = {
        "site": site,
        "unit": one.unit,
        "area": one.area,
        "begin_at": one.begin,
        "seconds": one.seconds,
        "by": one.by,
        "every_days": one.every_days,
        "started": one.started,
        "ended": one.ended,
    }
    number = tx.execute(insert(drill).values(values).returning(drill.c.id)).scalar_one()
    return replace(one, id=number)


def start(tx: Connection, number: int, now: datetime) -> bool:
    """It starts now; False when another hub has started it, or a person cancelled it."""
    mine = (drill.c.id == number) & drill.c.started.is_(None) & drill.c.ended.is_(None)
    return tx.execute(update(drill).where(mine).values(started=now)).rowcount == 1


def end(tx: Connection, site: str, number: int, now: datetime) -> Drill:
    """A person ends or cancels it. Raises ``NoSuchDrill``."""
    row = tx.execute(
        select(drill).where(drill.c.site == site, drill.c.id == number).with_for_update()
    ).one_or_none()
    if row is None or _drill(row).state(now) not in ("planned", "running"):
        raise NoSuchDrill(f"there is no drill {number} that is planned or running")
    tx.execute(update(drill).where(drill.c.id == number).values(ended=now))
    return replace(_drill(row), ended=now)


def get(tx: Connection, site: str, number: int) -> Drill:
    """Raises ``NoSuchDrill``."""
    row = tx.execute(select(drill).where(drill.c.site == site, drill.c.id == number)).one_or_none()
    if row is None:
        raise NoSuchDrill(f"there is no drill {number}")
    return _drill(row)


def current(tx: Connection, site: str, now: datetime) -> list[Drill]:
    """Planned ones, running ones, and those whose presses may still be on their way (a day)."""
    recent = now - timedelta(days=1, seconds=DRILL_S_MAX)
    wanted = or_(drill.c.started > recent, drill.c.started.is_(None)) & (
        drill.c.ended.is_(None) | drill.c.started.is_not(None)
    )
    rows = tx.execute(select(drill).where(drill.c.site == site, wanted).order_by(drill.c.begin_at))
    return [_drill(row) for row in rows]


def shown(tx: Connection, site: str) -> list[Drill]:
    """The last ones, newest first."""
    rows = tx.execute(
        select(drill)
        .where(drill.c.site == site)
        .order_by(drill.c.begin_at.desc(), drill.c.id)
        .limit(SHOWN_MAX)
    )
    return [_drill(row) for row in rows]


def pressed_before(tx: Connection, number: int, unit: str, button: str) -> bool:
    """Whether the button was pressed in this drill already."""
    mine = (
        (drill_press.c.drill_id == number) & (drill_press.c.unit == unit) & (drill_press.c.button == button)
    )
    return tx.execute(select(func.count()).where(mine)).scalar_one() > 0


def prove(tx: Connection, press: Press) -> None:
    """Keep the first press of a button in a drill."""
    statement = insert_for(tx.dialect.name, drill_press).values(
        drill_id=press.drill,
        unit=press.unit,
        button=press.button,
        pressed=press.pressed,
        after_s=press.after_s,
        took_s=press.took_s,
    )
    tx.execute(statement.on_conflict_do_nothing())


def presses(tx: Connection, number: int) -> list[Press]:
    """The proof of one drill, in the order of the presses."""
    found = select(drill_press).where(drill_press.c.drill_id == number)
    rows = tx.execute(found.order_by(drill_press.c.pressed))
    return [Press(row.drill_id, row.unit, row.button, row.pressed, row.after_s, row.took_s) for row in rows]


def _drill(row: Any) -> Drill:
    return Drill(
        row.id, row.unit, row.area, row.begin_at, row.seconds, row.by, row.every_days, row.started, row.ended
    )
