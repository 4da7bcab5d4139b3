"""What units are told of alarms: their own lamp, and their neighbours' need."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from hub.incidents import UNRESOLVED, Incident, Severity, State
from wire.messages import AreaAlarm, Event
from wire.messages import Lamp as LampMessage
from wire.messages.hub import Covers

AREA_UNITS_MAX = 200
"""Units that fit into an area's alarm; in a disaster the first ones by name are told."""

LampState = Literal["off", "stored", "coming", "unanswered"]


@dataclass(frozen=True, slots=True)
class Covered:
    """An alarm event that a lamp takes into account, with what puts it in order."""

    epoch: str
    sequence: int
    boot: str
    uptime: float
    time: datetime

    @classmethod
    def of(cls, event: Event) -> "Covered":
        """The event's identity and times."""
        return cls(event.epoch, event.sequence, event.boot, event.uptime, event.time)


@dataclass(frozen=True, slots=True)
class Lamp:
    """What a unit's alarm light must say."""

    unit: str
    state: LampState
    covers: Covered

    def message(self, now: datetime) -> LampMessage:
        """For the wire."""
        covers = Covers(epoch=self.covers.epoch, sequence=self.covers.sequence)
        return LampMessage(state=self.state, covers=covers, time=now)


def is_alarm(incident: Incident) -> bool:
    """Whether somebody still needs help there."""
    return incident.severity is Severity.ALARM and incident.state in UNRESOLVED


def lamp_state(incident: Incident | None) -> LampState:
    """The light that tells the truth about ``incident``; attention alone lights nothing.

    The press of a drill is lit for as long as it is shown, so that who pressed sees that it arrived.
    """
    if incident is None or incident.severity is Severity.ATTENTION or incident.state not in UNRESOLVED:
        return "off"
    if incident.state is not State.OPEN:
        return "coming"
    if incident.standing is not None and incident.standing.unanswered:
        return "unanswered"
    return "stored"


def later(one: Covered | None, other: Covered) -> Covered:
    """Which of two alarm events of a unit came after the other.

    In one epoch the sequence knows, in one boot the uptime; else only the unit's wall clock is left. Where
    that one is wrong the lamp may name the older event: then the unit's light says less than it could.
    """
    if one is None:
        return other
    if one.epoch == other.epoch:
        return other if other.sequence > one.sequence else one
    if one.boot == other.boot:
        return other if other.uptime > one.uptime else one
    return other if other.time > one.time else one


def area_alarms(area_of: Mapping[str, str], alarmed: Set[str]) -> dict[str, tuple[str, ...]]:
    """Area to those of its units that are alarmed, in the order of their names."""
    told: dict[str, tuple[str, ...]] = dict.fromkeys(set(area_of.values()), ())
    for unit in sorted(alarmed & area_of.keys()):
        told[area_of[unit]] = (*told[area_of[unit]], unit)
    return {area: units[:AREA_UNITS_MAX] for area, units in told.items()}


def area_message(units: Iterable[str], now: datetime) -> AreaAlarm:
    """For the wire."""
    return AreaAlarm(units=list(units), time=now)
