"""Who was told of what, as pages and metrics read it from the outbox of notices."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from hub.store.schema import notices

TOLD_MAX = 1000


@dataclass(frozen=True, slots=True)
class Told:
    """One notice of an incident, and what became of it."""

    channel: str
    address: str
    reason: str
    state: str
    added: datetime
    sent: datetime | None


def told_of(tx: Connection, site: str, number: int) -> list[Told]:
    """Who was told of an incident, oldest first."""
    rows = tx.execute(
        select(notices)
        .where(notices.c.site == site, notices.c.subject == f"incident-{number}")
        .order_by(notices.c.number)
        .limit(TOLD_MAX)
    )
    return [
        Told(r.channel, r.address, json.loads(r.payload)["reason"], r.state, r.added_at, r.sent_at)
        for r in rows
    ]


def by_state(tx: Connection, site: str) -> dict[str, int]:
    """How many notices there are in each state."""
    found = select(notices.c.state, func.count()).where(notices.c.site == site).group_by(notices.c.state)
    return {row[0]: row[1] for row in tx.execute(found)}
