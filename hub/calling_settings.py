"""Settings of who is called: people with their hours, groups, ladders."""

from collections.abc import Iterator
from datetime import date, time
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, Field, model_validator

from hub.escalation.ladder import ARRIVE_WITHIN_S, DEFAULT_TIERS, Callee, For, Ladder, Tier
from hub.escalation.roster import Hours, Member
from hub.notices import Language, Target
from hub.notifier_settings import MAIL_ADDRESS, NotifierSettings, once
from hub.setting_types import Name, Shown, Strict

TIERS_MAX = 20
PEOPLE_MAX = 2000

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = get_args(Day)

Login = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[!-~]+$")]
Call = Annotated[str, Field(max_length=400), AfterValidator(lambda value: str(Callee.parse(value)))]
"""``person:login``, ``group:id``, ``mail:address``, ``tower:name`` …"""


class HoursSettings(Strict):
    """A part of the week, local time."""

    days: Annotated[list[Day], Field(min_length=1, max_length=7)]
    begin: time
    end: time
    """00:00 is the end of the day; hours past midnight are two parts."""

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.end != time(0) and self.end <= self.begin:
            raise ValueError(f"end must be later than begin {self.begin:%H:%M}; given: {self.end:%H:%M}")
        return self

    def hours(self) -> Hours:
        """As the roster knows them."""
        return Hours(frozenset(DAYS.index(day) for day in self.days), self.begin, self.end)


class PersonSettings(Strict):
    """Somebody who can be called. Whether they may sign in is kept in the database."""

    login: Login
    name: Shown
    language: Language = "ja"
    mail: Annotated[str, Field(pattern=MAIL_ADDRESS)] | None = None
    webhook: Name | None = None
    apprise: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[!-~]+$")] | None = None
    hours: Annotated[list[HoursSettings], Field(max_length=20)] = Field(default_factory=list)
    """When they are at work. None: they may be called at any time."""

    def member(self) -> Member:
        """As the roster knows them."""
        targets = []
        if self.mail is not None:
            targets.append(Target("mail", self.mail))
        if self.webhook is not None:
            targets.append(Target("webhook", self.webhook))
        if self.apprise is not None:
            targets.append(Target("apprise", self.apprise))
        hours = tuple(each.hours() for each in self.hours)
        return Member(self.login.lower(), self.name, tuple(targets), self.language, hours)


class GroupSettings(Strict):
    """People who are called together."""

    id: Name
    members: Annotated[list[Login], Field(max_length=PEOPLE_MAX)]


class TierSettings(Strict):
    """Who is called, and for how long before the next."""

    name: Shown
    name_en: Shown
    seconds: Annotated[float, Field(ge=1, le=3600)]
    call: Annotated[list[Call], Field(max_length=100)] = Field(default_factory=list)
    """Nobody: those who watch the live page."""

    def tier(self) -> Tier:
        """As the ladder knows it."""
        return Tier(self.name, self.name_en, self.seconds, tuple(Callee.parse(call) for call in self.call))


Tiers = Annotated[list[TierSettings], Field(max_length=TIERS_MAX)]


class LadderSettings(Strict):
    """Tiers for some severities, in some areas or everywhere."""

    name: Name
    severities: Annotated[list[For], Field(min_length=1, alias="for")]
    areas: list[Name] = Field(default_factory=list)
    arrive_within_s: Annotated[float, Field(ge=30, le=3600)] = ARRIVE_WITHIN_S
    """Who has said that they come is taken for not coming after so long, in seconds."""
    tiers: Annotated[Tiers, Field(min_length=1)]

    def ladder(self) -> Ladder:
        """As the engine knows it."""
        tiers = tuple(tier.tier() for tier in self.tiers)
        severities = frozenset(self.severities)
        return Ladder(self.name, tiers, severities, frozenset(self.areas), self.arrive_within_s)


class CallingSettings(NotifierSettings):
    """All of them, after the notifiers that they name."""

    people: Annotated[list[PersonSettings], Field(max_length=PEOPLE_MAX)] = Field(default_factory=list)
    groups: Annotated[list[GroupSettings], Field(max_length=500)] = Field(default_factory=list)
    ladders: Annotated[list[LadderSettings], Field(max_length=200)] = Field(default_factory=list)
    ladder: Tiers = Field(default_factory=list)
    """The tiers for every alarm that no entry of ``ladders`` is for."""
    holidays: list[date] = Field(default_factory=list)
    """Days on which nobody is at work, whatever their hours say."""
    fallback: Annotated[list[Call], Field(max_length=100)] = Field(default_factory=list)
    """Called, whatever the hour, when a ladder reaches nobody."""

    @model_validator(mode="after")
    def _calls_whom_there_is(self) -> Self:
        once("people: login", [person.login.lower() for person in self.people])
        once("groups: id", [group.id for group in self.groups])
        once("ladders: name", ["default", *(ladder.name for ladder in self.ladders)])
        for group in self.groups:
            for login in group.members:
                self._known("person", login.lower(), f"groups: {group.id}")
        for where, call in self._calls():
            callee = Callee.parse(call)
            self._known(callee.kind, callee.name, where)
        for person in self.people:
            if person.mail is not None:
                self._known("mail", person.mail, f"people: {person.login}")
            if person.webhook is not None:
                self._known("webhook", person.webhook, f"people: {person.login}")
        return self

    def _calls(self) -> Iterator[tuple[str, str]]:
        tiers = [("ladder", tier) for tier in self.ladder]
        tiers += [(f"ladders: {ladder.name}", tier) for ladder in self.ladders for tier in ladder.tiers]
        yield from ((where, call) for where, tier in tiers for call in tier.call)
        yield from (("fallback", call) for call in self.fallback)

    def _known(self, kind: str, name: str, where: str) -> None:
        """What apprise can reach is in a file of its own: it is looked at when the file is read."""
        known = {
            "person": [person.login.lower() for person in self.people],
            "group": [group.id for group in self.groups],
            "webhook": [webhook.name for webhook in self.webhooks],
            "tower": [tower.name for tower in self.towers],
            "annunciator": [annunciator.name for annunciator in self.annunciators],
        }
        if kind == "mail" and self.mail is None:
            raise ValueError(f"{where} calls somebody by mail, but there is no [mail]")
        if kind in known and name not in known[kind]:
            names = ", ".join(sorted(known[kind])) or "none"
            raise ValueError(f"{where}: {kind} must be one of {names}; given: {name!r}")

    @property
    def all_ladders(self) -> tuple[Ladder, ...]:
        """Those of ``ladders``, then the default one."""
        default = tuple(tier.tier() for tier in self.ladder) or DEFAULT_TIERS
        return (*(ladder.ladder() for ladder in self.ladders), Ladder("default", default))

    @property
    def members(self) -> dict[str, Member]:
        """Login to who can be called."""
        return {person.login.lower(): person.member() for person in self.people}
