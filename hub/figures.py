"""Numbers of a period: how often, when, where, what, with which outcome, and how soon somebody answered.

They are of incidents, never of people. What leaves the house has no small counts: who knows the office could
tell from a one or a two who it was.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

SMALL = 3
"""Counts below this one, but for none at all, are not published."""

HARASSMENT = "harassment"
"""The outcome of which the policy's kinds are counted."""
BY_HEARING = frozenset({"shout", "bang"})


@dataclass(frozen=True, slots=True)
class Happened:
    """One incident as far as numbers go."""

    opened: datetime
    """In the zone of the site."""
    area: str
    """Id; empty: of a unit that no area is known of."""
    severity: str
    kinds: tuple[str, ...]
    outcome: str | None
    answered_s: float | None
    """Until somebody said that they come; None: nobody has."""
    conduct: tuple[str, ...] = ()
    """Codes of the policy's kinds that a person has given it."""


@dataclass(frozen=True, slots=True)
class Answers:
    """How soon somebody answered an alarm, in seconds."""

    count: int
    """Alarms that were answered."""
    unanswered: int
    median_s: float | None
    p90_s: float | None
    """Nine of ten were answered within this."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """What became of incidents that the hearing alone has found."""

    found: int
    judged: int
    """Those of which a person has said what they were."""
    false: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All numbers of one period. Drills are counted apart and are in nothing else."""

    total: int
    drills: int
    months: dict[tuple[int, int], int]
    """Year and month, every month of the period."""
    hours: dict[tuple[int, int], int]
    """Weekday (0 is Monday) and hour."""
    areas: Counter[str]
    kinds: Counter[str]
    """An incident with several kinds counts for each."""
    severities: Counter[str]
    outcomes: Counter[str]
    """Empty: no outcome yet."""
    conduct: Counter[str]
    """The policy's kinds, of what was decided to be harassment; one with several counts for each. Empty: a
    person has given it none."""
    answers: Answers
    hearing: Hearing


def figures(happened: Iterable[Happened], since: datetime, until: datetime) -> Figures:
    """Of what was opened from ``since`` up to ``until``, both in the zone of the site."""
    every = [one for one in happened if since <= one.opened < until]
    real = [one for one in every if one.severity != "drill"]
    months = dict.fromkeys(_months(since, until), 0)
    for one in real:
        months[one.opened.year, one.opened.month] += 1
    return Figures(
        total=len(real),
        drills=len(every) - len(real),
        months=months,
        hours=dict(Counter((one.opened.weekday(), one.opened.hour) for one in real)),
        areas=Counter(one.area for one in real),
        kinds=Counter(kind for one in real for kind in one.kinds),
        severities=Counter(one.severity for one in real),
        outcomes=Counter(one.outcome or "" for one in real),
        conduct=Counter(code for one in real if one.outcome == HARASSMENT for code in one.conduct or ("",)),
        answers=_answers([one for one in real if one.severity == "alarm"]),
        hearing=_hearing([one for one in real if one.kinds and set(one.kinds) <= BY_HEARING]),
    )


def quantile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least that share of all does not exceed (nearest rank); None of none."""
    ordered = sorted(values)
    return ordered[max(ceil(share * len(ordered)), 1) - 1] if ordered else None


def published(counts: Sequence[int]) -> list[int | None]:
    """What may leave the house: None stands for a count that is kept back.

    Where only one would be, it could be found from the sum: then the smallest of the others is kept back too.
    """
    kept: list[int | None] = [None if 0 < count < SMALL else count for count in counts]
    if kept.count(None) == 1:
        others = [n for n, count in enumerate(kept) if count]
        if others:
            kept[min(others, key=lambda n: counts[n])] = None
    return kept


def published_within(counts: Sequence[int], whole: int | None) -> list[int | None]:
    """Likewise of the parts of a count that stands in another table: while that one is kept back (None), a
    part that is shown would tell too much of it."""
    return published(counts) if whole is not None else [0 if count == 0 else None for count in counts]


def _answers(alarms: list[Happened]) -> Answers:
    took = [one.answered_s for one in alarms if one.answered_s is not None]
    return Answers(len(took), len(alarms) - len(took), quantile(took, 0.5), quantile(took, 0.9))


def _hearing(found: list[Happened]) -> Hearing:
    judged = [one for one in found if one.outcome is not None]
    return Hearing(len(found), len(judged), sum(one.outcome == "false-alarm" for one in judged))


def _months(since: datetime, until: datetime) -> Iterable[tuple[int, int]]:
    year, month = since.year, since.month
    while (year, month) <= (until.year, until.month):
        if datetime(year, month, 1, tzinfo=until.tzinfo) < until:
            yield year, month
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
