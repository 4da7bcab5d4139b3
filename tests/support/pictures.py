"""Small pictures, made here: a plan of squares, and heads of other kinds."""

import struct
import zlib


def png(width: int = 64, height: int = 32, stripe: int = 16) -> bytes:
    """A valid grey PNG with stripes."""
    line = b"\0" + bytes(255 if x // stripe % 2 else 200 for x in range(width))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(line * height))
        + _chunk(b"IEND", b"")
    )


def jpeg(width: int, height: int) -> bytes:
    """As far as the frame header, with an application segment before it."""
    app = b"\xff\xe0\x00\x10JFIF\x00" + bytes(9)
    return b"\xff\xd8" + app + b"\xff\xff\xc2\x00\x11\x08" + struct.pack(">HH", height, width) + bytes(10)


def webp(kind: str, width: int, height: int) -> bytes:
    """The head of a simple lossy, simple lossless or extended WebP."""
    if kind == "VP8 ":
        body = b"\x00\x00\x00\x9d\x01\x2a" + struct.pack("<HH", width, height)
    elif kind == "VP8L":
        body = b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14)
    else:
        body = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body += bytes(16)
    return (
        b"RIFF"
        + struct.pack("<I", len(body) + 12)
        + b"WEBP"
        + kind.encode()
        + struct.pack("<I", len(body))
        + body
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
