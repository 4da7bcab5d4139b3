"""What is handed to a third party: names of its files, the list of their digests, and the hub's signature.

``package.json`` is canonical JSON and names every other file with its digest; ``package.sig`` is the base64
of the hub's Ed25519 signature over it. Everything else is reached from there.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import asdict, dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from wire.evidence.canonical import canonical, from_canonical
from wire.evidence.faults import BadLine, BadSignature
from wire.evidence.keys import BadKey, read_public
from wire.evidence.line import SEGMENTS_MAX
from wire.topics import NAME_PATTERN

PREFIX = b"madomori-package-v1\n"
VERSION = 1

README = "READMEはじめにお読みください.txt"
INDEX = "package.json"
SIGNATURE = "package.sig"
INCIDENT = "incident.json"
LEDGER = "ledger.jsonl"
REPORT = "report.pdf"
SUFFIXES = {"audio/flac": "flac", "image/jpeg": "jpg", "video/mp4": "mp4"}

INDEX_BYTES_MAX = 256 * 1024 * 1024
"""A list of a hundred recordings of ten thousand segments is smaller."""
SIGNATURE_BYTES_MAX = 100

_HASH = re.compile(r"[0-9a-f]{64}")
_RECORDING = re.compile(r"[0-9a-f]{32}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_UNIT = re.compile(NAME_PATTERN)
_FILE = re.compile(r"[A-Za-z0-9.\-]{1,64}(?:/[A-Za-z0-9.\-]{1,64}){0,2}")


def manifest_name(recording: str) -> str:
    """Where its signed lines are."""
    return f"recordings/{recording}/manifest.jsonl"


def segment_name(recording: str, index: int, media: str) -> str:
    """Where one segment is."""
    return f"recordings/{recording}/{index:06}.{SUFFIXES[media]}"


def stamp_name(day: str) -> str:
    """Where a day's time stamp is (DER)."""
    return f"stamps/{day}.tsr"


@dataclass(frozen=True, slots=True)
class FileFact:
    """One file."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PackedRecording:
    """One recording, as far as it had come."""

    recording: str
    unit: str
    segments: int
    """Lines of its manifest."""
    ended: bool
    """False: it still went on."""
    absent: tuple[int, ...] = ()
    """Segments that the hub itself could not open any more when it packed."""


@dataclass(frozen=True, slots=True)
class LedgerSpan:
    """From which line to which the ledger is told, and what the chain ends with."""

    first: int
    last: int
    hash: str


@dataclass(frozen=True, slots=True)
class PackedDay:
    """A day (UTC) whose last line lies in the extract."""

    day: str
    seq: int
    root: str
    stamped: bool


@dataclass(frozen=True, slots=True)
class Index:
    """``package.json``."""

    site: str
    incident: int
    made: str
    hub_key: str
    """Public half of the key that signs it, base64."""
    units: dict[str, str]
    """Unit to the public half of its recording key, base64."""
    files: dict[str, FileFact]
    recordings: tuple[PackedRecording, ...]
    ledger: LedgerSpan
    days: tuple[PackedDay, ...]
    v: int = VERSION

    def canonical(self) -> bytes:
        """As it is written."""
        return canonical(asdict(self))


def sign_index(data: bytes, key: Ed25519PrivateKey) -> bytes:
    """The content of ``package.sig``."""
    return base64.b64encode(key.sign(PREFIX + data)) + b"\n"


def check_index(data: bytes, signature: bytes, key: Ed25519PublicKey) -> None:
    """Raises ``BadSignature``."""
    try:
        raw = base64.b64decode(signature.removesuffix(b"\n"), validate=True)
        if base64.b64encode(raw) + b"\n" != signature:
            raise BadSignature("package.sig is not written as it must be")
        key.verify(raw, PREFIX + data)
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise BadSignature("the signature does not fit package.json") from error


def fingerprint(key: Ed25519PublicKey | str) -> str:
    """Of a public key, for people who compare: half of its SHA-256 in eight groups of four."""
    public = read_public(key) if isinstance(key, str) else key
    told = hashlib.sha256(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:32]
    return " ".join(told[at : at + 4] for at in range(0, 32, 4))


def read_index(data: bytes) -> Index:
    """Read it; raises ``BadLine``. Signature and digests are not checked yet."""
    tree = from_canonical(data)
    _fields(tree, Index)
    _check(tree["v"] == VERSION and type(tree["v"]) is int, "v")
    _text(tree, "site", _UNIT)
    _text(tree, "made", _MOMENT)
    _count(tree["incident"], "incident", 1)
    units = tree["units"]
    _check(isinstance(units, dict) and all(_UNIT.fullmatch(name) for name in units), "units")
    for text in (tree["hub_key"], *units.values()):
        try:
            _check(isinstance(text, str), "units")
            read_public(text)
        except BadKey as error:
            raise BadLine("units and hub_key must be public keys") from error
    return Index(
        tree["site"],
        tree["incident"],
        tree["made"],
        tree["hub_key"],
        units,
        _files(tree["files"]),
        tuple(_recording(each) for each in _list(tree["recordings"], "recordings")),
        _span(tree["ledger"]),
        tuple(_day(each) for each in _list(tree["days"], "days")),
    )


def _files(tree: Any) -> dict[str, FileFact]:
    _check(isinstance(tree, dict), "files")
    found = {}
    for name, fact in tree.items():
        _check(name == README or (_FILE.fullmatch(name) is not None and ".." not in name), "files")
        _fields(fact, FileFact)
        _count(fact["bytes"], "bytes", 0)
        _text(fact, "sha256", _HASH)
        found[name] = FileFact(fact["bytes"], fact["sha256"])
    return found


def _recording(tree: Any) -> PackedRecording:
    _fields(tree, PackedRecording)
    _text(tree, "recording", _RECORDING)
    _text(tree, "unit", _UNIT)
    _count(tree["segments"], "segments", 1)
    _check(tree["segments"] <= SEGMENTS_MAX and isinstance(tree["ended"], bool), "segments")
    for index in _list(tree["absent"], "absent"):
        _count(index, "absent", 0)
    absent = tuple(tree["absent"])
    return PackedRecording(tree["recording"], tree["unit"], tree["segments"], tree["ended"], absent)


def _span(tree: Any) -> LedgerSpan:
    _fields(tree, LedgerSpan)
    _count(tree["first"], "first", 1)
    _count(tree["last"], "last", tree["first"])
    _text(tree, "hash", _HASH)
    return LedgerSpan(tree["first"], tree["last"], tree["hash"])


def _day(tree: Any) -> PackedDay:
    _fields(tree, PackedDay)
    _text(tree, "day", _DAY)
    _count(tree["seq"], "seq", 1)
    _text(tree, "root", _HASH)
    _check(isinstance(tree["stamped"], bool), "stamped")
    return PackedDay(tree["day"], tree["seq"], tree["root"], tree["stamped"])


def _fields(tree: Any, of: type) -> None:
    known = getattr(of, "__dataclass_fields__", {})
    if not isinstance(tree, dict) or set(tree) != set(known):
        raise BadLine(f"must hold exactly: {', '.join(known)}")


def _list(tree: Any, name: str) -> list[Any]:
    if not isinstance(tree, list):
        raise BadLine(f"{name} must be a list")
    return tree


def _text(tree: dict[str, Any], name: str, pattern: re.Pattern[str]) -> None:
    _check(isinstance(tree[name], str) and pattern.fullmatch(tree[name]) is not None, name)


def _count(value: Any, name: str, least: int) -> None:
    _check(type(value) is int and least <= value < 2**53, name)


def _check(right: bool, name: str) -> None:
    if not right:
        raise BadLine(f"{name} is not written as it must be")
