"""Recordings made for tests: signed lines with bodies, as a unit would write them."""

from dataclasses import replace
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wire.evidence.canonical import digest
from wire.evidence.chain import Head
from wire.evidence.line import NOTHING, End, Line
from wire.evidence.signed import SignedLine, sign

SITE, UNIT, RECORDING = "city", "counter-1", "0123456789abcdef0123456789abcdef"


@cache
def key(number: int = 1) -> Ed25519PrivateKey:
    """The same key for the same number."""
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


def line(head: Head, body: bytes = b"sound", sealed: bytes = b"sealed", *, end: End | None = None) -> Line:
    """The next line of sound: ten seconds."""
    return Line(
        site=head.site,
        unit=head.unit,
        recording=head.recording,
        index=head.next,
        media="audio/flac",
        started=f"2026-11-22T05:{head.next // 6 % 60:02}:{head.next % 6 * 10:02}.123Z",
        clock="synced",
        boot="0123456789abcdef",
        uptime=100.5 + 10 * head.next,
        first_sample=head.samples,
        samples=160_000,
        rate=16_000,
        gaps=(),
        bytes=len(body),
        sha256=digest(body),
        sealed_bytes=len(sealed),
        sealed_sha256=digest(sealed),
        previous=head.previous,
        why="staff",
        end=end,
    )


def closing(head: Head, end: End = "power") -> Line:
    """A line that only closes."""
    return replace(
        line(head),
        media="none",
        samples=0,
        bytes=0,
        sealed_bytes=0,
        sha256=NOTHING,
        sealed_sha256=NOTHING,
        end=end,
    )


def recording(lines: int, *, number: int = 1, recording: str = RECORDING) -> list[SignedLine]:
    """So many signed lines; the last one closes the recording."""
    head = Head(SITE, UNIT, recording)
    made: list[SignedLine] = []
    for index in range(lines):
        body = b"sound %d" % index
        signed = sign(
            line(head, body, b"sealed " + body, end="staff" if index == lines - 1 else None), key(number)
        )
        head = head.follow(signed)
        made.append(signed)
    return made
