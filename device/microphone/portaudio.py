"""A real microphone through PyAudio (PortAudio), by the name of its device."""

from typing import Any

from device.hearing.figures import RATE_HZ
from device.microphone.source import READ_SAMPLES, SourceFailed
from device.sound_device import NoSuchDevice, index_of


class PortAudioMicrophone:
    """16 kHz mono from the input whose name contains ``device``; ``default`` is PortAudio's own choice.

    PyAudio is imported when it is opened: a unit without a sound card does not need the package.
    """

    def __init__(self, device: str) -> None:
        self._device = device
        self._audio: Any = None
        self._stream: Any = None

    def open(self) -> None:
        """``SourceFailed`` without PyAudio, without such a device, or when it does not give 16 kHz mono."""
        try:
            import pyaudio  # noqa: PLC0415 - see the class
        except ImportError as error:
            raise SourceFailed(
                'source "pyaudio" needs the package PyAudio, which is not installed'
            ) from error
        self._audio = pyaudio.PyAudio()
        try:
            self._stream = self._audio.open(
                rate=RATE_HZ,
                channels=1,
                format=pyaudio.paInt16,
                input=True,
                input_device_index=index_of(self._audio, self._device, "input"),
                frames_per_buffer=READ_SAMPLES,
            )
        except NoSuchDevice as error:
            raise SourceFailed(str(error)) from error
        except OSError as error:
            raise SourceFailed(f"{self._device} cannot be opened: {error}") from error

    def read(self) -> bytes:
        """One read. An overflow lost sound and is no failure: the hearing lives with a gap."""
        try:
            read: bytes = self._stream.read(READ_SAMPLES, exception_on_overflow=False)
        except OSError as error:
            raise SourceFailed(f"{self._device} cannot be read: {error}") from error
        return read

    def close(self) -> None:
        """Give the device back."""
        if self._stream is not None:
            self._stream.close()
        if self._audio is not None:
            self._audio.terminate()
        self._stream = self._audio = None
