"""What each unit's lamp was last told."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from hub.alarms import Covered, Lamp
from hub.store.events import insert_for
from hub.store.schema import lamp


def lamps(tx: Connection, site: str, units: Iterable[str] | None = None) -> dict[str, Lamp]:
    """Unit to its lamp, for all units or for some."""
    found = select(lamp).where(lamp.c.site == site)
    if units is not None:
        found = found.where(lamp.c.unit.in_(sorted(units)))
    return {row.unit: _lamp(row) for row in tx.execute(found)}


def keep_lamps(tx: Connection, site: str, changed: Sequence[Lamp], now: datetime) -> None:
    """Store what lamps are told from now on."""
    if not changed:
        return
    statement = insert_for(tx, lamp)
    told = ("state", "epoch", "sequence", "boot", "uptime", "time", "set_at")
    statement = statement.on_conflict_do_update(
        index_elements=["site", "unit"], set_={name: statement.excluded[name] for name in told}
    )
    tx.execute(
        statement,
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
