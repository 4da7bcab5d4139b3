"""The ledger in the database: lines are added, and never changed."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, func, insert, select, update

from hub.evidence.ledger import BEGIN, Deed, LedgerEnd, next_line
from hub.store.recordings_schema import ledger, ledger_day
from wire.evidence.canonical import canonical
from wire.evidence.ledger import Act, LedgerLine

SHOWN_MAX = 500


@dataclass(frozen=True, slots=True)
class Day:
    """The root of one day (UTC): the hash of its last line."""

    day: str
    seq: int
    hash: str
    tries: int = 0
    """To get a time stamp."""
    stamp: bytes | None = None
    """The authority's response, DER (RFC 3161)."""
    stamped: datetime | None = None
    """By the authority's clock."""
    problem: str | None = None


def last(tx: Connection, site: str) -> LedgerEnd:
    """Sequence and hash of the last line."""
    row = tx.execute(
        select(ledger.c.seq, ledger.c.hash)
        .where(ledger.c.site == site)
        .order_by(ledger.c.seq.desc())
        .limit(1)
    ).one_or_none()
    return (row.seq, row.hash) if row is not None else BEGIN


def write(tx: Connection, site: str, deed: Deed, now: datetime) -> LedgerLine:
    """Add a line, in the transaction of what it tells of. Only one transaction writes at a time."""
    line = next_line(deed, last(tx, site), now, secrets.token_hex(16))
    values = {
        "site": site,
        "seq": line.seq,
        "at": line.at,
        "actor": line.actor,
        "name": line.name,
        "act": line.act,
        "subject": line.subject,
        "reason": line.reason,
        "detail": canonical(line.detail).decode(),
        "salt": line.salt,
        "previous": line.previous,
        "hash": line.hash,
    }
    tx.execute(insert(ledger).values(values))
    return line


def page(
    tx: Connection, site: str, *, before: int | None = None, subject: str | None = None, limit: int = 100
) -> list[tuple[LedgerLine, str]]:
    """Newest first: each line as it is stored, and the hash that is stored with it."""
    found = select(ledger).where(ledger.c.site == site)
    if before is not None:
        found = found.where(ledger.c.seq < before)
    if subject is not None:
        found = found.where(ledger.c.subject == subject)
    rows = tx.execute(found.order_by(ledger.c.seq.desc()).limit(min(limit, SHOWN_MAX)))
    return [(_line(row), row.hash) for row in rows]


def between(tx: Connection, site: str, first: int, through: int) -> list[tuple[LedgerLine, str]]:
    """Lines in order, whole: what a third party checks."""
    wanted = (ledger.c.site == site) & (ledger.c.seq >= first) & (ledger.c.seq <= through)
    return [(_line(row), row.hash) for row in tx.execute(select(ledger).where(wanted).order_by(ledger.c.seq))]


def about(tx: Connection, site: str, subjects: Sequence[str]) -> list[tuple[LedgerLine, str]]:
    """Every line of these recordings or incidents, in order."""
    wanted = (ledger.c.site == site) & ledger.c.subject.in_(subjects)
    return [(_line(row), row.hash) for row in tx.execute(select(ledger).where(wanted).order_by(ledger.c.seq))]


def first_about(tx: Connection, site: str, subjects: Sequence[str]) -> int | None:
    """The first line of these recordings or incidents."""
    wanted = (ledger.c.site == site) & ledger.c.subject.in_(subjects)
    first: int | None = tx.execute(select(func.min(ledger.c.seq)).where(wanted)).scalar_one()
    return first


def days_between(tx: Connection, site: str, first: int, through: int) -> list[Day]:
    """Days that ended with one of these lines, in order."""
    wanted = (ledger_day.c.site == site) & (ledger_day.c.seq >= first) & (ledger_day.c.seq <= through)
    return [_day(row) for row in tx.execute(select(ledger_day).where(wanted).order_by(ledger_day.c.day))]


def end_day(tx: Connection, site: str, today: str) -> list[Day]:
    """Note the roots of the days before ``today`` (UTC) that have none yet; gives the new ones."""
    noted = select(func.max(ledger_day.c.day)).where(ledger_day.c.site == site).scalar_subquery()
    of_day = func.substr(ledger.c.at, 1, 10)
    days = tx.execute(
        select(of_day.label("day"), func.max(ledger.c.seq).label("seq"))
        .where(ledger.c.site == site, of_day < today, of_day > func.coalesce(noted, ""))
        .group_by(of_day)
        .order_by(of_day)
    ).all()
    fresh = []
    for day, seq in days:
        hash_ = tx.execute(
            select(ledger.c.hash).where(ledger.c.site == site, ledger.c.seq == seq)
        ).scalar_one()
        tx.execute(insert(ledger_day).values(site=site, day=day, seq=seq, hash=hash_, tries=0))
        fresh.append(Day(day, seq, hash_))
    return fresh


def days(tx: Connection, site: str, limit: int = 60) -> list[Day]:
    """Newest first."""
    rows = tx.execute(
        select(ledger_day)
        .where(ledger_day.c.site == site)
        .order_by(ledger_day.c.day.desc())
        .limit(min(limit, SHOWN_MAX))
    )
    return [_day(row) for row in rows]


def day_of(tx: Connection, site: str, day: str) -> Day | None:
    """One day's root; None: it is not over, or nothing was written on it."""
    row = tx.execute(
        select(ledger_day).where(ledger_day.c.site == site, ledger_day.c.day == day)
    ).one_or_none()
    return _day(row) if row is not None else None


def unstamped(tx: Connection, site: str, limit: int = 10) -> list[Day]:
    """Days that wait for a time stamp, oldest first."""
    wanted = (ledger_day.c.site == site) & ledger_day.c.stamp.is_(None)
    rows = tx.execute(select(ledger_day).where(wanted).order_by(ledger_day.c.day).limit(limit))
    return [_day(row) for row in rows]


def stamp(tx: Connection, site: str, day: Day, response: bytes, at: datetime) -> bool:
    """Keep a day's time stamp; False: another hub was faster."""
    mine = (ledger_day.c.site == site) & (ledger_day.c.day == day.day) & ledger_day.c.stamp.is_(None)
    values = {"stamp": response, "stamped": at, "tries": day.tries + 1, "problem": None}
    return tx.execute(update(ledger_day).where(mine).values(values)).rowcount == 1


def not_stamped(tx: Connection, site: str, day: Day, problem: str) -> None:
    """It did not work this time."""
    mine = (ledger_day.c.site == site) & (ledger_day.c.day == day.day)
    tx.execute(update(ledger_day).where(mine).values(tries=day.tries + 1, problem=problem[:200]))


def _line(row: Any) -> LedgerLine:
    return LedgerLine(
        seq=row.seq,
        at=row.at,
        actor=row.actor,
        name=row.name,
        act=cast(Act, row.act),
        subject=row.subject,
        reason=row.reason,
        detail=json.loads(row.detail),
        previous=row.previous,
        salt=row.salt,
    )


def _day(row: Any) -> Day:
    return Day(row.day, row.seq, row.hash, row.tries, row.stamp, row.stamped, row.problem)
