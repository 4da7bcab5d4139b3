"""Who is not there, in the database."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from hub.escalation.roster import Absence
from hub.store.supervision_schema import absence


def add(tx: Connection, site: str, one: Absence, by: str) -> int:
    """Store it; returns its number."""
    values = {"site": site, "login": one.login, "begin_at": one.begin, "until_at": one.until, "by": by}
    return int(tx.execute(insert(absence).values(values).returning(absence.c.id)).scalar_one())


def remove(tx: Connection, site: str, number: int) -> bool:
    """Forget it; False when there is none."""
    mine = (absence.c.site == site) & (absence.c.id == number)
    return tx.execute(delete(absence).where(mine)).rowcount == 1


def current(tx: Connection, site: str, now: datetime) -> dict[int, Absence]:
    """Those that have not ended, by number."""
    rows = tx.execute(
        select(absence).where(absence.c.site == site, absence.c.until_at > now).order_by(absence.c.begin_at)
    )
    return {row.id: Absence(row.login, row.begin_at, row.until_at) for row in rows}
