"""Numbers of a period, and what of them may leave the house."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.figures import SMALL, Happened, figures, published, published_within, quantile

TOKYO = ZoneInfo("Asia/Tokyo")


def at(month: int, day: int, hour: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=TOKYO)


def one(opened: datetime, **changes: object) -> Happened:
    values: dict[str, object] = {
        "area": "shimin",
        "severity": "alarm",
        "kinds": ("panic",),
        "outcome": None,
        "answered_s": 20.0,
    }
    return Happened(opened, **(values | changes))  # type: ignore[arg-type]


SINCE, UNTIL = at(11, 1, 0), at(1, 1, 0, 2027)


def test_what_is_outside_of_the_period_does_not_count() -> None:
    found = figures([one(at(10, 31, 23)), one(SINCE), one(at(12, 31, 23)), one(UNTIL)], SINCE, UNTIL)
    assert found.total == 2
    assert found.months == {(2026, 11): 1, (2026, 12): 1}, "every month of the period is there, and no other"


def test_weekday_and_hour_are_those_of_the_site() -> None:
    sunday = at(11, 22, 14)
    assert figures([one(sunday), one(sunday)], SINCE, UNTIL).hours == {(6, 14): 2}


def test_drills_are_counted_apart_and_in_nothing_else() -> None:
    found = figures([one(SINCE), one(SINCE, severity="drill", kinds=("assist",))], SINCE, UNTIL)
    assert (found.total, found.drills, found.kinds["assist"], found.answers.count) == (1, 1, 0, 1)


def test_only_alarms_count_for_the_time_to_answer() -> None:
    times = [*range(1, 11), 1000]
    rows = [one(SINCE, answered_s=float(s)) for s in times]
    rows += [one(SINCE, answered_s=None), one(SINCE, severity="attention", answered_s=9999.0)]
    answers = figures(rows, SINCE, UNTIL).answers
    assert (answers.count, answers.unanswered, answers.median_s, answers.p90_s) == (11, 1, 6.0, 10.0)


def test_a_false_alarm_of_the_hearing_is_one_that_it_found_alone() -> None:
    rows = [
        one(SINCE, severity="attention", kinds=("shout",), outcome="false-alarm"),
        one(SINCE, kinds=("shout", "bang"), outcome="harassment"),
        one(SINCE, severity="attention", kinds=("shout",)),
        one(SINCE, kinds=("panic", "shout"), outcome="false-alarm"),
    ]
    hearing = figures(rows, SINCE, UNTIL).hearing
    assert (hearing.found, hearing.judged, hearing.false) == (3, 2, 1)


def test_the_policys_kinds_are_counted_of_what_was_decided_to_be_harassment() -> None:
    rows = [
        one(SINCE, outcome="harassment", conduct=("2b", "2c")),
        one(SINCE, outcome="harassment", conduct=("2b",)),
        one(SINCE, outcome="harassment"),
        one(SINCE, outcome="legitimate-complaint", conduct=("2b",)),
        one(SINCE, conduct=("2a",)),
        one(SINCE, severity="drill", outcome="harassment", conduct=("2b",)),
    ]
    assert figures(rows, SINCE, UNTIL).conduct == {"2b": 2, "2c": 1, "": 1}


def test_nothing_happened() -> None:
    found = figures([], SINCE, UNTIL)
    assert (found.total, found.answers.median_s, found.answers.p90_s) == (0, None, None)


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 2), (0.51, 3), (0.75, 3), (0.9, 4), (1.0, 4)])
def test_a_quantile_is_a_value_that_was_there(share: float, value: float) -> None:
    assert quantile([4, 1, 3, 2], share) == value


@given(st.lists(st.integers(0, 20), max_size=8))
def test_no_small_count_can_be_read_or_worked_out(counts: list[int]) -> None:
    shown = published(counts)
    assert all(count is None or count == 0 or count >= SMALL for count in shown)
    hidden = [count for count, told in zip(counts, shown, strict=True) if told is None]
    if len(hidden) == 1:
        # Alone only where it is everything there is: then the sum itself is not published either.
        assert sum(counts) == hidden[0]
        assert published([sum(counts)]) == [None]
    assert all(told in (None, count) for count, told in zip(counts, shown, strict=True))


@given(st.lists(st.integers(0, 20), max_size=8), st.none() | st.integers(3, 20))
def test_parts_of_a_count_that_is_kept_back_are_kept_back(counts: list[int], whole: int | None) -> None:
    shown = published_within(counts, whole)
    if whole is None:
        assert [count for count in shown if count] == []
        assert [count == 0 for count in counts] == [count == 0 for count in shown]
    else:
        assert shown == published(counts)
