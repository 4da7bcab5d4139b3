"""When each button was last known to work. Followed behind the alarms, which must not wait for it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, func, select

from hub.store import tally
from hub.store.schema import event
from hub.store.statements import insert_for
from hub.store.supervision_schema import button
from hub.troubles import Proven
from wire.messages.events import Assist, Panic

AT_ONCE = 2000
_FOLLOWED = "buttons-followed"
_BUTTONS = {Panic.TYPE: "panic", Assist.TYPE: "assist"}


def follow(tx: Connection, site: str) -> int:
    """Take over presses stored since the last time; returns how many events were looked at.

    The number of the last event is kept with what was learnt from it, so that a kill repeats nothing and
    leaves nothing out.
    """
    begun = tally.counted(tx, _FOLLOWED)
    newest = tx.execute(select(func.max(event.c.id))).scalar() or 0
    end = min(newest, begun + AT_ONCE)
    if end <= begun:
        return 0
    rows = tx.execute(
        select(
            event.c.unit,
            event.c.type,
            func.max(event.c.received_at, type_=event.c.received_at.type).label("at"),
        )
        .where(event.c.id > begun, event.c.id <= end, event.c.site == site, event.c.type.in_(_BUTTONS))
        .group_by(event.c.unit, event.c.type)
    )
    for row in rows:
        _keep(tx, site, row.unit, _BUTTONS[row.type], row.at)
    tally.count(tx, _FOLLOWED, end - begun)
    return end - begun


def _keep(tx: Connection, site: str, unit: str, which: str, at: datetime) -> None:
    statement = insert_for(tx.dialect.name, button).values(
        site=site, unit=unit, button=which, since=at, at=at
    )
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=["site", "unit", "button"], set_={"at": statement.excluded.at}
        )
    )


def meet(tx: Connection, site: str, units: Iterable[str], now: datetime) -> None:
    """Units that the hub hears of: their emergency button is to be tested from now on."""
    rows = [{"site": site, "unit": unit, "button": "panic", "since": now, "at": None} for unit in units]
    if rows:
        tx.execute(insert_for(tx.dialect.name, button).on_conflict_do_nothing(), rows)


def proofs(tx: Connection, site: str) -> dict[str, list[Proven]]:
    """Unit to its buttons."""
    found: dict[str, list[Proven]] = {}
    for row in tx.execute(
        select(button).where(button.c.site == site).order_by(button.c.unit, button.c.button)
    ):
        found.setdefault(row.unit, []).append(Proven(row.button, row.since, row.at))
    return found
