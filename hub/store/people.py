"""People and their sign-ins in the database."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from hub.people import ONE_TIME_FOR, Account, Person, Role, SignIn
from hub.store.schema import person, sign_in


def account(tx: Connection, login: str) -> Account | None:
    """The person with that login."""
    row = tx.execute(select(person).where(person.c.login == login)).one_or_none()
    if row is None:
        return None
    return _account(row)


def _account(row: Row[Any]) -> Account:
    return Account(_person(row), row.password_hash, row.one_time_hash, row.one_time_expires, row.disabled_at)


def names(tx: Connection) -> dict[str, str]:
    """Login to name of everybody who may sign in."""
    rows = tx.execute(select(person.c.login, person.c.name).where(person.c.disabled_at.is_(None)))
    return {row.login: row.name for row in rows}


def _person(row: Row[Any]) -> Person:
    areas = None if row.areas is None else frozenset(json.loads(row.areas))
    return Person(row.id, row.login, row.name, Role(row.role), areas, row.language, row.sound)


def give_one_time(
    tx: Connection, login: str, hashed: str, *, name: str | None, role: Role | None, now: datetime
) -> bool:
    """Give a one-time password; makes the person when there is none and both name and role are known. Who was
    disabled may sign in again: this is the way back in for whoever has the computer itself.

    False: there is no such person, and too little is known to make one.
    """
    known = account(tx, login)
    values: dict[str, object] = {
        "one_time_hash": hashed,
        "one_time_expires": now + ONE_TIME_FOR,
        "disabled_at": None,
    }
    if name is not None:
        values["name"] = name
    if role is not None:
        values["role"] = role.value
    if known is not None:
        tx.execute(update(person).where(person.c.id == known.person.id).values(values))
        return True
    if name is None or role is None:
        return False
    tx.execute(insert(person).values(login=login, created_at=now, **values))
    return True


def use_one_time(tx: Connection, person_id: int, hashed: str) -> bool:
    """Use up the one-time password; False when somebody was faster."""
    mine = (person.c.id == person_id) & (person.c.one_time_hash == hashed)
    used = tx.execute(update(person).where(mine).values(one_time_hash=None, one_time_expires=None))
    return used.rowcount == 1


def set_password(tx: Connection, person_id: int, hashed: str, keep_token_hash: str) -> list[str]:
    """Give a password and end the person's sign-ins except one; returns the hashes of those that ended."""
    tx.execute(update(person).where(person.c.id == person_id).values(password_hash=hashed))
    return _end(tx, (sign_in.c.person_id == person_id) & (sign_in.c.token_hash != keep_token_hash))


def enter(
    tx: Connection,
    token_hash: str,
    who: Person,
    now: datetime,
    expires: datetime,
    *,
    address: str = "",
    browser: str = "",
) -> None:
    """Keep a sign-in, and forget those that have expired."""
    tx.execute(delete(sign_in).where(sign_in.c.expires_at <= now))
    tx.execute(
        insert(sign_in).values(
            token_hash=token_hash,
            person_id=who.id,
            created_at=now,
            expires_at=expires,
            address=address[:64],
            browser=browser[:200],
        )
    )


def find_sign_in(tx: Connection, token_hash: str, now: datetime) -> SignIn | None:
    """The living sign-in with that hash, with the person as they are now."""
    row = tx.execute(
        select(sign_in.c.expires_at, person)
        .join(person, person.c.id == sign_in.c.person_id)
        .where(sign_in.c.token_hash == token_hash, sign_in.c.expires_at > now, person.c.disabled_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    return SignIn(token_hash, _person(row), row.expires_at)


def leave(tx: Connection, token_hash: str) -> None:
    """End a sign-in."""
    tx.execute(delete(sign_in).where(sign_in.c.token_hash == token_hash))


@dataclass(frozen=True, slots=True)
class Entry:
    """One living sign-in, for the person whose it is."""

    id: str
    """Names it, and cannot be used to sign in."""
    token_hash: str
    since: datetime
    until: datetime
    address: str
    browser: str


def everybody(tx: Connection) -> list[Account]:
    """All people, in the order of their logins."""
    return [_account(row) for row in tx.execute(select(person).order_by(person.c.login))]


def make(tx: Connection, who: Person, hashed: str, now: datetime) -> bool:
    """A new person with a one-time password; False when the login is taken."""
    if account(tx, who.login) is not None:
        return False
    tx.execute(
        insert(person).values(
            login=who.login,
            created_at=now,
            one_time_hash=hashed,
            one_time_expires=now + ONE_TIME_FOR,
            **_values(who),
        )
    )
    return True


def change(tx: Connection, who: Person) -> None:
    """Name, role, areas and choices of somebody, by their number."""
    tx.execute(update(person).where(person.c.id == who.id).values(**_values(who)))


def disable(tx: Connection, person_id: int, now: datetime | None) -> list[str]:
    """From now on they may not sign in (None: they may again); hashes of the sign-ins that ended. A one-time
    password that was not used ends as well."""
    values = {"disabled_at": now, "one_time_hash": None, "one_time_expires": None}
    tx.execute(update(person).where(person.c.id == person_id).values(values))
    return _end(tx, sign_in.c.person_id == person_id) if now is not None else []


def admins_left(tx: Connection, without: int) -> int:
    """How many administrators may sign in besides one."""
    found = (person.c.role == Role.ADMIN.value) & person.c.disabled_at.is_(None) & (person.c.id != without)
    return tx.execute(select(func.count()).select_from(person).where(found)).scalar_one()


def sign_ins(tx: Connection, person_id: int, now: datetime) -> list[Entry]:
    """The living ones of a person, newest first."""
    rows = tx.execute(
        select(sign_in)
        .where(sign_in.c.person_id == person_id, sign_in.c.expires_at > now)
        .order_by(sign_in.c.created_at.desc())
    )
    return [
        Entry(row.token_hash[:16], row.token_hash, row.created_at, row.expires_at, row.address, row.browser)
        for row in rows
    ]


def end_sign_in(tx: Connection, person_id: int, number: str) -> list[str]:
    """End one of a person's sign-ins; the hash of what ended."""
    mine = (sign_in.c.person_id == person_id) & (func.substr(sign_in.c.token_hash, 1, 16) == number)
    return _end(tx, mine)


def _end(tx: Connection, which: ColumnElement[bool]) -> list[str]:
    return list(tx.execute(delete(sign_in).where(which).returning(sign_in.c.token_hash)).scalars())


def _values(who: Person) -> dict[str, object]:
    return {
        "name": who.name,
        "role": who.role.value,
        "areas": None if who.areas is None else json.dumps(sorted(who.areas)),
        "language": who.language,
        "sound": who.sound,
    }
