"""Whom what happens in an area concerns."""

import pytest

from hub.people import Person, Role
from hub.web.rights import areas_of, may_see


@pytest.mark.parametrize(
    ("areas", "area", "sees"),
    [
        (None, "shimin", True),
        (None, None, True),
        (frozenset({"shimin"}), "shimin", True),
        (frozenset({"shimin"}), "nozei", False),
        (frozenset({"shimin"}), None, True),
        (frozenset(), "shimin", False),
        (frozenset(), None, True),
    ],
)
def test_a_person_sees_the_areas_they_answer_for_and_what_has_none(
    areas: frozenset[str] | None, area: str | None, sees: bool
) -> None:
    person = Person(1, "yamada", "山田", Role.SUPERVISOR, areas)
    assert (may_see(person, area), areas_of(person)) == (sees, areas)
