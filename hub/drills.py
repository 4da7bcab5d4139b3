"""Drills: staff press on purpose, and the hub keeps the proof that each button works."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from wire.limits import DRILL_S_MAX

LATE_S = 5.0
"""A press this long after the end may still have been begun in the drill, in seconds."""

EVERY_DAYS_MAX = 366

DrillState = Literal["planned", "running", "over", "cancelled"]


class BadDrill(ValueError):
    """A drill that cannot be; the message says what may be."""


@dataclass(frozen=True, slots=True)
class Drill:
    """One drill. Times are UTC."""

    id: int
    """0 until it is stored."""
    unit: str | None
    area: str | None
    """Neither: every unit of the site."""
    begin: datetime
    seconds: float
    by: str
    every_days: int | None = None
    """Repeated after so many days."""
    started: datetime | None = None
    ended: datetime | None = None
    """When a person ended it before its time, or cancelled it."""

    @property
    def until(self) -> datetime:
        """When it is over."""
        whole = (self.started or self.begin) + timedelta(seconds=self.seconds)
        return whole if self.ended is None else min(whole, self.ended)

    def state(self, now: datetime) -> DrillState:
        """How far it has come."""
        if self.started is None:
            return "planned" if self.ended is None else "cancelled"
        return "running" if now < self.until else "over"

    def units(self, area_of: Mapping[str, str]) -> list[str]:
        """Whom it is about, of the units that the settings know."""
        return sorted(
            unit
            for unit, area in area_of.items()
            if (self.unit is None or unit == self.unit) and (self.area is None or area == self.area)
        )


@dataclass(frozen=True, slots=True)
class Press:
    """Proof that a button was pressed in a drill and reached the hub."""

    drill: int
    unit: str
    button: str
    pressed: datetime
    after_s: float
    """Since the start of the drill, in seconds."""
    took_s: float
    """From the press until the hub had it, in seconds."""


def check(drill: Drill, area_of: Mapping[str, str], now: datetime) -> Drill:
    """``drill`` unchanged; raises ``BadDrill``."""
    if not 0 < drill.seconds <= DRILL_S_MAX:
        raise BadDrill(f"a drill lasts at most {DRILL_S_MAX:g} s; given: {drill.seconds:g}")
    if drill.every_days is not None and not 1 <= drill.every_days <= EVERY_DAYS_MAX:
        raise BadDrill(f"every_days must be 1 to {EVERY_DAYS_MAX}; given: {drill.every_days}")
    if drill.begin < now - timedelta(minutes=5) or drill.begin > now + timedelta(days=EVERY_DAYS_MAX):
        raise BadDrill("a drill begins now or within a year")
    if not drill.units(area_of):
        raise BadDrill("no unit of the settings is meant by it")
    return drill


def due(drills: Iterable[Drill], now: datetime) -> list[Drill]:
    """Those that must start now."""
    return [drill for drill in drills if drill.state(now) == "planned" and drill.begin <= now]


def next_of(drill: Drill) -> Drill | None:
    """Its repetition; None: it is not repeated."""
    if drill.every_days is None:
        return None
    begin = drill.begin + timedelta(days=drill.every_days)
    return replace(drill, id=0, begin=begin, started=None, ended=None)


def missed(drill: Drill, now: datetime) -> bool:
    """Whether its start was slept through: then it is not made up for in the middle of something else."""
    return drill.begin + timedelta(seconds=drill.seconds) <= now


def running_at(
    drills: Sequence[Drill], unit: str, pressed: datetime, area_of: Mapping[str, str]
) -> Drill | None:
    """The drill in which a press of that unit was made."""
    for drill in drills:
        if drill.started is None or unit not in drill.units(area_of):
            continue
        if drill.started <= pressed <= drill.until + timedelta(seconds=LATE_S):
            return drill
    return None


def is_practice(marked: bool, presses: int, drill: Drill | None, pressed_before: bool) -> bool:
    """Whether a press is one of a drill: the unit says so, the hub knows of the drill, and it is the button's
    only press in it. Everything else is meant."""
    return marked and presses <= 1 and drill is not None and not pressed_before
