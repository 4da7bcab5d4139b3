"""What the hearing knows of the newest seconds: levels of every frame, cues of the loud ones. Never sound."""

import numpy as np

from device.hearing import cues as c
from device.hearing import figures as f
from device.hearing.features import MEMORY, SECOND, Array, describe
from device.hearing.moment import Moment


class Memory:
    """Feed it moments; every ``HOP`` frames it can be asked for the features of what it remembers."""

    def __init__(self) -> None:
        self.fast_dba = np.full(MEMORY, f.UNHEARD_DBA)
        self.frame_dba = np.full(MEMORY, f.UNHEARD_DBA)
        self.cues = np.full((MEMORY, c.COLUMNS), np.nan)
        self._new: list[Moment] = []
        self._look = c.Look()

    def feed(self, now: Moment, *, look: bool = True) -> bool:
        """Whether this frame ends a hop. Without ``look`` the hop's levels are kept and no cues taken."""
        if len(self._new) == f.HOP:
            self._new = []
        self._new.append(now)
        if len(self._new) < f.HOP:
            return False
        for kept in (self.fast_dba, self.frame_dba, self.cues):
            kept[: -f.HOP] = kept[f.HOP :]
        self.fast_dba[-f.HOP :] = [m.level_dba for m in self._new]
        self.frame_dba[-f.HOP :] = [m.frame_dba for m in self._new]
        self.cues[-f.HOP :] = np.nan
        self._look_at([look and m.listened for m in self._new])
        return True

    @property
    def loudest_dba(self) -> float:
        """Highest fast level of the newest second."""
        return float(self.fast_dba[-SECOND:].max())

    def features(self) -> Array:
        """See ``features.describe``."""
        return describe(self.fast_dba, self.frame_dba, self.cues)

    def _look_at(self, listened: list[bool]) -> None:
        """Runs of frames that follow each other are looked at together."""
        at = 0
        while at < f.HOP:
            if not listened[at]:
                self._look.forget()
                at += 1
                continue
            end = at
            while end < f.HOP and listened[end]:
                end += 1
            windows = np.stack([m.window for m in self._new[at:end]])
            self.cues[MEMORY - f.HOP + at : MEMORY - f.HOP + end] = self._look.at(windows)
            at = end
