"""What stands: of each subject the newest notice for an address counts. Also: forgetting the others."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import ValidationError
from sqlalchemy import Connection, and_, delete, exists, or_, select

from hub.notices import Severity, most_severe
from hub.store.notices import PAYLOAD
from hub.store.schema import notices as table

KEPT_FOR = timedelta(days=30)
PRUNED_AT_ONCE = 500

_LATER = table.alias()
_NEWER = exists().where(
    _LATER.c.site == table.c.site,
    _LATER.c.channel == table.c.channel,
    _LATER.c.address == table.c.address,
    _LATER.c.subject == table.c.subject,
    _LATER.c.number > table.c.number,
)


def standing(tx: Connection, site: str, channel: str, address: str) -> Severity:
    """What holds now for an address that shows states: the most severe among the newest of each subject."""
    rows = tx.execute(
        select(table.c.payload).where(
            table.c.site == site, table.c.channel == channel, table.c.address == address, ~_NEWER
        )
    )
    severities: list[Severity] = []
    for (payload,) in rows:
        try:
            notice = PAYLOAD.validate_json(payload)
        except ValidationError:
            continue  # given up by ``claim``, which says so
        if notice.reason != "test":
            severities.append(notice.severity)
    return most_severe(severities)


def old(tx: Connection, now: datetime) -> list[int]:
    """Numbers of some that were settled ``KEPT_FOR`` ago; only reads, since it may look through many.

    What still stands on a signal tower stays, however old it is.
    """
    settled = and_(
        table.c.state.in_(("sent", "failed", "replaced")),
        table.c.due < now - KEPT_FOR,
        or_(table.c.channel != "tower", _NEWER),
    )
    return list(
        tx.scalars(select(table.c.number).where(settled).order_by(table.c.number).limit(PRUNED_AT_ONCE))
    )


def forget(tx: Connection, numbers: Sequence[int]) -> None:
    """Forget those: what is settled stays settled."""
    tx.execute(delete(table).where(table.c.number.in_(numbers)))
