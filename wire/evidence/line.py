"""One line of a recording's manifest: what a unit states of one segment."""

import math
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from wire.evidence.canonical import digest
from wire.evidence.faults import BadLine
from wire.topics import NAME_PATTERN

VERSION = 1

SEGMENT_S = 10
"""Length of a segment of sound, in seconds; the last of a recording is shorter. What was kept from before the
start is cut the same way: the first segments are older than the recording."""

RATE_HZ = 16_000
"""Samples of sound a second: mono, 16 bit."""

SEGMENT_BYTES_MAX = 4 * 1024 * 1024
"""Largest segment, sealed, in bytes."""

SEGMENTS_MAX = 10_000
"""Most lines of one recording: more than 27 hours of sound."""

GAPS_MAX = 200
"""Most gaps stated in one segment."""

LINE_BYTES_MAX = 16 * 1024
"""Largest signed line, in bytes."""

SAMPLES_MAX = 2**40

Media = Literal["audio/flac", "image/jpeg", "video/mp4", "none"]
"""``none``: no body; the line only closes the recording."""
Why = Literal["panic", "staff", "session", "hub", "case"]
End = Literal["staff", "session", "limit", "disk", "hub", "power"]
ClockState = Literal["synced", "unsynced"]

_RECORDING = re.compile(r"[0-9a-f]{32}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_BOOT = re.compile(r"[0-9a-f]{8,32}")
_NAME = re.compile(NAME_PATTERN)
_STARTED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")

NOTHING = digest(b"")


@dataclass(frozen=True, slots=True)
class Line:
    """What one segment is. ``BadLine`` when a field is not what it must be."""

    site: str
    unit: str
    recording: str
    """32 lower-case hexadecimal digits, drawn at random by the unit."""
    index: int
    """From 0, without holes."""
    media: Media
    started: str
    """Wall time of the first sample or picture, RFC 3339 in UTC with milliseconds."""
    clock: ClockState
    """Whether the wall clock was known to be right."""
    boot: str
    uptime: float
    """Monotonic seconds since boot at the same moment."""
    first_sample: int
    """Of sound: how many samples of the recording came before. Of pictures: where the sound stood."""
    samples: int
    """0 for anything but sound."""
    rate: int
    gaps: tuple[tuple[int, int], ...]
    """Samples that the microphone did not give: first sample (counted from the start of the recording) and
    how many. They are filled with zeros."""
    bytes: int
    """Of the body before sealing; likewise ``sha256``."""
    sha256: str
    sealed_bytes: int
    sealed_sha256: str
    previous: str
    """SHA-256 of the signed line before; zeros for the first."""
    why: Why
    """Why the recording was begun."""
    end: End | None = None
    """Why it ended: given in the last line only."""
    v: int = VERSION

    def __post_init__(self) -> None:
        check(self)

    def tree(self) -> dict[str, Any]:
        """As JSON values; its canonical form is what is signed."""
        return {**asdict(self), "gaps": [list(gap) for gap in self.gaps]}

    @property
    def started_at(self) -> datetime:
        """``started`` as a moment."""
        return datetime.fromisoformat(self.started)


FIELDS = frozenset(Line.__dataclass_fields__)


def line_of(tree: dict[str, Any]) -> Line:
    """Read a line; raises ``BadLine``."""
    if set(tree) != FIELDS:
        missing = sorted(FIELDS - set(tree))
        raise BadLine(f"missing: {', '.join(missing)}" if missing else "holds a field that is not known")
    gaps = tree["gaps"]
    if not isinstance(gaps, list) or not all(isinstance(gap, list) and len(gap) == 2 for gap in gaps):
        raise BadLine("gaps must be a list of pairs")
    return Line(**{**tree, "gaps": tuple((gap[0], gap[1]) for gap in gaps)})


def timestamp(moment: datetime) -> str:
    """A moment as a line writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def check(line: Line) -> None:
    """Every field against its limits; raises ``BadLine`` with the field's name."""
    _number("v", line.v, VERSION, VERSION)
    _pattern("site", line.site, _NAME)
    _pattern("unit", line.unit, _NAME)
    _pattern("recording", line.recording, _RECORDING)
    _number("index", line.index, 0, SEGMENTS_MAX - 1)
    _one_of("media", line.media, get_args(Media))
    _moment(line.started)
    _one_of("clock", line.clock, get_args(ClockState))
    _pattern("boot", line.boot, _BOOT)
    if type(line.uptime) is not float or not math.isfinite(line.uptime) or not 0 <= line.uptime <= 1e10:
        raise BadLine("uptime must be seconds from 0, with a decimal point")
    _number("first_sample", line.first_sample, 0, SAMPLES_MAX)
    _number("samples", line.samples, 0, SAMPLES_MAX)
    _one_of("rate", line.rate, (RATE_HZ,))
    _number("bytes", line.bytes, 0, SEGMENT_BYTES_MAX)
    _pattern("sha256", line.sha256, _DIGEST)
    _number("sealed_bytes", line.sealed_bytes, 0, SEGMENT_BYTES_MAX)
    _pattern("sealed_sha256", line.sealed_sha256, _DIGEST)
    _pattern("previous", line.previous, _DIGEST)
    _one_of("why", line.why, get_args(Why))
    if line.end is not None:
        _one_of("end", line.end, get_args(End))
    _gaps(line)
    _body(line)


def _body(line: Line) -> None:
    if line.media == "none":
        if line.bytes or line.sealed_bytes or (line.sha256, line.sealed_sha256) != (NOTHING, NOTHING):
            raise BadLine("a line without body must state no bytes")
        if line.end is None:
            raise BadLine("a line without body must close the recording")
    elif not line.bytes or not line.sealed_bytes:
        raise BadLine("a body has at least one byte")
    if (line.samples > 0) != (line.media == "audio/flac"):
        raise BadLine("sound, and nothing else, has samples")


def _gaps(line: Line) -> None:
    if len(line.gaps) > GAPS_MAX:
        raise BadLine(f"at most {GAPS_MAX} gaps; given: {len(line.gaps)}")
    at, until = line.first_sample, line.first_sample + line.samples
    for first, count in line.gaps:
        _number("gaps", first, at, until)
        _number("gaps", count, 1, until - first)
        at = first + count


def _moment(value: object) -> None:
    if not isinstance(value, str) or not _STARTED.fullmatch(value):
        raise BadLine("started must be like 2026-11-22T05:00:00.123Z")
    try:
        datetime.fromisoformat(value)
    except ValueError as error:
        raise BadLine("started must be a moment that exists") from error


def _number(name: str, value: object, least: int, most: int) -> None:
    if type(value) is not int or not least <= value <= most:
        raise BadLine(f"{name} must be a whole number from {least} to {most}")


def _pattern(name: str, value: object, pattern: re.Pattern[str]) -> None:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise BadLine(f"{name} is not written as it must be")


def _one_of(name: str, value: object, allowed: tuple[object, ...]) -> None:
    # "1 == True" and "16000 == 16000.0" must not pass.
    if not any(value == each and type(value) is type(each) for each in allowed):
        raise BadLine(f"{name} must be one of {', '.join(map(str, allowed))}")
