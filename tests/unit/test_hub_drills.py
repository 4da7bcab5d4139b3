"""Drills: which press is practice, when one starts, and what is asked of units for it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from hub.drills import BadDrill, Drill, check, due, is_practice, missed, next_of, running_at
from hub.orders import BadOrder, Order, order
from tests.support.calling import NOON

AREA_OF = {"c1": "desk", "c2": "desk", "t1": "tax"}


def at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def drill(**changes: object) -> Drill:
    return replace(Drill(1, None, "desk", at(0), 600.0, "佐藤"), **changes)  # type: ignore[arg-type]


RUNNING = drill(started=at(2))


@pytest.mark.parametrize(
    ("unit", "area", "units"),
    [
        (None, None, ["c1", "c2", "t1"]),
        (None, "desk", ["c1", "c2"]),
        ("t1", None, ["t1"]),
        ("t1", "desk", []),
        ("x", None, []),
    ],
)
def test_a_drill_is_of_a_unit_an_area_or_the_site(
    unit: str | None, area: str | None, units: list[str]
) -> None:
    assert drill(unit=unit, area=area).units(AREA_OF) == units


def test_a_drill_starts_when_it_is_due_and_ends_by_itself_or_by_a_person() -> None:
    planned = drill(begin=at(100))
    assert due([planned], at(99.9)) == []
    assert due([planned], at(100)) == [planned]
    started = replace(planned, started=at(100))
    assert due([started], at(100)) == []
    assert [started.state(at(s)) for s in (100, 699.9, 700)] == ["running", "running", "over"]
    assert replace(started, ended=at(200)).state(at(200)) == "over"
    assert replace(planned, ended=at(50)).state(at(60)) == "cancelled"


def test_a_repeated_drill_has_its_next_date_and_a_missed_one_is_not_made_up_for() -> None:
    again = next_of(drill(started=at(1), ended=at(9), every_days=30))
    assert again is not None
    assert (again.id, again.begin, again.started, again.ended) == (0, at(0) + timedelta(days=30), None, None)
    assert next_of(drill()) is None
    assert not missed(drill(), at(599))
    assert missed(drill(), at(600))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"seconds": 0.0}, "at most 3600 s; given: 0"),
        ({"seconds": 3601.0}, "at most 3600 s; given: 3601"),
        ({"every_days": 0}, "every_days must be 1 to 366; given: 0"),
        ({"begin": at(-301)}, "now or within a year"),
        ({"begin": at(0) + timedelta(days=367)}, "now or within a year"),
        ({"area": "nowhere"}, "no unit"),
    ],
)
def test_a_drill_that_cannot_be_is_refused(changes: dict[str, object], told: str) -> None:
    with pytest.raises(BadDrill, match=told):
        check(drill(**changes), AREA_OF, at(0))
    assert check(drill(), AREA_OF, at(0)) == drill()


def test_the_drill_of_a_press_is_the_one_that_ran_when_it_was_made() -> None:
    for second, found in ((1.9, False), (2, True), (607, True), (607.1, False)):
        assert (running_at([RUNNING], "c1", at(second), AREA_OF) is not None) == found
    assert running_at([RUNNING], "t1", at(5), AREA_OF) is None
    assert running_at([drill()], "c1", at(5), AREA_OF) is None, "not started"


@pytest.mark.parametrize(
    ("marked", "presses", "known", "before", "practice"),
    [
        (True, 1, True, False, True),
        (True, 0, True, False, True),  # assist counts no presses
        (False, 1, True, False, False),
        (True, 2, True, False, False),
        (True, 1, False, False, False),
        (True, 1, True, True, False),
    ],
)
def test_only_the_single_first_press_of_a_known_drill_is_practice(
    marked: bool, presses: int, known: bool, before: bool, practice: bool
) -> None:
    assert is_practice(marked, presses, RUNNING if known else None, before) == practice


def test_an_order_waits_until_it_is_answered_or_cannot_be_any_more() -> None:
    asked = order("ab" * 8, "c1", "identify", {"seconds": 5.0}, by="佐藤", now=at(0))
    assert asked.message().expires == at(30)
    assert [asked.state(at(s)) for s in (0, 60, 60.1)] == ["waiting", "waiting", "unanswered"]
    assert replace(asked, answered=at(1), done=True).state(at(99)) == "done"
    assert replace(asked, answered=at(1), done=False, why="expired").state(at(99)) == "refused"


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("explode", {}, "name must be one of identify, .*; given: 'explode'"),
        ("identify", {"seconds": 61}, "seconds: Input should be less than or equal to 60"),
        ("identify", {"colour": "red"}, "colour: not known"),
        ("restart", {"now": True}, "now: not known"),
    ],
)
def test_an_order_that_no_unit_would_do_is_refused(
    name: str, arguments: dict[str, object], told: str
) -> None:
    with pytest.raises(BadOrder, match=told):
        order("ab" * 8, "c1", name, arguments, by="佐藤", now=at(0))
    with pytest.raises(BadOrder):
        Order("nothex", "c1", "identify", at(0), at(30), "佐藤").message()
