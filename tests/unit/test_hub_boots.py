"""When a unit's computer was started, by the hub's clock."""

from datetime import timedelta

import pytest

from hub.boots import CORRECT_S, UNITS_MAX, Boots, corrected
from tests.support.messages import BOOT, MOMENT

OTHER = "ab" * 16


def test_the_earliest_telling_of_a_boot_is_the_best() -> None:
    boots = Boots()
    assert boots.began("c1", BOOT) is None
    for uptime_s, waited_s in ((10.0, 3.0), (15.0, 0.0), (20.0, 60.0)):
        boots.tell("c1", BOOT, uptime_s, MOMENT + timedelta(seconds=uptime_s + waited_s))
    assert boots.began("c1", BOOT) == MOMENT
    assert boots.began("c1", OTHER) is None
    assert boots.began("c2", BOOT) is None


def test_a_new_boot_takes_the_place_of_the_old_one() -> None:
    boots = Boots()
    boots.tell("c1", BOOT, 5.0, MOMENT)
    boots.tell("c1", OTHER, 1.0, MOMENT + timedelta(hours=1))
    assert boots.began("c1", BOOT) is None
    assert boots.began("c1", OTHER) == MOMENT + timedelta(hours=1, seconds=-1)


def test_no_flood_of_names_fills_the_memory() -> None:
    boots = Boots()
    for number in range(UNITS_MAX + 10):
        boots.tell(f"c{number}", BOOT, 1.0, MOMENT)
    assert boots.began(f"c{UNITS_MAX - 1}", BOOT) is not None
    assert boots.began(f"c{UNITS_MAX}", BOOT) is None


def test_a_telling_that_shows_an_earlier_one_to_be_wrong_says_so() -> None:
    boots = Boots()
    assert not boots.tell("c1", BOOT, 10.0, MOMENT + timedelta(seconds=40)), "the first: nothing was known"
    assert not boots.tell("c1", BOOT, 10.0 + CORRECT_S / 2, MOMENT + timedelta(seconds=40)), "little"
    assert boots.tell("c1", BOOT, 20.0, MOMENT + timedelta(seconds=20))
    assert not boots.tell("c1", BOOT, 30.0, MOMENT + timedelta(seconds=90)), "this one has waited"
    assert not boots.tell("c1", OTHER, 1.0, MOMENT), "another boot is another matter"


@pytest.mark.parametrize(
    ("thought_s", "expected"), [(0.0, 240.0), (239.5, None), (239.0, 240.0), (240.0, None), (300.0, None)]
)
def test_how_late_an_event_was_after_all(thought_s: float, expected: float | None) -> None:
    began = MOMENT - timedelta(seconds=300)
    assert corrected(MOMENT, thought_s, 60.0, began) == expected
