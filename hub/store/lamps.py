"""What each unit's lamp was last told."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from hub.alarms import Covered, Lamp
from hub.store.schema import lamp
from hub.store.statements import OneOrMany, upsert

_TOLD = ("state", "epoch", "sequence", "boot", "uptime", "time", "set_at")
_ALL = select(lamp).where(lamp.c.site == bindparam("at_site"))
_SOME = OneOrMany(_ALL, lamp.c.unit)


def lamps(tx: Connection, site: str, units: Collection[str] | None = None) -> dict[str, Lamp]:
    """Unit to its lamp, for all units or for some."""
    if units is None:
        rows: Iterable[Any] = tx.execute(_ALL, {"at_site": site})
    else:
        rows = _SOME.rows(tx, site, units)
    return {row.unit: _lamp(row) for row in rows}


def keep_lamps(tx: Connection, site: str, changed: Sequence[Lamp], now: datetime) -> None:
    """Store what lamps are told from now on."""
    if not changed:
        return
    tx.execute(
        upsert(tx, lamp, ("site", "unit"), _TOLD),
        [
            {
                "site": site,
                "unit": new.unit,
                "state": new.state,
                "epoch": new.covers.epoch,
                "sequence": new.covers.sequence,
                "boot": new.covers.boot,
                "uptime": new.covers.uptime,
                "time": new.covers.time,
                "set_at": now,
            }
            for new in changed
        ],
    )


def _lamp(row: Any) -> Lamp:
    return Lamp(row.unit, row.state, Covered(row.epoch, row.sequence, row.boot, row.uptime, row.time))
