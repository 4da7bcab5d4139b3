"""What is wrong at this moment, looked at from everything that is known of units and of the hub."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.clock import Now
from hub.escalation.ladder import Ladder
from hub.escalation.roster import Roster, reaches_somebody
from hub.fleet import Unit
from hub.house import HUB
from wire.limits import SILENT_AFTER_S

OFFLINE_PATIENCE_S = 10.0
"""A unit that said goodbye may be back at once: its program started anew. In seconds."""

CLOCK_OFF_S = 10.0
"""A unit's clock that says to be right and differs from the hub's by more, in seconds."""

DISK_BYTES_MIN = 1_000_000_000
"""Less than this free on the hub's disk is a trouble: some days of a busy building."""

UNTESTED_AFTER = timedelta(days=31)
NEVER_TESTED_AFTER = timedelta(days=1)
"""After the hub first heard of the unit."""

NOTIFIER = "notifier-"
"""How the names of parts begin that are ways of telling people."""

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that is wrong."""

    unit: str
    part: str
    detail: str = ""

    @property
    def key(self) -> Key:
        """What it is about."""
        return (self.unit, self.part)


@dataclass(frozen=True, slots=True)
class Proven:
    """When a button was last known to work."""

    button: str
    since: datetime
    """When the hub first heard of it, UTC."""
    at: datetime | None = None
    """Its last press, in a drill or not."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way of telling people outside, as this hub has found it."""

    part: str
    """As a trouble names it."""
    works: bool | None
    """None: it cannot be said, since it was not tried or has only just failed."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class HubHealth:
    """What the hub knows of itself."""

    connected_for_s: float | None
    """Since when the broker is connected, in seconds; None: it is not."""
    started_for_s: float = 0.0
    flooding: tuple[tuple[str, str], ...] = ()
    """Units that send more than they may, with what was seen."""
    gaps: tuple[tuple[str, int], ...] = ()
    """Units with events that stay missing, and how many."""
    refused: tuple[tuple[str, str], ...] = ()
    """Units that refused the configuration that they shall run, and why."""
    free_bytes: int | None = None
    """Of the disk that the hub keeps its files on; None: it cannot be said."""
    name: str = HUB
    """Whose ways these are: several hubs on one database may each find others out of order."""
    ways: tuple[Way, ...] = ()
    recordings: tuple[tuple[str, str, str], ...] = ()
    """What is wrong with recordings: a unit or the hub, the part, what was seen."""
    certificates: str = ""
    """Those near their end, or past it; empty: none."""


def conditions(
    units: Iterable[Unit],
    health: HubHealth,
    proofs: Mapping[str, Iterable[Proven]],
    *,
    ladders: Iterable[Ladder],
    roster: Roster,
    now: Now,
) -> dict[Key, Condition]:
    """Everything that is wrong, by its key."""
    found: dict[Key, Condition] = {}
    for unit in units:
        for condition in _of_unit(unit, health, proofs.get(unit.name, ()), now):
            found[condition.key] = condition
    for condition in (*_of_hub(health), *_of_ladders(ladders, roster, now.wall)):
        found[condition.key] = condition
    return found


def can_judge_silence(health: HubHealth) -> bool:
    """Whether a silent unit is silent, and not the hub deaf: just started, or cut off from its broker."""
    return health.connected_for_s is not None and health.connected_for_s >= SILENT_AFTER_S


def judged(key: Key, units: Mapping[str, Unit], health: HubHealth) -> bool:
    """Whether anything can be said of it now. What cannot be judged stays as it was."""
    if key[1].startswith(NOTIFIER):
        # One that is no longer set up has no trouble; what another hub has found is not ours to end.
        mine = (way for way in health.ways if way.part == key[1])
        return key[0] == health.name and all(way.works is not None for way in mine)
    unit = units.get(key[0])
    if unit is None and key[1] in _OF_ONE_HUB:
        return key[0] == health.name
    if unit is None or key[1].startswith(_BY_THE_HUB):
        return True
    if key[1] == "silent":
        return can_judge_silence(health)
    return unit.health is not None  # parts are known from heartbeats of this run only


_OF_ONE_HUB = ("disk-space", "certificate")
"""What each of several hubs knows of itself alone."""
_BY_THE_HUB = ("untested-", "missing-events", "flood", "configuration", "recording-")


def _of_unit(unit: Unit, health: HubHealth, proofs: Iterable[Proven], now: Now) -> Iterator[Condition]:
    if unit.known and can_judge_silence(health) and _silent(unit, now):
        yield Condition(unit.name, "silent", unit.link)
    parts = set(unit.faults)
    if unit.microphone in ("silent", "failed"):
        parts.add("microphone")
    for part in sorted(parts):
        yield Condition(unit.name, part)
    if unit.clock_off_s is not None and abs(unit.clock_off_s) >= CLOCK_OFF_S:
        yield Condition(unit.name, "clock-offset", f"{unit.clock_off_s:+.0f} s")
    for proven in proofs if unit.known else ():
        if (since := _untested_since(proven, now.wall)) is not None:
            yield Condition(unit.name, f"untested-{proven.button}", since)


def _silent(unit: Unit, now: Now) -> bool:
    if unit.link in ("silent", "never"):
        return True
    patience = timedelta(seconds=OFFLINE_PATIENCE_S)
    return unit.link == "offline" and unit.since is not None and now.wall - unit.since >= patience


def _untested_since(proven: Proven, now: datetime) -> str | None:
    if proven.at is None:
        return "never" if now - proven.since >= NEVER_TESTED_AFTER else None
    return proven.at.date().isoformat() if now - proven.at >= UNTESTED_AFTER else None


def _of_hub(health: HubHealth) -> Iterator[Condition]:
    deaf = health.connected_for_s is None and health.started_for_s >= SILENT_AFTER_S
    if deaf:
        yield Condition(HUB, "broker")
    if health.free_bytes is not None and health.free_bytes < DISK_BYTES_MIN:
        yield Condition(health.name, "disk-space", f"{health.free_bytes // 1_000_000} MB")
    if health.certificates:
        yield Condition(health.name, "certificate", health.certificates)
    for unit, seen in health.flooding:
        yield Condition(unit, "flood", seen)
    for unit, missing in health.gaps:
        yield Condition(unit, "missing-events", str(missing))
    for unit, why in health.refused:
        yield Condition(unit, "configuration", why)
    for way in health.ways:
        if way.works is False:
            yield Condition(health.name, way.part, way.why)
    for unit, part, seen in health.recordings:
        yield Condition(unit, part, seen)


def _of_ladders(ladders: Iterable[Ladder], roster: Roster, now: datetime) -> Iterator[Condition]:
    """A ladder that would reach nobody now, although somebody of it is meant to be at work at some time.
    Outside everybody's hours this is no trouble, unless it could never reach anybody."""
    for ladder in ladders:
        callees = [callee for tier in ladder.tiers for callee in tier.callees]
        if callees and not roster.everybody(callees):
            yield Condition(ladder.name, "ladder", "names nobody who could ever be reached")
        elif not reaches_somebody(ladder, roster, now) and roster.somebody_expected(now):
            yield Condition(ladder.name, "ladder", "reaches nobody at this time")
