"""Who changed what, in the database. Lines are added and read; the database itself refuses the rest."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from hub.people import Person
from hub.store.house_schema import audit

SHOWN_MAX = 200
SUBJECT_CHARS_MAX = 120


@dataclass(frozen=True, slots=True)
class By:
    """Who does something, and where they sit."""

    login: str
    """Empty: nobody is signed in."""
    name: str
    address: str = ""
    """Of their browser; empty: a command line."""

    @classmethod
    def person(cls, person: Person, address: str) -> "By":
        """Somebody who is signed in."""
        return cls(person.login, person.name, address)


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done."""

    what: str
    """``area-changed``, ``signed-in`` … as ``hub.web.pages.audit`` words them."""
    subject: str
    """Id of the area, login of the person …"""
    before: Mapping[str, Any] = field(default_factory=dict)
    """What changed as it was; empty: it is new."""
    after: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the audit."""

    id: int
    at: datetime
    by: By
    deed: Deed


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines are asked for; absent: all."""

    login: str | None = None
    what: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Not included."""
    before: int | None = None
    """Numbers below this one: the next page."""
    limit: int = 50


def add(tx: Connection, site: str, by: By, deed: Deed, now: datetime) -> None:
    """Within the transaction of the deed. Of a change only what differs is kept."""
    before, after = _different(deed.before, deed.after)
    tx.execute(
        insert(audit).values(
            site=site,
            at=now,
            login=_plain(by.login, 64),
            name=_plain(by.name, 80),
            address=_plain(by.address, 64),
            what=deed.what,
            subject=_plain(deed.subject, SUBJECT_CHARS_MAX),
            before=json.dumps(before, ensure_ascii=False),
            after=json.dumps(after, ensure_ascii=False),
        )
    )


def shown(tx: Connection, site: str, wanted: Wanted) -> list[Line]:
    """Newest first, at most ``SHOWN_MAX``."""
    found = select(audit).where(audit.c.site == site)
    if wanted.login is not None:
        found = found.where(audit.c.login == _plain(wanted.login, 64))
    if wanted.what is not None:
        found = found.where(audit.c.what == _plain(wanted.what, 48))
    if wanted.since is not None:
        found = found.where(audit.c.at >= wanted.since)
    if wanted.until is not None:
        found = found.where(audit.c.at < wanted.until)
    if wanted.before is not None:
        found = found.where(audit.c.id < wanted.before)
    limit = max(1, min(wanted.limit, SHOWN_MAX))
    return [_line(row) for row in tx.execute(found.order_by(audit.c.id.desc()).limit(limit))]


def actors(tx: Connection, site: str) -> list[str]:
    """Logins of everybody who has done anything."""
    found = select(audit.c.login).where(audit.c.site == site).distinct().order_by(audit.c.login)
    return list(tx.execute(found).scalars())


def _different(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    if not before or not after:
        return dict(before), dict(after)
    changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return (
        {key: before[key] for key in changed if key in before},
        {key: after[key] for key in changed if key in after},
    )


def _line(row: Any) -> Line:
    deed = Deed(row.what, row.subject, json.loads(row.before), json.loads(row.after))
    return Line(row.id, row.at, By(row.login, row.name, row.address), deed)


def _plain(text: str, longest: int) -> str:
    """One line that every database can keep."""
    return "".join(c if c.isprintable() else "?" for c in text[:longest])
