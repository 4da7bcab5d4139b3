"""Whether a frame sounds like a voice: webrtcvad, with the gain in front of it made the same for every unit.

As a gate it adds nothing to the level (measured), and it calls most noises voices; it is told to people as
one of the reasons for a finding.
"""

from typing import Any

import numpy as np

from device.hearing.figures import FRAME, RATE_HZ, VOICE_FULL_SCALE_DBA, VOICE_MODE
from device.hearing.weighting import Samples


class Voice:
    """The detector for one microphone. It adapts to the room, so it wants every frame, loud or not."""

    def __init__(self, full_scale_dba: float) -> None:
        self.fault: str | None = None
        """Why there is no detector: then no frame sounds like a voice."""
        self._gain = 32767.0 * 10.0 ** ((full_scale_dba - VOICE_FULL_SCALE_DBA) / 20.0)
        self._detector: Any = None
        try:
            # Imported here: a detector that is not installed must be told as a fault, not keep the unit with
            # its panic button from starting.
            import webrtcvad  # noqa: PLC0415

            self._detector = webrtcvad.Vad(VOICE_MODE)
        except Exception as error:  # noqa: BLE001 - also a wheel for another processor; whatever it is, is told
            self.fault = f"{type(error).__name__}: {error}"

    def in_frames(self, samples: Samples) -> list[bool]:
        """``samples``: whole frames in -1..1; an answer for each."""
        pcm = np.clip(samples * self._gain, -32768.0, 32767.0).astype("<i2").tobytes()
        starts = range(0, len(pcm), 2 * FRAME)
        if self._detector is None:
            return [False] * len(starts)
        hears = self._detector.is_speech
        return [hears(pcm[start : start + 2 * FRAME], RATE_HZ) for start in starts]


def fault() -> str | None:
    """Let a detector judge silence and a buzz with the pitch of a voice; what is wrong with it, or None."""
    voice = Voice(VOICE_FULL_SCALE_DBA)
    if voice.fault:
        return voice.fault
    at = np.arange(10 * FRAME) / RATE_HZ
    buzz = np.sum([np.sin(2 * np.pi * 140.0 * k * at) / (4 * k) for k in range(1, 20)], axis=0)
    try:
        quiet, heard = (voice.in_frames(sound) for sound in (0.0 * at, buzz))
    except Exception as error:  # noqa: BLE001 - the detector is foreign code
        return f"{type(error).__name__}: {error}"
    return None if not any(quiet) and any(heard) else "does not tell a voice from silence"
