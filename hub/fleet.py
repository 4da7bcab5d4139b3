"""Which units live: what their status and heartbeats tell, and what their silence does."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from hub.clock import Now
from wire.limits import SILENT_AFTER_S
from wire.messages import Health, Reported, Status

UNKNOWN_UNITS_MAX = 1000
"""Units outside the settings that are remembered; the broker decides who may speak, this bounds a mistake."""

LinkState = Literal["online", "silent", "offline", "never"]


@dataclass(slots=True)
class Unit:
    """What is known of one unit."""

    name: str
    known: bool
    """Whether the settings say where it stands."""
    link: LinkState = "never"
    since: datetime | None = None
    """When ``link`` became what it is, UTC."""
    seen: datetime | None = None
    """When the hub last heard of it, UTC."""
    heard: float = 0.0
    """The same by the monotonic clock, in seconds."""
    epoch: str | None = None
    """Of the connection that its last status spoke of."""
    faults: tuple[str, ...] = ()
    microphone: str | None = None
    """As the last heartbeat told it."""
    clock_off_s: float | None = None
    """How far the clock of a unit that says it is right differs from the hub's, in seconds; forward is
    positive."""
    health: Health | None = None
    """The last heartbeat."""
    reported: Reported | None = None
    """Which configuration it runs, or why it refused one."""


class Fleet:
    """All units. Every method returns the names of the units that changed as a page shows them."""

    def __init__(self, known: Iterable[str]) -> None:
        self._units = {name: Unit(name, known=True) for name in known}

    def register(self, known: Iterable[str]) -> None:
        """The settings say of these units where they stand, and of no others; they come in this order."""
        named = dict.fromkeys(known)
        first = {name: self._units.get(name, Unit(name, known=True)) for name in named}
        others = {name: unit for name, unit in self._units.items() if name not in named}
        self._units = first | others
        for name, unit in self._units.items():
            unit.known = name in named
        for name in [name for name, unit in others.items() if unit.link == "never" and unit.seen is None]:
            del self._units[name]  # nothing was ever known of it but its place

    def __iter__(self) -> Iterator[Unit]:
        return iter(self._units.values())

    def get(self, name: str) -> Unit | None:
        """The unit, if anything is known of it."""
        return self._units.get(name)

    def remember(self, seen: Iterable[tuple[str, datetime]], now: Now) -> None:
        """Units the database knows, after a start: silent until they are heard."""
        for name, when in seen:
            unit = self._unit(name)
            if unit is not None:
                unit.link, unit.seen, unit.since = "silent", when, now.wall

    def met(self, name: str) -> set[str]:
        """An event of the unit was stored. It may have waited in the broker for hours, so it proves no
        life; but a unit outside the settings becomes visible by it."""
        fresh = name not in self._units
        return {name} if self._unit(name) is not None and fresh else set()

    def status(self, name: str, status: Status, now: Now) -> set[str]:
        """The unit came or went. A last will of an older run does not hide a new start."""
        unit = self._unit(name)
        if unit is None:
            return set()
        if not status.online:
            stale = unit.link == "online" and unit.epoch is not None and unit.epoch != status.epoch
            return set() if stale else self._become(unit, "offline", now)
        unit.epoch = status.epoch
        return self._heard(unit, now)

    def health(self, name: str, health: Health, now: Now) -> set[str]:
        """A heartbeat."""
        unit = self._unit(name)
        if unit is None:
            return set()
        faults = tuple(sorted(set(health.faults)))
        recorded = unit.health is not None and unit.health.recording
        changed = {name} if (faults, health.recording) != (unit.faults, recorded) else set()
        unit.faults, unit.microphone, unit.health = faults, health.microphone, health
        unit.clock_off_s = (health.time - now.wall).total_seconds() if health.clock == "synced" else None
        return changed | self._heard(unit, now)

    def told_configuration(self, name: str, reported: Reported) -> set[str]:
        """What the unit says of its configuration; retained, so it may be of long ago."""
        unit = self._unit(name)
        if unit is None or unit.reported == reported:
            return set()
        unit.reported = reported
        return {name}

    def tick(self, now: Now) -> set[str]:
        """Units that have become silent."""
        changed: set[str] = set()
        for unit in self._units.values():
            if unit.link == "online" and now.monotonic - unit.heard >= SILENT_AFTER_S:
                changed |= self._become(unit, "silent", now)
        return changed

    def _unit(self, name: str) -> Unit | None:
        unit = self._units.get(name)
        if unit is None and sum(not u.known for u in self._units.values()) < UNKNOWN_UNITS_MAX:
            unit = self._units[name] = Unit(name, known=False)
        return unit

    def _heard(self, unit: Unit, now: Now) -> set[str]:
        unit.seen, unit.heard = now.wall, now.monotonic
        return self._become(unit, "online", now)

    @staticmethod
    def _become(unit: Unit, link: LinkState, now: Now) -> set[str]:
        if unit.link == link:
            return set()
        unit.link, unit.since = link, now.wall
        return {unit.name}
