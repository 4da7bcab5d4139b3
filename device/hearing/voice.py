"""Whether a frame sounds like a voice: webrtcvad, with the gain in front of it made the same for every unit.

As a gate it adds nothing to the level (measured), and it calls most noises voices; it is told to people as
one of the reasons for a finding.
"""

import numpy as np
import webrtcvad

from device.hearing.figures import RATE_HZ, VOICE_FULL_SCALE_DBA, VOICE_MODE
from device.hearing.weighting import Samples


class Voice:
    """The detector for one microphone. It adapts to the room, so it wants every frame, loud or not."""

    def __init__(self, full_scale_dba: float) -> None:
        self._gain = 32767.0 * 10.0 ** ((full_scale_dba - VOICE_FULL_SCALE_DBA) / 20.0)
        self._detector = webrtcvad.Vad(VOICE_MODE)

    def in_frame(self, samples: Samples) -> bool:
        """``samples``: one frame in -1..1."""
        pcm = np.clip(samples * self._gain, -32768.0, 32767.0).astype("<i2")
        return bool(self._detector.is_speech(pcm.tobytes(), RATE_HZ))
