"""What kind of picture some bytes are, found in the bytes: names and headers of an upload may say anything.

PNG, JPEG and WebP only: they cannot hold a script, as SVG can.
"""

from dataclasses import dataclass

BYTES_MAX = 4 * 1024 * 1024
SIDE_MAX = 10_000
"""Pixels of the longer side."""
PIXELS_MAX = 40_000_000
"""A browser needs four bytes of memory for each."""

_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG markers of a frame header, which tells the size."""
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})
"""JPEG markers without a length."""


class BadPicture(ValueError):
    """Not a picture that can be shown; ``why`` is one word: kind, bytes, broken or pixels."""

    def __init__(self, why: str, told: str) -> None:
        super().__init__(told)
        self.why = why


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was looked at."""

    media: str
    width: int
    height: int


def look(data: bytes) -> Picture:
    """What it is and how large. Raises ``BadPicture``."""
    if len(data) > BYTES_MAX:
        raise BadPicture("bytes", f"a picture may have {BYTES_MAX} bytes; given: {len(data)}")
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        found = Picture("image/png", *_of_png(data))
    elif data.startswith(b"\xff\xd8\xff"):
        found = Picture("image/jpeg", *_of_jpeg(data))
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        found = Picture("image/webp", *_of_webp(data))
    else:
        raise BadPicture("kind", "must be PNG, JPEG or WebP")
    width, height = found.width, found.height
    if min(width, height) < 1 or max(width, height) > SIDE_MAX or width * height > PIXELS_MAX:
        allowed = f"{SIDE_MAX} pixels a side and {PIXELS_MAX} in all"
        raise BadPicture("pixels", f"may have {allowed}; given: {width} × {height}")
    return found


def _of_png(data: bytes) -> tuple[int, int]:
    """PNG (ISO/IEC 15948), IHDR: it is always the first chunk."""
    if len(data) < 33 or data[12:16] != b"IHDR":
        raise BadPicture("broken", "the PNG has no header")
    return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])


def _of_jpeg(data: bytes) -> tuple[int, int]:
    """JPEG (ITU-T T.81, annex B): segments up to the frame header."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _BARE:
            at += 2
        elif marker in _SIZES:
            return int.from_bytes(data[at + 7 : at + 9]), int.from_bytes(data[at + 5 : at + 7])
        else:
            length = int.from_bytes(data[at + 2 : at + 4])
            if length < 2 or marker == 0xDA:
                break
            at += 2 + length
    raise BadPicture("broken", "the JPEG has no frame header")


def _of_webp(data: bytes) -> tuple[int, int]:
    """WebP (RFC 9649): simple lossy, simple lossless, or extended."""
    kind = data[12:16]
    if len(data) >= 30:
        if kind == b"VP8X":
            return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
        if kind == b"VP8L" and data[20] == 0x2F:
            bits = int.from_bytes(data[21:25], "little")
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
            width, height = data[26:28], data[28:30]
            return int.from_bytes(width, "little") & 0x3FFF, int.from_bytes(height, "little") & 0x3FFF
    raise BadPicture("broken", "the WebP has no frame header")
