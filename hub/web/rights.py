"""What a person may see: everything, or what happens in the areas that they answer for."""

from collections.abc import Mapping

from hub.people import Person


def areas_of(person: Person) -> frozenset[str] | None:
    """Ids of the areas that a person answers for; None: all of them."""
    return person.areas


def may_see(person: Person, area: str | None) -> bool:
    """Whether what happens in an area concerns a person.

    What no area is known of (None: a unit that nobody has registered) concerns everybody: an alarm must not
    be hidden from all because a setting is missing.
    """
    return person.areas is None or area is None or area in person.areas


def hidden_units(person: Person, area_of: Mapping[str, str]) -> list[str]:
    """Units that stand in areas which do not concern a person; ``area_of`` is that of the house."""
    return [unit for unit, area in area_of.items() if not may_see(person, area)]
