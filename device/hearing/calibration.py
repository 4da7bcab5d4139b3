"""What the microphone's full scale means in dB(A), and how it is measured while a known level sounds."""

from dataclasses import dataclass

from device.hearing.clipping import FULL_SCALE
from device.hearing.figures import FULL_SCALE_RANGE_DBA
from device.hearing.hearing import Frames
from device.hearing.leq import MeanLevels
from device.hearing.level import Levels
from device.hearing.weighting import AWeighting

LEVEL_RANGE_DBA = (60.0, 110.0)
"""Levels that can be a reference: below, the room joins in; above, nobody should stand beside it."""

SECONDS = (3, 60)
"""How long can be measured."""

SPREAD_MOST_DB = 1.0
"""How far the quietest and the loudest second may lie apart: a calibrator's tone stays within 0.1 dB, noise
from a loudspeaker within 0.5; a voice, or a gain that turns, does not."""

QUIETEST_DB = -85.0
"""A reading re full scale below this is more the microphone's own noise than the reference."""

_SETTLES_S = 1
"""Of the beginning nothing is taken: the filter fills, and the hand leaves the microphone."""


class Unfit(ValueError):
    """This sound is no reference; the message says why and what is wanted."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What levels are reckoned by."""

    full_scale_dba: float
    """dB SPL of a signal whose RMS is 1.0."""
    calibrated: bool
    """Whether that was measured; otherwise it is a guess, and levels may be off by many decibels."""
    fault: str | None = None
    """Why a measurement that was made cannot be used."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A reference that was fit."""

    full_scale_dba: float
    spread_db: float
    """Between the quietest and the loudest second."""


class Reference:
    """Feed it sound, a second at most at a time; ``seconds`` of it are enough."""

    def __init__(self, level_dba: float, seconds: int) -> None:
        """``level_dba``: what a meter beside the microphone shows. ``Unfit`` outside
        ``LEVEL_RANGE_DBA`` and ``SECONDS``."""
        low, high = LEVEL_RANGE_DBA
        if not low <= level_dba <= high:
            raise Unfit(f"the reference must be {low:g} to {high:g} dB(A); given: {level_dba:g}")
        if not SECONDS[0] <= seconds <= SECONDS[1]:
            raise Unfit(f"{SECONDS[0]} to {SECONDS[1]} s can be measured; given: {seconds}")
        self._level_dba = level_dba
        self._wanted = _SETTLES_S + seconds
        self._weighting, self._levels, self._means = AWeighting(), Levels(), MeanLevels()
        self._seconds: list[float] = []
        self._clipped = False

    @property
    def enough(self) -> bool:
        """Whether all that is wanted was fed."""
        return len(self._seconds) >= self._wanted

    def feed(self, sound: Frames) -> None:
        """Whole frames."""
        self._clipped = self._clipped or bool(((sound >= FULL_SCALE) | (sound <= -FULL_SCALE)).any())
        for loudness in self._levels.feed(self._weighting.feed(sound / 32768.0)):
            if self._means.feed(loudness.energy, silent=False) and self._means.second is not None:
                self._seconds.append(self._means.second)

    def measured(self) -> Measured:
        """What was found; raises ``Unfit``."""
        if not self.enough:
            raise Unfit(f"{self._wanted} s of sound are wanted; given: {len(self._seconds)} s")
        taken = self._seconds[_SETTLES_S : self._wanted]
        if self._clipped:
            raise Unfit("the sound is beyond the microphone's full scale: turn its gain down")
        spread_db = max(taken) - min(taken)
        if spread_db > SPREAD_MOST_DB:
            raise Unfit(
                f"the sound was not steady: its seconds lie {spread_db:.1f} dB apart, "
                f"allowed is {SPREAD_MOST_DB:g}; use a tone or steady noise, with automatic gain off"
            )
        if min(taken) < QUIETEST_DB:
            raise Unfit(
                f"the sound is too quiet for this microphone: it reads {min(taken):.0f} dB re full scale, "
                f"wanted is {QUIETEST_DB:g} or more; is it the right one, and is its gain up?"
            )
        # They lie within a decibel, where the mean of decibels is that of energies within 0.03 dB.
        full_scale_dba = self._level_dba - sum(taken) / len(taken)
        low, high = FULL_SCALE_RANGE_DBA
        if not low <= full_scale_dba <= high:
            raise Unfit(
                f"full scale would be {full_scale_dba:.0f} dB(A), possible is {low:g} to {high:g}: "
                "is the level that was given the one at the microphone?"
            )
        return Measured(full_scale_dba, spread_db)
