"""A WAV file made on the spot."""

import io
import math
import wave


def tone(seconds: float = 0.5, rate: int = 48_000, channels: int = 2) -> bytes:
    """A WAV file with a sine of 500 Hz at half of full scale."""
    samples = b"".join(
        int(16384 * math.sin(2 * math.pi * 500 * n / rate)).to_bytes(2, "little", signed=True) * channels
        for n in range(int(seconds * rate))
    )
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(samples)
    return file.getvalue()
