"""Of which units a person may hear recordings: the database is asked for these only, so that a list is cut
after what does not concern the person has been left out of it."""

from collections.abc import Callable

from sqlalchemy import Connection

from hub.evidence import rights
from hub.people import Person
from hub.store import recordings

AreaOf = Callable[[str], str | None]
"""Where a unit stands."""


def units_for(
    tx: Connection, site: str, person: Person, area_of: AreaOf, unit: str | None = None
) -> list[str] | None:
    """Of all units, or of this one; None: of every unit."""
    if person.role in rights.LISTENERS and person.areas is None:
        return None if unit is None else [unit]
    asked = recordings.units_of(tx, site) if unit is None else [unit]
    return [one for one in asked if rights.may_hear_of(person, area_of(one))]
