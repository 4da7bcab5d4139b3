"""The bang: a sound that is there at once, far above the room, and gone at once.

Unproven: it was tried on synthetic desks only. It never raises an alarm of its own; the hub lets it join an
incident that is open.
"""

import math
from collections import deque
from collections.abc import Callable, Sequence

import numpy as np

from device.hearing import figures as f
from device.hearing.cues import FLATNESS, PERIODICITY, Look
from device.hearing.features import VOICED
from device.hearing.findings import Heard
from device.hearing.moment import Moment

MODEL = "bang-rise-decay-2-unproven"

_STILL_DB = 10.0
"""A bang lasts as long as it is no softer than this below the blow."""

_FALLS = max(after for after, _ in f.BANG_FALLS_DB)
_BEFORE = f.BANG_VOICED_FRAMES + 2
"""Frames looked at before the blow: it may fall between two frames, so the last of them is not compared."""


class BangFinder:
    """Feed it moments; it finds a bang a fifth of a second after the blow, when it has shown how it falls."""

    def __init__(self, calibrated: bool, new_token: Callable[[], str]) -> None:
        self._calibrated = calibrated
        self._new_token = new_token
        self._recent: deque[Moment] = deque(maxlen=_BEFORE + 1 + _FALLS)
        self._not_before_s = 0.0

    def forget(self) -> None:
        """What was there before was no sound."""
        self._recent.clear()

    def feed(self, now: Moment) -> Heard | None:
        """The bang whose decay ends with this frame, or None."""
        self._recent.append(now)
        if len(self._recent) < _BEFORE + 1 + _FALLS or now.at_s < self._not_before_s:
            return None
        blow = self._recent[_BEFORE]
        if blow.frame_dba < f.BANG_DBA:  # nearly every frame ends here
            return None
        floor_dba = max(f.BANG_DBA, blow.background_dba + f.BANG_MARGIN_DB)
        if blow.frame_dba < floor_dba:
            return None
        before = max(self._recent[_BEFORE - back].frame_dba for back in (2, 3))
        fell = all(
            blow.frame_dba - self._recent[_BEFORE + after].frame_dba >= least
            for after, least in f.BANG_FALLS_DB
        )
        if blow.frame_dba - before < f.BANG_RISE_DB or not fell:
            return None
        seen = [self._recent[_BEFORE + after] for after in range(f.BANG_LOOK + 1)]
        if _flatness_db(seen) < f.BANG_FLATNESS_DB or self._voiced() > f.BANG_VOICED_MOST:
            return None
        self._not_before_s = now.at_s + f.BANG_APART_S
        return self._tell(blow, seen, blow.frame_dba - floor_dba)

    def _voiced(self) -> int:
        """Frames with a pitch among those before the blow."""
        before = (self._recent[number] for number in range(f.BANG_VOICED_FRAMES))
        windows = [m.window for m in before if m.listened]
        if not windows:
            return 0
        return int(np.count_nonzero(Look().at(np.stack(windows))[:, PERIODICITY] >= VOICED))

    def _tell(self, blow: Moment, moments: list[Moment], above_db: float) -> Heard:
        loud = [m for m in moments if m.frame_dba >= blow.frame_dba - _STILL_DB]
        return Heard(
            kind="bang",
            phase="start",
            finding=self._new_token(),
            level_dba=max(m.level_dba for m in moments),
            background_dba=blow.background_dba,
            duration_s=len(loud) * f.FRAME_S,
            score=1.0 / (1.0 + math.exp(-above_db / f.SCORE_STEP_DB)),
            voice_share=sum(m.voice for m in loud) / len(loud),
            calibrated=self._calibrated,
            model=MODEL,
        )


def _flatness_db(moments: Sequence[Moment]) -> float:
    """Of all of them; what is louder says more."""
    cues = Look().at(np.stack([m.window for m in moments]))
    return float(np.average(cues[:, FLATNESS], weights=[m.energy + f.ENERGY_FLOOR for m in moments]))
