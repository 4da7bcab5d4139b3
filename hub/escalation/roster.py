"""Who can be reached at a moment: people with their working hours and absences, groups, devices."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from typing import NamedTuple

from hub.escalation.ladder import Callee, Ladder
from hub.notices import Language, Target


class Recipient(NamedTuple):
    """A target with the language of what it is told."""

    target: Target
    language: Language = "ja"


@dataclass(frozen=True, slots=True)
class Hours:
    """A part of the week, in the site's local time. It does not go past midnight."""

    days: frozenset[int]
    """0 is Monday."""
    begin: time
    end: time
    """Not included; 00:00 is the end of the day."""

    def hold(self, local: datetime) -> bool:
        """Whether the moment lies in them."""
        at = local.time()
        return local.weekday() in self.days and self.begin <= at and (self.end == time(0) or at < self.end)


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is not there. UTC; ``until`` is not included."""

    login: str
    begin: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who can be called."""

    login: str
    name: str
    targets: tuple[Target, ...]
    language: Language = "ja"
    hours: tuple[Hours, ...] = ()
    """None: at any time, also on holidays."""


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody and everything that ladders can name."""

    members: Mapping[str, Member] = field(default_factory=dict)
    """By login."""
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Id to logins."""
    holidays: frozenset[date] = frozenset()
    absences: tuple[Absence, ...] = ()
    zone: tzinfo = UTC
    fallback: tuple[Callee, ...] = ()
    """Called when a ladder reaches nobody, whatever the hour."""

    def on_duty(self, login: str, now: datetime) -> bool:
        """Whether somebody is there to be called."""
        member = self.members.get(login)
        if member is None or any(a.login == login and a.begin <= now < a.until for a in self.absences):
            return False
        if not member.hours:
            return True
        local = now.astimezone(self.zone)
        return local.date() not in self.holidays and any(hours.hold(local) for hours in member.hours)

    def somebody_expected(self, now: datetime) -> bool:
        """Whether these are hours in which somebody of the site is at work, were nobody absent."""
        local = now.astimezone(self.zone)
        return local.date() not in self.holidays and any(
            not member.hours or any(hours.hold(local) for hours in member.hours)
            for member in self.members.values()
        )

    def reach(self, callees: Iterable[Callee], now: datetime) -> tuple[Recipient, ...]:
        """Whom a call reaches at this moment, each once. Devices are always there."""
        return self._recipients(callees, now)

    def everybody(self, callees: Iterable[Callee]) -> tuple[Recipient, ...]:
        """Whom a call could ever reach: better a person who is at home than nobody."""
        return self._recipients(callees, None)

    def last_resort(self, ladder: Ladder) -> tuple[Recipient, ...]:
        """Who is called when nobody of the ladder can be: its last tier with anybody, and the site's own."""
        for tier in reversed(ladder.tiers):
            if found := self.everybody((*tier.callees, *self.fallback)):
                return found
        return ()

    def _recipients(self, callees: Iterable[Callee], now: datetime | None) -> tuple[Recipient, ...]:
        found: dict[Recipient, None] = {}
        for callee in callees:
            match callee.kind:
                case "person" | "group":
                    logins = (callee.name,) if callee.kind == "person" else self.groups.get(callee.name, ())
                    for login in logins:
                        if login in self.members and (now is None or self.on_duty(login, now)):
                            member = self.members[login]
                            found.update((Recipient(t, member.language), None) for t in member.targets)
                case _:
                    found[Recipient(Target(callee.kind, callee.name))] = None
        return tuple(found)


def reaches_somebody(ladder: Ladder, roster: Roster, now: datetime) -> bool:
    """Whether a call at this moment would reach anybody by the ladder's own tiers. Tiers that name nobody
    call the live page, which counts only where the ladder relies on nothing else."""
    named = [tier for tier in ladder.tiers if tier.callees]
    return not named or any(roster.reach(tier.callees, now) for tier in named)
