"""The voice detector is really there, and hears the same at any gain."""

import numpy as np
import pytest

from device.hearing.voice import Voice
from tests.support.sound import FULL_SCALE_DBA, Sound, at_level, frames, silence, talk


def share(sound: Sound, full_scale_dba: float) -> float:
    voice = Voice(full_scale_dba)
    return float(np.mean(voice.in_frames(np.concatenate(list(frames(sound))) / 32768.0)))


@pytest.mark.parametrize("gain_db", [-20.0, 0.0, 20.0])
def test_a_voice_is_heard_at_any_gain(gain_db: float) -> None:
    sound = at_level(talk(), 70.0) * 10 ** (gain_db / 20)

    assert share(sound, FULL_SCALE_DBA - gain_db) > 0.5


def test_silence_is_no_voice() -> None:
    assert share(silence(2.0), FULL_SCALE_DBA) == 0.0
