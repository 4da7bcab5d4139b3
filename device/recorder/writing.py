"""One segment after the other: sealed, stated in a line that is signed, and put on the shelf."""

from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from device.inputs import Now, RecorderTold
from device.recorder.cutting import Cutter
from device.recorder.sealing import Sealer
from device.recorder.shelf import Shelf
from device.telling import Identity
from wire.evidence.canonical import digest
from wire.evidence.chain import Head
from wire.evidence.line import RATE_HZ, End, Line, Media, Why, timestamp
from wire.evidence.signed import sign
from wire.evidence.upload import body_of


@dataclass(slots=True)
class Open:
    """The recording that goes on."""

    order: int
    why: Why
    head: Head
    pre_roll_s: float
    cutter: Cutter = field(default_factory=Cutter)
    stored: int = 0
    """Samples on the disk."""
    begun: bool = False
    """Whether anything of it is, or is about to be, on the disk."""

    def told(self, *, storing: bool, end: End | None = None) -> RecorderTold:
        """How it stands."""
        return RecorderTold(
            self.order,
            self.head.recording if self.begun else None,
            storing,
            end,
            self.pre_roll_s,
            self.stored / RATE_HZ,
            min(self.cutter.missing, self.stored) / RATE_HZ,
        )


class Writer:
    """Of one unit, on the recorder's thread."""

    def __init__(
        self,
        identity: Identity,
        shelf: Shelf,
        sealer: Sealer,
        key: Ed25519PrivateKey,
        now: Callable[[], Now],
    ) -> None:
        self._identity = identity
        self._shelf = shelf
        self._sealer = sealer
        self._key = key
        self._now = now

    def close(self, head: Head, end: End) -> None:
        """A line without body. Raises ``ShelfFull``, ``OSError``."""
        if head.why is None:
            raise AssertionError("only what has a line is closed by one")
        self.store(head, "none", b"", self._now(), why=head.why, first_sample=head.samples, end=end)

    def store(
        self,
        head: Head,
        media: Media,
        body: bytes,
        at: Now,
        *,
        why: Why,
        first_sample: int,
        samples: int = 0,
        gaps: tuple[tuple[int, int], ...] = (),
        end: End | None = None,
    ) -> Head:
        """The next segment behind ``head``, on the disk when this returns; ``at`` is when its body begins.
        Raises ``ShelfFull``, ``OSError``.
        """
        sealed = self._sealer.seal(body) if body else b""
        line = Line(
            site=head.site,
            unit=head.unit,
            recording=head.recording,
            index=head.next,
            media=media,
            started=timestamp(at.wall),
            clock="synced" if at.synced else "unsynced",
            boot=self._identity.boot,
            uptime=round(max(0.0, at.monotonic), 3),
            first_sample=first_sample,
            samples=samples,
            rate=RATE_HZ,
            gaps=gaps,
            bytes=len(body),
            sha256=digest(body),
            sealed_bytes=len(sealed),
            sealed_sha256=digest(sealed),
            previous=head.previous,
            why=why,
            end=end,
        )
        signed = sign(line, self._key)
        data = body_of(signed, sealed)
        self._shelf.put(head.recording, head.next, data, closes=end is not None, always=not body)
        return head.follow(signed)
