"""The whole hearing of one microphone: frames in, findings out."""

import secrets
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from device.hearing.background import Background
from device.hearing.bang import BangFinder
from device.hearing.clipping import Clipping, Stuck
from device.hearing.cues import WINDOW
from device.hearing.figures import (
    FRAME,
    FRAME_S,
    FULL_SCALE_RANGE_DBA,
    LISTEN_DBA,
    LISTEN_MARGIN_DB,
    SENSITIVITIES,
    SHOUT_MARGIN_DB,
    SensitivityName,
)
from device.hearing.findings import Heard, Reasons
from device.hearing.gain import GainWatch
from device.hearing.leq import Exposure, MeanLevels
from device.hearing.level import Levels, Loudness, decibels
from device.hearing.model import Model, standard
from device.hearing.moment import Moment
from device.hearing.shout import ShoutFinder, share
from device.hearing.voice import Voice
from device.hearing.weighting import AWeighting, Samples

Frames = npt.NDArray[np.int16]
"""Whole frames of ``figures.FRAME`` samples of 16 kHz mono sound, as the microphone gives them."""


def _token() -> str:
    return secrets.token_hex(8)


class Step(NamedTuple):
    """What one frame brought."""

    at_s: float
    """Seconds of sound since the hearing began, to the end of the frame."""
    level_dba: float
    score: float
    """How much the newest sound is like a shout: comparable over time, whatever the threshold."""
    said: list[Heard]


class Hearing:
    """Causal: what it says of a frame depends on this and earlier frames only. Nothing heard is kept beyond
    the tenth of a second that is looked at together; of 2.5 s the levels and cues are."""

    def __init__(
        self,
        full_scale_dba: float,
        calibrated: bool,
        new_token: Callable[[], str] = _token,
        *,
        sensitivity: SensitivityName = "normal",
        model: Model | None = None,
    ) -> None:
        """``full_scale_dba``: dB SPL of a signal whose RMS is 1.0 of full scale; ``ValueError`` outside
        ``FULL_SCALE_RANGE_DBA``. ``new_token`` names findings. ``model``: in place of the standard one."""
        low, high = FULL_SCALE_RANGE_DBA
        if not low <= full_scale_dba <= high:
            raise ValueError(f"full_scale_dba must be {low} to {high} dB; given: {full_scale_dba}")
        self._full_scale_dba = full_scale_dba
        self._weighting = AWeighting()
        self._levels = Levels()
        self._means = MeanLevels()
        self._clipping = Clipping()
        self._gain = GainWatch()
        self._stuck = Stuck()
        self._background = Background()
        self._voice = Voice(full_scale_dba)
        self.shout = ShoutFinder(calibrated, new_token, model or standard(), SENSITIVITIES[sensitivity])
        self._bang = BangFinder(calibrated, new_token)
        self._past = np.zeros(WINDOW - FRAME)
        self._frames = 0
        self.level_dba = self.slow_dba = full_scale_dba + decibels(0.0)
        """Fast and slow level after the newest frame."""
        self.nothing_but: Literal["digital zero", "full scale"] | None = None
        """What the newest piece was made of, where that was no sound."""

    @property
    def background_dba(self) -> float:
        """How loud the room is without the voices in it."""
        return self._background.dba

    @property
    def threshold_dba(self) -> float:
        """The level from which on a sustained sound may be a shout."""
        return max(self.shout.sensitivity.floor_dba, self._background.dba + SHOUT_MARGIN_DB)

    @property
    def score(self) -> float:
        """How much the newest sound is like a shout, 0 to 1; 0.5 is the threshold of normal sensitivity."""
        return share(self.shout.evidence)

    @property
    def reasons(self) -> Reasons | None:
        """What the newest sound is like; None when it is too quiet to be looked at."""
        return self.shout.reasons

    def hear_with(self, sensitivity: SensitivityName) -> None:
        """From now on be so sensitive; from any thread."""
        self.shout.sensitivity = SENSITIVITIES[sensitivity]

    @property
    def second_dba(self) -> float | None:
        """LAeq of the newest whole second; None before the first."""
        return self._absolute(self._means.second)

    @property
    def minute_dba(self) -> float | None:
        """LAeq of the newest minute, of less at the beginning; None before the first whole second."""
        return self._absolute(self._means.minute)

    @property
    def exposure(self) -> Exposure:
        """All that was heard so far, its energy such that 1 s at 0 dB(A) counts 1."""
        scale = 10.0 ** (self._full_scale_dba / 10.0)
        return Exposure(self._means.exposure.seconds, self._means.exposure.energy * scale)

    @property
    def clips(self) -> bool:
        """Whether sound lies beyond full scale often enough that levels read too low."""
        return self._clipping.noticed

    @property
    def gain_turns(self) -> bool:
        """Whether the microphone turns its own gain up and down, so that no level can be relied on."""
        return self._gain.noticed

    def feed(self, sound: Frames) -> list[Heard]:
        """What is to be said after one or more frames, mostly nothing. ``ValueError`` for another shape.

        How the sound is cut into pieces changes the cost, several frames at once being cheaper, and else only
        how soon a broken wire is known for one.
        """
        return [heard for heards in self._frames_of(sound) for heard in heards]

    def follow(self, sound: Frames) -> Iterator[Step]:
        """As ``feed``, frame by frame with what led to it; for whoever watches or measures the hearing."""
        for said in self._frames_of(sound):
            yield Step(self._frames * FRAME_S, self.level_dba, self.score, said)

    def _frames_of(self, sound: Frames) -> Iterator[list[Heard]]:
        if sound.dtype != np.int16 or sound.ndim != 1 or not len(sound) or len(sound) % FRAME:
            raise ValueError(
                f"sound must be whole frames of {FRAME} int16; given: {sound.shape} {sound.dtype}"
            )
        self._clipping.feed(sound)
        sound, stuck = self._stuck.without(sound)
        self.nothing_but = None if sound.any() else "full scale" if all(stuck) else "digital zero"
        samples = sound.astype(np.float64) / 32768.0
        # Digital zero is a dead microphone, not a quiet room.
        silent: list[bool] = (sound.reshape(-1, FRAME) == 0).all(axis=1).tolist()
        signal = np.concatenate((self._past, samples))
        self._past = signal[-(WINDOW - FRAME) :]
        voices = self._voice.in_frames(samples)
        for number, loudness in enumerate(self._levels.feed(self._weighting.feed(samples), stuck)):
            if stuck[number]:
                self._bang.forget()
            window = signal[number * FRAME : number * FRAME + WINDOW]
            yield self._frame(window, loudness, voice=voices[number], silent=silent[number])

    def _frame(self, window: Samples, loudness: Loudness, *, voice: bool, silent: bool) -> list[Heard]:
        self.level_dba = self._full_scale_dba + decibels(loudness.fast)
        self.slow_dba = self._full_scale_dba + decibels(loudness.slow)
        self._frames += 1
        now = Moment(
            at_s=self._frames * FRAME_S,
            level_dba=self.level_dba,
            frame_dba=self._full_scale_dba + decibels(loudness.energy),
            background_dba=self.background_dba,
            threshold_dba=self.threshold_dba,
            listened=self.level_dba >= max(LISTEN_DBA, self.background_dba + LISTEN_MARGIN_DB),
            voice=voice,
            energy=loudness.energy,
            window=window,
        )
        self._means.feed(loudness.energy, silent)
        self._gain.feed(loudness.energy)
        if not silent:
            self._background.feed(self.level_dba)
        return [heard for heard in (self.shout.feed(now), self._bang.feed(now)) if heard is not None]

    def _absolute(self, decibel: float | None) -> float | None:
        return None if decibel is None else self._full_scale_dba + decibel
