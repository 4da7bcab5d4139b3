"""What a unit says of its clock: once, that it has been set."""

from device.decisions import Decision
from device.inputs import Now
from device.telling import Telling
from wire.messages.events import ClockSet


class ClockWord:
    """Events of before can then be given their true times."""

    def __init__(self, telling: Telling) -> None:
        self._telling = telling
        self._unset: float | None = None
        """The wall clock at the start of the boot, as it was last seen unset."""

    def look(self, now: Now) -> list[Decision]:
        """Take a reading of the clock."""
        wall_at_boot = now.wall.timestamp() - now.monotonic
        if not now.synced:
            self._unset = wall_at_boot
        elif self._unset is not None and not self._telling.full:
            by_s, self._unset = wall_at_boot - self._unset, None
            return [*self._telling.say(ClockSet(by_s=by_s), now)]
        return []
