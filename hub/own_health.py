"""What the hub knows of itself, gathered for the look that it takes once a second."""

import shutil
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from pathlib import Path

from hub.clock import Clock, Now
from hub.fleet import Unit
from hub.house import HUB
from hub.notifiers.lane import LaneHealth
from hub.store.orders import Desired
from hub.troubles import NOTIFIER, HubHealth, Way

FAILS_AFTER = timedelta(seconds=5)
"""A notifier that fails for less is tried again before anybody is told."""
PART_CHARS_MAX = 48


class OwnHealth:
    """Asked on the event loop."""

    def __init__(
        self,
        clock: Clock,
        *,
        gaps: Callable[[float], Mapping[str, int]],
        flooding: Callable[[float], Mapping[str, int]],
        desired: Callable[[], Mapping[str, Desired]],
        units: Callable[[], Iterable[Unit]],
        lanes: Callable[[], Iterable[LaneHealth]],
        instance: str | None,
        folder: Path,
        recordings: Callable[[float], Iterable[tuple[str, str, str]]],
        certificates: Callable[[Now], str],
    ) -> None:
        """``gaps``: unit to events that stay missing; ``flooding``: unit to messages a second; both at a
        monotonic time. ``recordings``: what is wrong with them."""
        self._started = clock.now().monotonic
        self._connected_at: float | None = None
        self._clock = clock
        self._gaps = gaps
        self._flooding = flooding
        self._desired = desired
        self._units = units
        self._lanes = lanes
        self._name = instance or HUB
        self._folder = folder
        self._recordings = recordings
        self._certificates = certificates

    def connection(self, connected: bool) -> None:
        """The link to the broker came or went."""
        if not connected:
            self._connected_at = None
        elif self._connected_at is None:
            self._connected_at = self._clock.now().monotonic

    def look(self, now: Now) -> HubHealth:
        """As it is at this moment."""
        connected_at = self._connected_at
        return HubHealth(
            connected_for_s=None if connected_at is None else now.monotonic - connected_at,
            started_for_s=now.monotonic - self._started,
            flooding=tuple(
                (unit, f"{rate:,} /s") for unit, rate in sorted(self._flooding(now.monotonic).items())
            ),
            gaps=tuple(sorted(self._gaps(now.monotonic).items())),
            refused=tuple(self._refused()),
            free_bytes=free_bytes(self._folder),
            name=self._name,
            ways=tuple(way_of(lane, now) for lane in self._lanes()),
            recordings=tuple(self._recordings(now.monotonic)),
            certificates=self._certificates(now),
        )

    def _refused(self) -> Iterable[tuple[str, str]]:
        """Units that said no to the newest configuration that they shall run."""
        desired = self._desired()
        for unit in self._units():
            wanted, told = desired.get(unit.name), unit.reported
            if (
                wanted is not None
                and told is not None
                and told.version == wanted.version
                and not told.applied
            ):
                yield unit.name, told.why


def free_bytes(folder: Path) -> int | None:
    """What the disk under a folder still takes; None: it does not say."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def way_of(lane: LaneHealth, now: Now) -> Way:
    """What can be said of a notifier at this moment."""
    part = f"{NOTIFIER}{lane.channel}{f'-{lane.name}' if lane.name else ''}"[:PART_CHARS_MAX]
    match lane.state:
        case "well":
            return Way(part, True)
        case "hanging":
            return Way(part, False, lane.why)
        case "failing" if now.wall - lane.since >= FAILS_AFTER:
            return Way(part, False, lane.why)
    return Way(part, None)
