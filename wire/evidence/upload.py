"""How a segment travels: the signed line, a line's end, the sealed bytes; and what the hub may answer."""

from wire.evidence.faults import BadLine
from wire.evidence.line import LINE_BYTES_MAX, SEGMENT_BYTES_MAX
from wire.evidence.signed import SignedLine, read_signed

BODY_BYTES_MAX = LINE_BYTES_MAX + 1 + SEGMENT_BYTES_MAX
"""Largest body of an upload."""

STORED = 200
"""Durable and committed. Only now may the unit delete its copy."""
REFUSED = 403
"""Unknown unit, bad signature, wrong key."""
GAP = 409
"""Earlier segments are missing: the answer says which is the next."""
ALTERED = 422
"""The line or the bytes cannot be what the unit sealed."""
FULL = 507
"""No room; the unit keeps the segment and tries again."""


def path_of(recording: str, index: int) -> str:
    """Where a segment is put, below the hub's address."""
    return f"/api/v1/recordings/{recording}/segments/{index}"


def body_of(signed: SignedLine, sealed: bytes) -> bytes:
    """What is sent."""
    return signed.canonical() + b"\n" + sealed


def read_body(body: bytes) -> tuple[SignedLine, bytes]:
    """Line and sealed bytes; raises ``BadLine``. Neither signature nor digest is checked yet."""
    if len(body) > BODY_BYTES_MAX:
        raise BadLine(f"at most {BODY_BYTES_MAX} bytes; given: {len(body)}")
    end = body.find(b"\n", 0, LINE_BYTES_MAX + 1)
    if end < 0:
        raise BadLine("a body is the signed line, a line's end, and the sealed bytes")
    return read_signed(body[:end]), body[end + 1 :]
