"""What the hub knows of itself, gathered for the look that it takes once a second."""

from collections.abc import Callable, Iterable, Mapping

from hub.clock import Clock, Now
from hub.fleet import Unit
from hub.store.orders import Desired
from hub.troubles import HubHealth


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
        recordings: Callable[[float], Iterable[tuple[str, str, str]]],
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
        self._recordings = recordings

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
            recordings=tuple(self._recordings(now.monotonic)),
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
