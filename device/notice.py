"""The loudspeaker that the settings name, with the sentence that tells visitors of a recording."""

from collections.abc import Callable
from pathlib import Path

from device.inputs import Now
from device.loudspeaker import (
    Loudspeaker,
    Output,
    PortAudioOutput,
    Sentence,
    SentenceRefused,
    SimulatedOutput,
    read,
)
from device.settings import SettingsRefused, UnitSettings


def sentence_of(settings: UnitSettings) -> Sentence | None:
    """What is to be spoken; raises ``SettingsRefused``."""
    if settings.notice is None:
        return None
    try:
        return read(Path(settings.notice.spoken))
    except SentenceRefused as error:
        raise SettingsRefused(f"notice.spoken: {error}") from error


def loudspeaker_of(settings: UnitSettings, now: Callable[[], Now]) -> tuple[Loudspeaker | None, float]:
    """With the length of its sentence in seconds; raises ``SettingsRefused``."""
    sentence, notice = sentence_of(settings), settings.notice
    if sentence is None or notice is None:
        return None, 0.0
    simulated = notice.output == "simulated"
    output: Output = SimulatedOutput() if simulated else PortAudioOutput(notice.device)
    return Loudspeaker(sentence, output, lambda: now().monotonic), sentence.lasts_s
