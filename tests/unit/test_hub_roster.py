"""Who can be reached at a moment: hours are local, holidays and absences count."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from hub.escalation.ladder import Callee, Ladder, Tier
from hub.escalation.roster import Absence, Hours, Roster, reaches_somebody
from tests.support.calling import MEMBERS, OFFICE, member

TOKYO = ZoneInfo("Asia/Tokyo")
STAFF = Roster({"aoki": member("aoki", OFFICE), "baba": member("baba")}, zone=TOKYO)


def tokyo(day: int, hour: int, minute: int = 0) -> datetime:
    """In November 2026; the 24th is a Tuesday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=TOKYO).astimezone(UTC)


@pytest.mark.parametrize(
    ("when", "there"),
    [
        (tokyo(24, 8, 29), False),
        (tokyo(24, 8, 30), True),
        (tokyo(24, 17, 14), True),
        (tokyo(24, 17, 15), False),
        (tokyo(28, 12), False),  # Saturday
        (tokyo(30, 8, 30), True),  # Monday, which is still Sunday in UTC
    ],
)
def test_hours_are_of_the_site(when: datetime, there: bool) -> None:
    assert STAFF.on_duty("aoki", when) == there
    assert STAFF.on_duty("baba", when), "without hours always"


def test_hours_may_reach_the_end_of_the_day() -> None:
    night = (Hours(frozenset({1}), time(22), time(0)),)
    roster = replace(STAFF, members={"aoki": member("aoki", night)})
    assert roster.on_duty("aoki", tokyo(24, 23, 59))
    assert not roster.on_duty("aoki", tokyo(25, 0))


def test_a_holiday_is_no_working_day() -> None:
    roster = replace(STAFF, holidays=frozenset({date(2026, 11, 24)}))
    assert not roster.on_duty("aoki", tokyo(24, 12))
    assert roster.on_duty("baba", tokyo(24, 12))
    assert roster.on_duty("aoki", tokyo(25, 12))


def test_who_is_absent_is_not_called_until_the_end_of_it() -> None:
    begin, until = tokyo(24, 9), tokyo(24, 12)
    roster = replace(STAFF, absences=(Absence("baba", begin, until),))
    hours = [(begin - timedelta(seconds=1), True), (begin, False), (until, True)]
    for when, there in hours:
        assert roster.on_duty("baba", when) == there


def test_nobody_is_reached_twice_and_strangers_are_not() -> None:
    roster = Roster(MEMBERS, {"all": ("aoki", "baba", "stranger")})
    callees = [Callee("group", "all"), Callee("person", "aoki"), Callee("person", "stranger")]
    assert [r.target.address for r in roster.reach(callees, tokyo(24, 12))] == [
        "aoki@city.example",
        "baba@city.example",
    ]


def test_whether_a_ladder_reaches_anybody() -> None:
    ladder = Ladder("one", (Tier("a", "a", 30.0, (Callee("person", "aoki"),)), Tier("b", "b", 30.0)))
    assert reaches_somebody(ladder, STAFF, tokyo(24, 12))
    assert not reaches_somebody(ladder, STAFF, tokyo(24, 20)), "the page does not make up for named people"
    assert reaches_somebody(Ladder("page", (Tier("b", "b", 30.0),)), STAFF, tokyo(24, 20))
    assert STAFF.everybody([Callee("person", "aoki")])
