"""What the hearing says when it has heard something."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Reasons:
    """What a loud sound was like, for people to read."""

    pitch_hz: float | None
    """Median pitch of the newest second; None where there was none."""
    tilt_db: float
    """Energy above 1 kHz over energy below."""
    voiced: float
    """Share of the loud frames that had a pitch, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One step of one finding, with the reasons for it. An estimate, never a fact."""

    kind: Literal["shout", "bang"]
    phase: Literal["start", "update", "end"]
    """A bang has only a start: it is over before it is found."""
    finding: str
    """16 hexadecimal digits, the same in every step of the finding."""
    level_dba: float
    """Highest fast level so far, dB(A) SPL."""
    background_dba: float
    """The room at this moment, dB(A) SPL."""
    duration_s: float
    """From the first loud sound to the last so far, seconds."""
    score: float
    """0 to 1; 0.5 lies on the threshold."""
    voice_share: float
    """Part of the loud frames in which the voice detector heard a voice, 0 to 1."""
    calibrated: bool
    model: str
    """Name and version of the rule that decided."""
    pitch_hz: float | None = None
    """Median pitch at the clearest moment; None where there was none, and for a bang."""
    tilt_db: float | None = None
    """Energy above 1 kHz over energy below at the clearest moment; None for a bang."""
