"""The notices that are due, claimed, sent or given up: the outbox of what is told to people outside.

A notice is added in the transaction of what caused it. Whoever sends it claims it first with a lease and
marks it sent afterwards: when they die in between, the lease runs out and it is sent once more. So it may be
told twice, with the same id, and is never lost. Of two hubs on one database each takes what the other has
not claimed.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, update

from hub.notices import Notice
from hub.store.commits import after_commit
from hub.store.schema import notices as table
from hub.store.statements import insert_new

AHEAD = timedelta(minutes=2)
"""Nothing waits longer than this for its next try or for the end of a lease. What would have to was put
there by a clock that has been set back since, and is taken for due."""
ONE_LANE = frozenset({"mail", "page"})
ADDED = "notices"
"""What ``Store.on_commit`` calls back for."""
ERROR_CHARS_MAX = 200

_ADD = insert_new(table, ("site", "id"), returning=["number"])
PAYLOAD = TypeAdapter(Notice)
"""A notice as the table keeps it."""
_CLAIMED = ("number", "rank", "attempts", "added_at", "last_error", "payload")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A notice that one holder may send until the lease ends."""

    number: int
    notice: Notice
    attempts: int
    """How often it was tried before."""
    failed_before: bool
    """Whether an attempt is known to have failed; not when its hub died in the middle."""
    added: datetime
    lease_until: datetime


@dataclass(frozen=True, slots=True)
class Health:
    """How one lane has fared; times in UTC. Of notices that are still kept."""

    channel: str
    lane: str
    waiting: int
    """Neither sent nor given up."""
    oldest: datetime | None
    """When the oldest of those was added."""
    sent: int
    failed: int
    last_sent: datetime | None


@dataclass(frozen=True, slots=True)
class Found:
    """What became of one notice so far."""

    state: str
    attempts: int
    sent: datetime | None
    error: str | None


LaneKey = tuple[str, str]
"""Channel, and which of its lanes: what is sent one after the other. A channel with one sender has one lane,
the empty one; else each address is a lane."""


def lane_of(channel: str, address: str) -> str:
    """The lane of an address."""
    return "" if channel in ONE_LANE else address


def add(tx: Connection, site: str, notices: Iterable[Notice], now: datetime) -> int:
    """Add notices, each once for its id; returns how many are new. The carrier hears of it after COMMIT."""
    rows = [
        {
            "site": site,
            "id": notice.id,
            "channel": notice.target.channel,
            "address": notice.target.address,
            "lane": lane_of(notice.target.channel, notice.target.address),
            "subject": notice.subject,
            "rank": 0 if notice.severity == "alarm" else 1,
            "due": notice.due,
            "state": "due",
            "holder": None,
            "lease_until": None,
            "attempts": 0,
            "payload": PAYLOAD.dump_json(notice).decode(),
            "added_at": now,
            "sent_at": None,
            "last_error": None,
        }
        for notice in notices
    ]
    if not rows:
        return 0
    after_commit(tx, ADDED)
    return len(_ADD.run(tx, rows))


def waiting(tx: Connection, site: str, now: datetime) -> list[LaneKey]:
    """Which lanes have something that could be claimed."""
    lanes = select(table.c.channel, table.c.lane).where(table.c.site == site)
    # Each state by itself: then the index gives those few, instead of all notices that there are.
    found = lanes.where(_due(now)).union(lanes.where(_over(now)))
    return [(channel, lane) for channel, lane in tx.execute(found)]


def release(tx: Connection, site: str, now: datetime, holder: str | None = None) -> None:
    """Make due again what was claimed with a lease that is over; or whatever ``holder`` has claimed, for a
    holder that starts anew."""
    claimed = (table.c.state == "claimed") & (table.c.holder == holder) if holder is not None else _over(now)
    again = update(table).where(table.c.site == site, claimed)
    tx.execute(again.values(state="due", due=now, holder=None, lease_until=None))


def claim(
    tx: Connection,
    site: str,
    now: datetime,
    holder: str,
    *,
    lease_s: float,
    channel: str,
    limit: int,
    lane: str | None = None,
) -> list[Claimed]:
    """Take up to ``limit`` that are due, the most urgent first, then those never tried, then the oldest.

    ``lane``: of this one only. A payload that this version cannot read is given up.
    """
    if limit <= 0:
        return []
    some = select(table.c.number).where(table.c.site == site, table.c.channel == channel, _due(now))
    if lane is not None:
        some = some.where(table.c.lane == lane)
    some = some.order_by(table.c.rank, table.c.attempts, table.c.number).limit(limit)
    until = now + timedelta(seconds=lease_s)
    taken = tx.execute(
        update(table)
        .where(table.c.number.in_(some.with_for_update(skip_locked=True).scalar_subquery()))
        .values(state="claimed", holder=holder, lease_until=until, attempts=table.c.attempts + 1)
        .returning(*(table.c[name] for name in _CLAIMED))
    ).all()
    claimed = []
    for row in sorted(taken, key=lambda row: (row.rank, row.attempts, row.number)):
        try:
            notice = PAYLOAD.validate_json(row.payload)
        except ValidationError:
            failed(tx, row.number, holder, "the stored notice cannot be read by this version")
        else:
            failed_before = row.last_error is not None
            claimed.append(Claimed(row.number, notice, row.attempts - 1, failed_before, row.added_at, until))
    return claimed


def replaced(tx: Connection, site: str, claimed: Claimed) -> bool:
    """Whether it has failed before and a newer notice of the same subject to the same target is there, which
    then replaces it."""
    if not claimed.failed_before:
        return False
    target = claimed.notice.target
    newer = exists().where(
        table.c.site == site,
        table.c.channel == target.channel,
        table.c.address == target.address,
        table.c.subject == claimed.notice.subject,
        table.c.number > claimed.number,
    )
    if not tx.execute(select(newer)).scalar_one():
        return False
    values = {"state": "replaced", "holder": None, "lease_until": None}
    tx.execute(update(table).where(table.c.number == claimed.number).values(**values))
    return True


def sent(tx: Connection, numbers: Collection[int], now: datetime) -> None:
    """They are told, whoever holds them by now."""
    if numbers:
        tx.execute(
            update(table)
            .where(table.c.number.in_(numbers))
            .values(state="sent", sent_at=now, holder=None, lease_until=None, last_error=None)
        )


def failed(
    tx: Connection, number: int, holder: str, error: str, again: datetime | None = None, *, tried: bool = True
) -> None:
    """It could not be told: try ``again`` then, or give it up. Nothing happens when another holds it by now.

    ``error`` must hold no personal data. Not ``tried``: it is handed back as it was.
    """
    values: dict[str, Any] = {"holder": None, "lease_until": None, "last_error": error[:ERROR_CHARS_MAX]}
    values |= {"state": "failed"} if again is None else {"state": "due", "due": again}
    if not tried:
        values |= {"attempts": table.c.attempts - 1, "last_error": table.c.last_error}
    mine = (table.c.number == number) & (table.c.state == "claimed") & (table.c.holder == holder)
    tx.execute(update(table).where(mine).values(**values))


def abandon(tx: Connection, site: str, lane: LaneKey, error: str) -> int:
    """Give up everything that waits for a lane that no notifier serves; returns how many."""
    theirs = and_(table.c.site == site, table.c.channel == lane[0], table.c.lane == lane[1])
    values = {"state": "failed", "holder": None, "lease_until": None, "last_error": error[:ERROR_CHARS_MAX]}
    return tx.execute(update(table).where(theirs, table.c.state == "due").values(**values)).rowcount


def health(tx: Connection, site: str) -> list[Health]:
    """How every lane has fared."""
    open_ = table.c.state.in_(("due", "claimed"))
    found = (
        select(
            table.c.channel,
            table.c.lane,
            func.count().filter(open_),
            func.min(table.c.added_at).filter(open_),
            func.count().filter(table.c.state == "sent"),
            func.count().filter(table.c.state == "failed"),
            func.max(table.c.sent_at),
        )
        .where(table.c.site == site)
        .group_by(table.c.channel, table.c.lane)
        .order_by(table.c.channel, table.c.lane)
    )
    return [Health(*row) for row in tx.execute(found)]


def find(tx: Connection, site: str, notice: str) -> Found | None:
    """The notice of that id."""
    columns = (table.c.state, table.c.attempts, table.c.sent_at, table.c.last_error)
    row = tx.execute(select(*columns).where(table.c.site == site, table.c.id == notice)).one_or_none()
    return None if row is None else Found(*row)


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(table.c.state == "due", or_(table.c.due <= now, table.c.due > now + AHEAD))


def _over(now: datetime) -> ColumnElement[bool]:
    until = table.c.lease_until
    return and_(table.c.state == "claimed", or_(until <= now, until > now + AHEAD))
