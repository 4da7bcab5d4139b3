"""A unit that records: real FLAC, really sealed and signed, as it comes to the hub."""

import secrets
from array import array
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import pi, sin

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.recordings.sound import flac_of
from tests.support.messages import MOMENT, SITE, UNIT
from wire.evidence.canonical import digest
from wire.evidence.chain import Head
from wire.evidence.keys import public_text
from wire.evidence.line import ClockState, End, Line, Media, Why, timestamp
from wire.evidence.signed import SignedLine, sign
from wire.evidence.upload import body_of, path_of

RATE = 16_000


def tone(samples: int, hz: float = 440.0, level: float = 0.3) -> bytes:
    """16-bit PCM; the same for the same figures."""
    period = [round(32767 * level * sin(2 * pi * hz * n / RATE)) for n in range(RATE)]
    return array("h", [period[n % RATE] for n in range(samples)]).tobytes()


@dataclass
class RecordingUnit:
    """One recording of one unit."""

    recipient: str
    unit: str = UNIT
    site: str = SITE
    why: Why = "staff"
    clock: ClockState = "synced"
    started: datetime = MOMENT
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    recording: str = field(default_factory=lambda: secrets.token_hex(16))

    def __post_init__(self) -> None:
        self.head = Head(self.site, self.unit, self.recording)
        self.sound = bytearray()
        """Everything that was recorded, PCM."""

    @property
    def public(self) -> str:
        return public_text(self.key)

    def record(self, seconds: float = 1.0, hz: float = 440.0, end: End | None = None) -> "Sent":
        """The next segment."""
        pcm = tone(round(seconds * RATE), hz)
        first = self.head.samples
        self.sound += pcm
        return self.seal(flac_of(pcm), "audio/flac", len(pcm) // 2, first, end)

    def photograph(self, jpeg: bytes) -> "Sent":
        """A still."""
        return self.seal(jpeg, "image/jpeg", 0, self.head.samples, None)

    def close(self, end: End = "power") -> "Sent":
        """A line without body."""
        return self._sent(self._line("none", b"", b"", samples=0, first=self.head.samples, end=end), b"", b"")

    def seal(self, body: bytes, media: Media, samples: int, first: int, end: End | None) -> "Sent":
        sealed = pyrage.encrypt(body, [pyrage.x25519.Recipient.from_str(self.recipient)])
        return self._sent(
            self._line(media, body, sealed, samples=samples, first=first, end=end), body, sealed
        )

    def _line(
        self, media: Media, body: bytes, sealed: bytes, *, samples: int, first: int, end: End | None
    ) -> Line:
        at = self.started + timedelta(seconds=first / RATE)
        return Line(
            site=self.site,
            unit=self.unit,
            recording=self.recording,
            index=self.head.next,
            media=media,
            started=timestamp(at),
            clock=self.clock,
            boot="0123456789abcdef",
            uptime=100.0 + first / RATE,
            first_sample=first,
            samples=samples,
            rate=RATE,
            gaps=(),
            bytes=len(body),
            sha256=digest(body),
            sealed_bytes=len(sealed),
            sealed_sha256=digest(sealed),
            previous=self.head.previous,
            why=self.why,
            end=end,
        )

    def _sent(self, line: Line, body: bytes, sealed: bytes) -> "Sent":
        signed = sign(line, self.key)
        self.head = self.head.follow(signed)
        return Sent(signed, body, sealed)


@dataclass(frozen=True)
class Sent:
    """A segment on its way."""

    signed: SignedLine
    plain: bytes
    sealed: bytes

    @property
    def path(self) -> str:
        return path_of(self.signed.line.recording, self.signed.line.index)

    @property
    def body(self) -> bytes:
        return body_of(self.signed, self.sealed)
