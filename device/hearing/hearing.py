"""The whole hearing of one microphone: frames in, findings out."""

import secrets
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from device.hearing.background import Background
from device.hearing.bang import BangFinder
from device.hearing.cues import WINDOW
from device.hearing.figures import (
    FRAME,
    FRAME_S,
    FULL_SCALE_RANGE_DBA,
    SHOUT_DBA,
    SHOUT_MARGIN_DB,
)
from device.hearing.findings import Heard
from device.hearing.level import FastLevel, decibels
from device.hearing.moment import Moment
from device.hearing.shout import ShoutFinder
from device.hearing.voice import Voice
from device.hearing.weighting import AWeighting

Frame = npt.NDArray[np.int16]
"""``figures.FRAME`` samples of 16 kHz mono sound as the microphone gives them."""


def _token() -> str:
    return secrets.token_hex(8)


class Hearing:
    """Causal: what it says of a frame depends on this and earlier frames only. Nothing heard is kept beyond
    the 40 ms that the character of a sound is judged by."""

    def __init__(
        self, full_scale_dba: float, calibrated: bool, new_token: Callable[[], str] = _token
    ) -> None:
        """``full_scale_dba``: dB SPL of a signal whose RMS is 1.0 of full scale; ``ValueError`` outside
        ``FULL_SCALE_RANGE_DBA``. ``new_token`` names findings."""
        low, high = FULL_SCALE_RANGE_DBA
        if not low <= full_scale_dba <= high:
            raise ValueError(f"full_scale_dba must be {low} to {high} dB; given: {full_scale_dba}")
        self._full_scale_dba = full_scale_dba
        self._weighting = AWeighting()
        self._fast = FastLevel()
        self._background = Background()
        self._voice = Voice(full_scale_dba)
        self.shout = ShoutFinder(calibrated, new_token)
        self._bang = BangFinder(calibrated, new_token)
        self._window = np.zeros(WINDOW)
        self._frames = 0
        self.level_dba = full_scale_dba + decibels(0.0)
        """Fast level after the newest frame."""

    @property
    def background_dba(self) -> float:
        """How loud the room is without the voices in it."""
        return self._background.dba

    @property
    def threshold_dba(self) -> float:
        """The level from which on a sustained sound may be a shout."""
        return max(SHOUT_DBA, self._background.dba + SHOUT_MARGIN_DB)

    def feed(self, frame: Frame) -> list[Heard]:
        """What is to be said after one more frame, mostly nothing. ``ValueError`` for another shape."""
        if frame.dtype != np.int16 or frame.shape != (FRAME,):
            raise ValueError(f"a frame must be {FRAME} int16; given: {frame.shape} {frame.dtype}")
        samples = frame.astype(np.float64) / 32768.0
        self._window = np.concatenate((self._window[-(WINDOW - FRAME) :], samples))
        squares = np.square(self._weighting.feed(samples))
        energy = float(squares.mean())
        self.level_dba = self._full_scale_dba + self._fast.feed(squares)
        self._frames += 1
        now = Moment(
            at_s=self._frames * FRAME_S,
            level_dba=self.level_dba,
            frame_dba=self._full_scale_dba + decibels(energy),
            background_dba=self.background_dba,
            threshold_dba=self.threshold_dba,
            voice=self._voice.in_frame(samples),
            energy=energy,
            window=self._window,
        )
        if frame.any():  # digital zero is a dead microphone, not a quiet room
            self._background.feed(self.level_dba)
        return [heard for heard in (self.shout.feed(now), self._bang.feed(now)) if heard is not None]
