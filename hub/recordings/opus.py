"""Opus of constant rate, by FFmpeg's libopus (PyAV), which is loaded when somebody first listens this way."""

from fractions import Fraction
from importlib.util import find_spec

from hub.evidence.ogg import PACKET_BYTES, PACKET_SAMPLES
from wire.evidence.line import RATE_HZ

LEAD_PACKETS = 25
"""Encoded before what is wanted and thrown away: the encoder has then heard what came before, and where parts
meet that were encoded apart nothing is heard of it (measured: below 0.2 % of the level)."""


class NoOpus(Exception):
    """Opus cannot be made here."""


def available() -> bool:
    """Whether PyAV is installed."""
    return find_spec("av") is not None


def encode(pcm: bytes) -> list[bytes]:
    """A packet for each 20 ms; ``pcm`` is filled up with silence to whole ones. The encoder's delay is left
    in: see ``hub.evidence.ogg``. Raises ``NoOpus``."""
    try:
        import av  # noqa: PLC0415 - 30 MB of memory that a hub which nobody listens to does not need
    except ImportError as error:
        raise NoOpus("PyAV is not installed") from error
    context = av.CodecContext.create("libopus", "w")
    if not isinstance(context, av.AudioCodecContext):
        raise NoOpus("libopus is no codec for sound here")
    context.sample_rate, context.layout, context.format = RATE_HZ, "mono", "s16"
    context.bit_rate = PACKET_BYTES * 8 * RATE_HZ // PACKET_SAMPLES
    context.time_base = Fraction(1, RATE_HZ)
    # "lowdelay": without the speech coder, whose memory of what it said would be heard where parts meet.
    context.options = {"vbr": "off", "application": "lowdelay", "frame_duration": "20"}
    context.open()
    step = 2 * PACKET_SAMPLES
    pcm += bytes(-len(pcm) % step)
    packets = []
    for at in range(0, len(pcm), step):
        frame = av.AudioFrame(format="s16", layout="mono", samples=PACKET_SAMPLES)
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, at // 2, context.time_base
        frame.planes[0].update(pcm[at : at + step])
        packets += [bytes(packet) for packet in context.encode(frame)]
    packets += [bytes(packet) for packet in context.encode(None)]
    return packets[: len(pcm) // step]
