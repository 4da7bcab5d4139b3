"""People and their sign-ins in the database."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from hub.people import ONE_TIME_FOR, Account, Person, Role, SignIn
from hub.store.schema import person, sign_in


def account(tx: Connection, login: str) -> Account | None:
    """The person with that login."""
    row = tx.execute(select(person).where(person.c.login == login)).one_or_none()
    if row is None:
        return None
    return Account(_person(row), row.password_hash, row.one_time_hash, row.one_time_expires, row.disabled_at)


def _person(row: Row[Any]) -> Person:
    areas = None if row.areas is None else frozenset(json.loads(row.areas))
    return Person(row.id, row.login, row.name, Role(row.role), areas, row.language, row.sound)


def give_one_time(
    tx: Connection, login: str, hashed: str, *, name: str | None, role: Role | None, now: datetime
) -> bool:
    """Give a one-time password; makes the person when there is none and both name and role are known.

    False: there is no such person, and too little is known to make one.
    """
    known = account(tx, login)
    values: dict[str, object] = {"one_time_hash": hashed, "one_time_expires": now + ONE_TIME_FOR}
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
    others = (sign_in.c.person_id == person_id) & (sign_in.c.token_hash != keep_token_hash)
    return list(tx.execute(delete(sign_in).where(others).returning(sign_in.c.token_hash)).scalars())


def enter(tx: Connection, token_hash: str, who: Person, now: datetime, expires: datetime) -> None:
    """Keep a sign-in, and forget those that have expired."""
    tx.execute(delete(sign_in).where(sign_in.c.expires_at <= now))
    tx.execute(
        insert(sign_in).values(token_hash=token_hash, person_id=who.id, created_at=now, expires_at=expires)
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
