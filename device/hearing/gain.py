"""A microphone that turns its own gain up and down, told by what it does to the room.

Such a gain is low after something loud and rises again in the quiet that follows. So the noise of a steady
room, which nothing loud can make quieter, seems to drop for a moment after every loud passage. Only passages
between two stretches of steady room are looked at, so in a lively one this says nothing; a gain that takes
minutes cannot be seen.
"""

import math
from collections import deque
from collections.abc import Sequence
from statistics import median

from device.hearing.figures import FRAME_S

PIECE_S = 0.1
QUIET_S = 4.0
"""The room before and after a passage is looked at for so long."""

LOUD_DB = 6.0
"""A passage begins so far above the room."""

OVER_DB = 2.0
"""And is over at this much above it, for ``OVER_PIECES``: what comes then is the room again."""

OVER_PIECES = 2
PASSAGE_PIECES = 3
"""Shorter ones are left away: not every gain follows a click."""

PASSAGE_MOST_S = 60.0
"""A passage that lasts longer has become the room."""

STEADY_DB = 4.0
"""A room is steady when the loudest and the quietest tenth of it lie no further apart."""

DROP_DB = 3.0
"""A room that seems to drop by so much. In four hours of real rooms with their voices none did; of a gain
that turns, a third of the passages or more show it."""

PASSAGES = 12
"""The newest passages are judged together."""

NOTICED_DROPS = 4
"""So many drops among them are no machine any more that happened to stop for some seconds."""

GONE_DROPS = 1
"""So few, and it is over."""

_PIECE = round(PIECE_S / FRAME_S)
_QUIET = round(QUIET_S / PIECE_S)
_PASSAGE_MOST = round(PASSAGE_MOST_S / PIECE_S)
_JUST_AFTER = 4


def _floor(pieces: Sequence[float]) -> float | None:
    """The level of a steady room; None when it is not steady."""
    ordered = sorted(pieces)
    tenth = len(ordered) // 10
    if ordered[-1 - tenth] - ordered[tenth] > STEADY_DB:
        return None
    return ordered[len(ordered) // 4]


class GainWatch:
    """Feed it the A-weighted mean square of every frame; any unit will do, gain included."""

    def __init__(self) -> None:
        self.noticed = False
        """Whether the gain turns."""
        self._drops: deque[float] = deque(maxlen=PASSAGES)
        self._frames: list[float] = []
        self._before: deque[float] = deque(maxlen=_QUIET)
        self._room_db: float | None = None
        """Before the passage that goes on; None outside."""
        self._pieces = 0
        self._loud = 0
        self._over = 0
        self._after: list[float] = []

    def feed(self, energy: float) -> None:
        """One frame."""
        self._frames.append(energy)
        if len(self._frames) < _PIECE:
            return
        mean = sum(self._frames) / _PIECE
        self._frames.clear()
        if mean <= 0.0:  # digital zero: no room at all
            self._start_over()
            return
        level_db = 10.0 * math.log10(mean)
        if self._room_db is None:
            self._wait(level_db)
        else:
            self._passage(level_db, self._room_db)

    def _wait(self, level_db: float) -> None:
        if len(self._before) == _QUIET:
            room_db = _floor(self._before)
            if room_db is not None and level_db >= room_db + LOUD_DB:
                self._room_db = room_db
                self._pieces = self._loud = 1
                self._over = 0
                return
        self._before.append(level_db)

    def _passage(self, level_db: float, room_db: float) -> None:
        self._pieces += 1
        if self._pieces > _PASSAGE_MOST:
            self._start_over()
        elif level_db > room_db + OVER_DB and not self._after:
            self._over = 0
            self._loud += level_db >= room_db + LOUD_DB / 2
        elif self._over < OVER_PIECES:
            self._over += 1
        else:
            self._afterwards(level_db, room_db)

    def _afterwards(self, level_db: float, room_db: float) -> None:
        if level_db >= room_db + LOUD_DB:  # it goes on
            self._after.clear()
            self._over = 0
            return
        self._after.append(level_db)
        if len(self._after) < _QUIET + _JUST_AFTER:
            return
        later_db = _floor(self._after[-_QUIET // 2 :])
        if later_db is not None and self._loud >= PASSAGE_PIECES:
            just_after_db = median(self._after[:_JUST_AFTER])
            self._take(min(room_db, later_db) - just_after_db)
        after = self._after[-_QUIET:]
        self._start_over()
        self._before.extend(after)

    def _take(self, drop_db: float) -> None:
        self._drops.append(drop_db)
        drops = sum(drop_db >= DROP_DB for drop_db in self._drops)
        self.noticed = drops > GONE_DROPS if self.noticed else drops >= NOTICED_DROPS

    def _start_over(self) -> None:
        self._before.clear()
        self._after.clear()
        self._room_db = None
