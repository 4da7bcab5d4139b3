"""What each unit's lamp was last told."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from hub.alarms import Covered, Lamp
from hub.store.schema import lamp
from hub.store.statements import Statement, few, upsert

_ALL = select(lamp).where(lamp.c.site == bindparam("at_site"))
_ONE = Statement(lambda _dialect: _ALL.where(lamp.c.unit == bindparam("of_unit")), list(lamp.c))
_KEEP = upsert(lamp, ("site", "unit"), ("state", "epoch", "sequence", "boot", "uptime", "time", "set_at"))


def lamps(tx: Connection, site: str, units: Collection[str] | None = None) -> dict[str, Lamp]:
    """Unit to its lamp, for all units or for some."""
    if units is None:
        rows: Iterable[Any] = tx.execute(_ALL, {"at_site": site})
    elif few(tx, units):
        rows = _ONE.run(tx, [{"at_site": site, "of_unit": unit} for unit in units])
    else:
        rows = tx.execute(_ALL.where(lamp.c.unit.in_(units)), {"at_site": site})
    return {row.unit: _lamp(row) for row in rows}


def keep_lamps(tx: Connection, site: str, changed: Sequence[Lamp], now: datetime) -> None:
    """Store what lamps are told from now on."""
    rows = [
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
    ]
    if rows:
        _KEEP.run(tx, rows)


def _lamp(row: Any) -> Lamp:
    return Lamp(row.unit, row.state, Covered(row.epoch, row.sequence, row.boot, row.uptime, row.time))
