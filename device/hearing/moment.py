"""One frame of sound as the finders see it."""

from typing import NamedTuple

from device.hearing.weighting import Samples


class Moment(NamedTuple):
    """The state of the sound at the end of one frame."""

    at_s: float
    """Seconds of sound since the hearing began, to the end of this frame."""
    level_dba: float
    """Fast level."""
    frame_dba: float
    """Level of this frame alone."""
    background_dba: float
    threshold_dba: float
    """From here on a sustained sound may be a shout."""
    listened: bool
    """Whether it is loud enough that its character is looked at."""
    voice: bool
    energy: float
    """A-weighted mean square of this frame."""
    window: Samples
    """The newest ``cues.WINDOW`` samples, unweighted."""
