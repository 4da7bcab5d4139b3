"""Dates as an office writes them: era and Gregorian, local time, durations in words."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from hub.web.dates import Dates
from hub.words import read_words

WORDS = read_words()
JA = Dates(WORDS["ja"], ZoneInfo("Asia/Tokyo"))
EN = Dates(WORDS["en"], ZoneInfo("Asia/Tokyo"))
SUNDAY = datetime(2026, 11, 22, 5, 5, 32, tzinfo=UTC)


def test_a_day_in_the_era_and_in_gregorian() -> None:
    assert JA.day(SUNDAY) == "令和8年11月22日（日）"
    assert JA.plain(SUNDAY) == "2026年11月22日"
    assert JA.both(SUNDAY) == "令和8年11月22日（日）〔2026年〕"
    assert EN.day(SUNDAY) == EN.both(SUNDAY) == "Sun 22 Nov 2026"
    assert EN.plain(SUNDAY) == "22 Nov 2026"


def test_a_moment() -> None:
    assert JA.moment("2026-11-22T05:05:32.000Z") == "令和8年11月22日（日）14:05:32"
    assert EN.moment(SUNDAY) == "Sun 22 Nov 2026, 14:05:32"
    assert JA.minute(SUNDAY) == "14:05"


def test_the_day_is_the_one_where_the_hub_stands() -> None:
    late = datetime(2026, 12, 31, 15, 0, tzinfo=UTC)
    assert JA.day(late) == "令和9年1月1日（金）"
    assert Dates(WORDS["ja"], UTC).day(late) == "令和8年12月31日（木）"


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2019, 5, 1), "令和元"),
        (date(2019, 4, 30), "平成31"),
        (date(1989, 1, 8), "平成元"),
        (date(1988, 1, 8), "1988"),
        (date(2019, 12, 31), "令和元"),
        (date(2020, 1, 1), "令和2"),
    ],
)
def test_years_of_the_eras(day: date, said: str) -> None:
    assert JA.era_year(day) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-3, "0秒"), (59.9, "59秒"), (200, "3分20秒"), (7500, "2時間5分"), (356_400, "4日3時間")],
)
def test_durations_in_words(seconds: float, said: str) -> None:
    assert JA.lasted(seconds) == said


@pytest.mark.parametrize(("seconds", "said"), [(59, "0分"), (1200, "20分"), (7500, "2時間5分")])
def test_durations_in_whole_minutes(seconds: float, said: str) -> None:
    assert JA.minutes(seconds) == said


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        JA.clock("2026-11-22T05:05:32")
