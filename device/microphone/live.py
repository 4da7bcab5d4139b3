"""A microphone for a command that listens for a while: its sound as it comes, or why none comes."""

import queue
from collections.abc import Generator

import numpy as np

from device.hearing.hearing import Frames
from device.microphone.portaudio import PortAudioMicrophone
from device.microphone.reader import Reader
from device.microphone.simulated import SimulatedMicrophone
from device.microphone.source import Source, SourceFailed
from device.settings import MicrophoneSettings

GIVE_UP_S = 5.0
"""A microphone that gives nothing for so long is called broken to whoever waits at the terminal."""


def source_of(settings: MicrophoneSettings) -> Source:
    """The microphone that the settings name; ``SourceFailed`` where they name none."""
    match settings.source:
        case "pyaudio":
            return PortAudioMicrophone(settings.device)
        case "simulated":
            return SimulatedMicrophone(settings.full_scale_dba)
    raise SourceFailed('the settings name no microphone ([microphone] source = "none")')


def live(source: Source) -> Generator[Frames, None, None]:
    """Every read, for as long as one likes; raises ``SourceFailed``. Close it to let go of the microphone."""
    reader = Reader(source)
    reader.start()
    try:
        while True:
            try:
                read = reader.reads.get(timeout=GIVE_UP_S)
            except queue.Empty:
                why = reader.failure or f"the microphone gave nothing for {GIVE_UP_S:g} s"
                raise SourceFailed(why) from None
            yield np.frombuffer(read, dtype="<i2").astype(np.int16, copy=False)
    finally:
        reader.leave()
        reader.join(1.0)
