"""When each button was last known to work. Followed behind the alarms, which must not wait for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, literal_column, or_, select

from hub.store import tally
from hub.store.schema import event
from hub.store.statements import Statement, Values, insert_for, insert_new
from hub.store.supervision_schema import button
from hub.troubles import Proven
from wire.messages.events import Assist, Panic

AT_ONCE = 2_500
"""Events looked at in one go: what an alarm that comes meanwhile has to share the processor with."""
KEPT_AT_ONCE = 20
"""Buttons in one transaction: an alarm that comes meanwhile waits for one of them, about a millisecond."""
_FOLLOWED = "buttons-followed"
_KEY = ("site", "unit", "button")
_MEET = insert_new(button, _KEY, returning=["unit"])
_BUTTONS = {Panic.TYPE: "panic", Assist.TYPE: "assist"}

_TOLD = (
    event.c.site,
    event.c.unit,
    event.c.type,
    func.max(event.c.received_at, type_=event.c.received_at.type).label("at"),
)
_PRESSED = Statement(
    # Without the site among the conditions: by its index all events there are would be looked through.
    lambda _dialect: (
        select(*_TOLD)
        .where(
            event.c.id > bindparam("after"),
            event.c.id <= bindparam("through"),
            or_(*(event.c.type == literal_column(f"'{name}'") for name in sorted(_BUTTONS))),
        )
        .group_by(event.c.site, event.c.unit, event.c.type)
    ),
    _TOLD,
)


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a stretch of events says of buttons."""

    kept: int
    """What is said of events up to this number is kept, by this hub or another."""
    through: int
    pressed: Sequence[Values]
    """The newest press of each button."""
    more: bool
    """There are events behind them."""


def learn(tx: Connection, site: str, after: int | None = None) -> Learnt:
    """Look at presses after an event's number, at the start after those whose proof is kept; only reads."""
    kept = tally.counted(tx, _FOLLOWED)
    after = kept if after is None else after
    newest = tx.execute(select(func.max(event.c.id))).scalar() or 0
    through = max(after, min(newest, after + AT_ONCE))
    rows = _PRESSED.run(tx, [{"after": after, "through": through}])
    pressed = [
        {"site": site, "unit": row.unit, "button": _BUTTONS[row.type], "since": row.at, "at": row.at}
        for row in rows
        if row.site == site
    ]
    return Learnt(kept, through, pressed, newest > through)


def keep(tx: Connection, pressed: Sequence[Values]) -> None:
    """Keep some of what was learnt; to do it twice changes nothing."""
    _KEEP.run(tx, pressed)


def followed(tx: Connection, through: int) -> None:
    """What events up to this number say is kept: a start goes on behind it. So a kill leaves nothing out."""
    kept = tally.counted(tx, _FOLLOWED)
    if through > kept:  # another hub may have come further
        tally.count(tx, _FOLLOWED, through - kept)


def _upsert(dialect: str) -> Any:
    names = ("site", "unit", "button", "since", "at")
    statement = insert_for(dialect, button).values(
        {name: bindparam(name, type_=button.c[name].type) for name in names}
    )
    newer = button.c.at.is_(None) | (statement.excluded.at > button.c.at)
    return statement.on_conflict_do_update(
        index_elements=_KEY, set_={"at": statement.excluded.at}, where=newer
    )


_KEEP = Statement(_upsert)


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
