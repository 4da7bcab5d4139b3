"""Lamps on their way to units: what changes at once, what says the same of a further press once a second."""

import asyncio
from collections.abc import Callable, Iterable

from hub.alarms import Lamp
from hub.clock import Clock

AGAIN_EVERY_S = 1.0
"""A light that says of a further press what it said before is told this often at most. Until then the unit
shows the receipt's "stored", which is true as well."""
LOOK_S = 0.1
"""How often those that wait are looked at: few at a time, so that no alarm waits for a whole house's."""


class Lights:
    """Use it on the event loop. Bounded by the units that there are."""

    def __init__(self, clock: Clock, tell: Callable[[Lamp], None]) -> None:
        self._clock = clock
        self._tell = tell
        self._told: dict[str, tuple[Lamp, float]] = {}
        """With when, in monotonic seconds."""
        self._owed: dict[str, Lamp] = {}
        self._heard: dict[str, float] = {}
        """Unit to when its lamp was last asked for, in monotonic seconds."""
        self._timer: asyncio.TimerHandle | None = None

    def show(self, lamps: Iterable[Lamp], *, at_once: bool = False) -> None:
        """What was committed, in this order."""
        now = self._clock.now().monotonic
        for lamp in lamps:
            self._heard[lamp.unit] = now
            self._owed.pop(lamp.unit, None)
            told, at = self._told.get(lamp.unit, (None, 0.0))
            same = told is not None and told.state == lamp.state
            if same and not at_once and now - at < AGAIN_EVERY_S:
                self._owed[lamp.unit] = lamp
            else:
                self._say(lamp, now)
        if self._owed and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LOOK_S, self._look)

    def remind(self, kept: Iterable[Lamp], since: float, *, only_changed: bool = False) -> None:
        """What was read from the database at ``since`` (monotonic seconds) or later; where something has been
        committed from then on, that is newer."""
        now = self._clock.now().monotonic
        for lamp in kept:
            newer = self._heard.get(lamp.unit, float("-inf")) >= since
            told, _ = self._told.get(lamp.unit, (None, 0.0))
            if not newer and not (only_changed and told == lamp):
                self._owed.pop(lamp.unit, None)
                self._say(lamp, now)

    def flush(self) -> None:
        """Tell now what waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        owed, self._owed = self._owed, {}
        for lamp in owed.values():
            self._say(lamp, self._clock.now().monotonic)

    def _say(self, lamp: Lamp, now: float) -> None:
        self._told[lamp.unit] = (lamp, now)
        self._tell(lamp)

    def _look(self) -> None:
        self._timer = None
        self.show(list(self._owed.values()))
