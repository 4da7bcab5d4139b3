"""Dates and times as people read them: the Japanese era and the Gregorian year, in the zone of the settings.

Everything takes aware times or the API's instants (ISO 8601) and gives text of one language.
"""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from hub.words import Words

ERAS = ((date(2019, 5, 1), "Reiwa"), (date(1989, 1, 8), "Heisei"))
"""First day of each era (元号法) and its msgid, newest first. Nothing here is older than the second."""

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Dates:
    """How one language writes what a calendar and a clock say in one zone."""

    words: Words
    zone: tzinfo

    def here(self, instant: datetime | str) -> datetime:
        """The moment where the hub stands; raises ``ValueError`` for a time without its zone."""
        moment = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
        if moment.tzinfo is None:
            raise ValueError("a time without its zone cannot be shown")
        return moment.astimezone(self.zone)

    def day(self, moment: date | datetime | str) -> str:
        """Official: ``令和8年11月22日（日）``; English: ``Sun 22 Nov 2026``."""
        day = self._day(moment)
        if self.words.language != "ja":
            return f"{WEEKDAYS[day.weekday()]} {self.plain(day)}"
        weekday = self.words(WEEKDAYS[day.weekday()])
        return self.words(
            "{year}-{month}-{day} ({weekday})",
            year=self.era_year(day),
            month=day.month,
            day=day.day,
            weekday=weekday,
        )

    def plain(self, moment: date | datetime | str) -> str:
        """Gregorian: ``2026年11月22日``; English: ``22 Nov 2026``."""
        day = self._day(moment)
        if self.words.language != "ja":
            return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
        return self.words("{year}-{month}-{day}", year=day.year, month=day.month, day=day.day)

    def both(self, moment: date | datetime | str) -> str:
        """For records that leave the house: the era with the Gregorian year behind it."""
        day = self._day(moment)
        if self.words.language != "ja":
            return self.day(day)
        return self.words("{era_date} [{year}]", era_date=self.day(day), year=day.year)

    def clock(self, instant: datetime | str) -> str:
        """``14:05:32``."""
        return self.here(instant).strftime("%H:%M:%S")

    def minute(self, instant: datetime | str) -> str:
        """``14:05``."""
        return self.here(instant).strftime("%H:%M")

    def moment(self, instant: datetime | str) -> str:
        """Date and time: ``令和8年11月22日（日）14:05:32``."""
        gap = "" if self.words.language == "ja" else ", "
        return f"{self.day(instant)}{gap}{self.clock(instant)}"

    def lasted(self, seconds: float) -> str:
        """A duration in words, two units at most: ``3分20秒``, ``2時間5分``, ``4日3時間``."""
        whole = max(int(seconds), 0)
        if whole < 60:
            return self.words("{s} s", s=whole)
        if whole < 3600:
            return self.words("{m} min {s} s", m=whole // 60, s=whole % 60)
        if whole < 86400:
            return self.words("{h} h {m} min", h=whole // 3600, m=whole % 3600 // 60)
        return self.words("{d} d {h} h", d=whole // 86400, h=whole % 86400 // 3600)

    def minutes(self, seconds: float) -> str:
        """The same in whole minutes, for what was set or summed up: ``20分``, ``2時間5分``."""
        whole = max(int(seconds), 0) // 60
        if whole < 60:
            return self.words("{m} min", m=whole)
        return self.words("{h} h {m} min", h=whole // 60, m=whole % 60)

    def era_year(self, day: date) -> str:
        """``令和8``; the first year of an era is ``元``. Before the eras that are known: Gregorian."""
        for begin, era in ERAS:
            if day >= begin:
                year = day.year - begin.year + 1
                return self.words(era) + (self.words("first year") if year == 1 else str(year))
        return str(day.year)

    def _day(self, moment: date | datetime | str) -> date:
        if isinstance(moment, datetime) or (isinstance(moment, str) and "T" in moment):
            return self.here(moment).date()
        return date.fromisoformat(moment) if isinstance(moment, str) else moment
