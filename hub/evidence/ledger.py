"""The next line of the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hub.people import Person
from wire.evidence.canonical import ZEROS
from wire.evidence.ledger import Act, LedgerLine
from wire.evidence.line import timestamp

LedgerEnd = tuple[int, str]
"""Sequence and hash of the last line."""

BEGIN: LedgerEnd = (0, ZEROS)
REASON_CHARS_MAX = 1000


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be written down."""

    act: Act
    subject: str
    """Recording or incident."""
    reason: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    """JSON values."""
    by: Person | None = None
    """None: the hub itself."""


def next_line(deed: Deed, last: LedgerEnd, now: datetime, salt: str) -> LedgerLine:
    """The line that follows ``last``. ``salt``: 32 hexadecimal digits at random."""
    seq, previous = last
    return LedgerLine(
        seq=seq + 1,
        at=timestamp(now),
        actor=deed.by.login if deed.by is not None else "",
        name=deed.by.name if deed.by is not None else "",
        act=deed.act,
        subject=deed.subject,
        reason=deed.reason[:REASON_CHARS_MAX],
        detail=dict(deed.detail),
        previous=previous,
        salt=salt,
    )
