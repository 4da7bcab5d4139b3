"""People by role, for pages that let one choose a person."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from hub.people import Person, Role
from hub.store.people import everybody
from hub.store.schema import person

NAMES_MAX = 500


def names(tx: Connection, roles: Collection[Role]) -> list[tuple[str, str]]:
    """Login and name of those who may sign in, by name."""
    wanted = person.c.role.in_([role.value for role in roles]) & person.c.disabled_at.is_(None)
    found = select(person.c.login, person.c.name).where(wanted).order_by(person.c.name, person.c.login)
    return [(row.login, row.name) for row in tx.execute(found.limit(NAMES_MAX))]


def supervisors(tx: Connection) -> list[Person]:
    """Those who may sign in, by login."""
    return [
        known.person
        for known in everybody(tx)
        if known.person.role is Role.SUPERVISOR and known.disabled_at is None
    ]
