"""A recording as the hub knows it."""

from dataclasses import dataclass
from datetime import datetime

from wire.evidence.chain import Head
from wire.evidence.line import RATE_HZ, ClockState, End, Why


@dataclass(frozen=True, slots=True)
class Hold:
    """Somebody has forbidden the deletion."""

    by: str
    """Name of the person."""
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording, as far as it has come. Times are UTC, by the hub's best knowledge."""

    id: str
    unit: str
    why: Why
    clock: ClockState
    """``unsynced``: the unit's clock was not set; ``started`` is then reckoned."""
    started: datetime
    """Of the first sample, what was kept from before included."""
    ended: datetime
    """Of the last that has come so far."""
    head: Head
    """Where the chain of its manifest stands."""
    missing: int = 0
    """Samples that the microphone did not give; they are silent."""
    size: int = 0
    """In bytes, before sealing."""
    altered: int = 0
    """Segments that were found altered where they are kept."""
    closed: datetime | None = None
    """When the hub had its last line."""
    hold: Hold | None = None
    deleted: datetime | None = None

    @property
    def segments(self) -> int:
        """Lines of the manifest."""
        return self.head.next

    @property
    def samples(self) -> int:
        """Of sound."""
        return self.head.samples

    @property
    def seconds(self) -> float:
        """How long its sound is."""
        return self.head.samples / RATE_HZ

    @property
    def end(self) -> End | None:
        """Why it ended; None: more may come."""
        return self.head.end


@dataclass(frozen=True, slots=True)
class Segment:
    """One stored segment."""

    recording: str
    index: int
    media: str
    first_sample: int
    samples: int
    size: int
    """In bytes, before sealing."""
    line: bytes
    """The signed line as it came."""
    digest: str
    """Of that line."""
    started: datetime
    waveform: bytes | None = None
    """Sealed with the recording's key."""
    altered: datetime | None = None
    """When it was found altered."""
