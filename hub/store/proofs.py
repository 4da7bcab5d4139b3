"""When each button was last known to work. Followed behind the alarms, which must not wait for it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, func, select

from hub.store import tally
from hub.store.schema import event
from hub.store.statements import insert_new, upsert
from hub.store.supervision_schema import button
from hub.troubles import Proven
from wire.messages.events import Assist, Panic

AT_ONCE = 1000
"""Events that are looked at in one transaction: an alarm may wait behind it."""
_FOLLOWED = "buttons-followed"
_KEY = ("site", "unit", "button")
_KEEP = upsert(button, _KEY, ["at"])
_MEET = insert_new(button, _KEY, returning=["unit"])
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
    pressed = [
        {"site": site, "unit": row.unit, "button": _BUTTONS[row.type], "since": row.at, "at": row.at}
        for row in rows
    ]
    if pressed:
        _KEEP.run(tx, pressed)
    tally.count(tx, _FOLLOWED, end - begun)
    return end - begun


def meet(tx: Connection, site: str, units: Iterable[str], now: datetime) -> None:
    """Units that the hub hears of: their emergency button is to be tested from now on."""
    rows = [{"site": site, "unit": unit, "button": "panic", "since": now, "at": None} for unit in units]
    if rows:
        _MEET.run(tx, rows)


def proofs(tx: Connection, site: str) -> dict[str, list[Proven]]:
    """Unit to its buttons."""
    found: dict[str, list[Proven]] = {}
    for row in tx.execute(
        select(button).where(button.c.site == site).order_by(button.c.unit, button.c.button)
    ):
        found.setdefault(row.unit, []).append(Proven(row.button, row.since, row.at))
    return found
