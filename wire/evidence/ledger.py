"""The ledger of what was done with recordings: append-only, each line holding the hash of the one before.

A line's hash covers its content by a salted digest. So a line can be handed out without its content, and the
chain through it can be checked all the same: who gets the lines of one matter learns nothing of another.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from wire.evidence.canonical import ZEROS, canonical, from_canonical
from wire.evidence.faults import Altered, BadLine, Gap, Reordered

PREFIX = b"madomori-ledger-v1\n"
CONTENT_PREFIX = b"madomori-ledger-content-v1\n"

Act = Literal[
    "received",
    "closed",
    "played",
    "exported",
    "held",
    "released",
    "disclosed",
    "deleted",
    "refused",
    "stamped",
    "altered",
]

_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_HASH = re.compile(r"[0-9a-f]{64}")
_SALT = re.compile(r"[0-9a-f]{32}")
CONTENT = ("salt", "actor", "name", "act", "subject", "reason", "detail")


def _place(seq: object, at: object, previous: object) -> None:
    if type(seq) is not int or seq < 1:
        raise BadLine("seq must be a whole number from 1")
    if not isinstance(at, str) or not _AT.fullmatch(at):
        raise BadLine("at must be like 2026-11-22T05:00:00.123Z")
    if not isinstance(previous, str) or not _HASH.fullmatch(previous):
        raise BadLine("previous must be a SHA-256 in hexadecimal")


@dataclass(frozen=True, slots=True)
class Veiled:
    """A line without its content: what the chain needs of it. ``BadLine`` as below."""

    seq: int
    at: str
    previous: str
    content: str
    """Digest of the content."""

    def __post_init__(self) -> None:
        _place(self.seq, self.at, self.previous)
        if not isinstance(self.content, str) or not _HASH.fullmatch(self.content):
            raise BadLine("content must be a SHA-256 in hexadecimal")

    @property
    def hash(self) -> str:
        """What the next line gives as ``previous``."""
        return hashlib.sha256(PREFIX + canonical(asdict(self))).hexdigest()

    def canonical(self) -> bytes:
        """As it is exported: one line of JSON with its hash."""
        return canonical({**asdict(self), "hash": self.hash})


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One act. ``BadLine`` when a field is not what it must be."""

    seq: int
    """From 1, without holes."""
    at: str
    """RFC 3339 in UTC with milliseconds."""
    actor: str
    """The login; empty for the hub itself."""
    name: str
    """The actor's name as it was then."""
    act: Act
    subject: str
    """The recording or the incident."""
    reason: str
    """As the actor gave it."""
    detail: dict[str, Any] = field(default_factory=dict)
    previous: str = ZEROS
    """Hash of the line before; zeros for the first."""
    salt: str = field(kw_only=True)
    """32 hexadecimal digits at random: nobody finds a veiled content by trying."""

    def __post_init__(self) -> None:
        _place(self.seq, self.at, self.previous)
        if self.act not in get_args(Act):
            raise BadLine(f"act must be one of {', '.join(get_args(Act))}")
        for name in ("actor", "name", "subject", "reason"):
            if not isinstance(getattr(self, name), str):
                raise BadLine(f"{name} must be text")
        if not isinstance(self.detail, dict):
            raise BadLine("detail must be a JSON object")
        if not isinstance(self.salt, str) or not _SALT.fullmatch(self.salt):
            raise BadLine("salt must be 32 hexadecimal digits")

    @property
    def content(self) -> str:
        """Digest of what was done, by whom and why."""
        told = {name: getattr(self, name) for name in CONTENT}
        return hashlib.sha256(CONTENT_PREFIX + canonical(told)).hexdigest()

    @property
    def veiled(self) -> Veiled:
        """This line without its content."""
        return Veiled(self.seq, self.at, self.previous, self.content)

    @property
    def hash(self) -> str:
        """What the next line gives as ``previous``."""
        return self.veiled.hash

    def canonical(self) -> bytes:
        """As it is exported: one line of JSON with its hash."""
        return canonical({**asdict(self), "hash": self.hash})


FIELDS = frozenset(LedgerLine.__dataclass_fields__)
VEILED_FIELDS = frozenset(Veiled.__dataclass_fields__)


def read_line(data: bytes) -> LedgerLine | Veiled:
    """One exported line; raises ``BadLine``, and ``Altered`` when its hash is not its own."""
    tree = from_canonical(data)
    stated = tree.pop("hash", None)
    if set(tree) == VEILED_FIELDS:
        line: LedgerLine | Veiled = Veiled(**tree)
    elif set(tree) == FIELDS:
        line = LedgerLine(**tree)
    else:
        raise BadLine("must hold exactly the fields of a ledger line")
    check_hash(line, stated)
    return line


def check_hash(line: LedgerLine | Veiled, stated: object) -> None:
    """Raises ``Altered`` when the stored hash does not fit the stored line."""
    if stated != line.hash:
        raise Altered("the ledger's line was altered: its hash does not fit", line.seq)


def check_ledger(
    lines: Iterable[LedgerLine | Veiled], after: tuple[int, str] = (0, ZEROS)
) -> tuple[int, str]:
    """Lines in order behind ``after`` (sequence and hash of the line before); gives the same of the last.
    Raises ``Gap``, ``Reordered`` or ``Altered``, naming the line.
    """
    seq, previous = after
    for line in lines:
        if line.seq <= seq:
            raise Reordered(f"the ledger's line {seq + 1} is expected", line.seq)
        if line.seq > seq + 1:
            raise Gap(f"the ledger's line {seq + 1} is missing", line.seq)
        if line.previous != previous:
            raise Altered("the line before it in the ledger was altered: its hash does not fit", line.seq)
        seq, previous = line.seq, line.hash
    return seq, previous


def day_roots(lines: Iterable[LedgerLine | Veiled]) -> dict[str, str]:
    """Day (UTC, ``2026-11-22``) to the hash of its last line: printed, and kept outside the machine."""
    return {line.at[:10]: line.hash for line in lines}


def stated(site: str, day: str, seq: int, root: str) -> bytes:
    """A day's root as a time-stamping authority is asked to stamp it."""
    return f"madomori-day-root-v1\n{site}\n{day}\n{seq}\n{root}\n".encode()
