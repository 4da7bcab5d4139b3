"""Between the microphone's thread and the recorder's: what was heard just now, and what is to be stored.

Nobody waits for anybody: the microphone's thread leaves its sound here and goes on. While nothing is recorded
only the last seconds are kept, in memory. What does not fit any more because the disk stands still is counted
as a gap, at its place.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from device.inputs import Now
from device.recorder.pace import Pace
from wire.evidence.line import RATE_HZ, SEGMENT_BYTES_MAX, End, Media, Why

_log = structlog.get_logger()

QUEUE_S = 60.0
"""Most sound that waits for the disk, in seconds: some 2 MB. A card that tidies up stands still for less."""

WAKE_S = 1.0
"""The recorder is woken when so much waits, in seconds: waking for every read costs more than storing it."""

ORDERS_MAX = 32
"""Most orders that wait; a further one is refused."""

PICTURES_MAX = 4
"""Most pictures that wait."""

PICTURE_BYTES_MAX = SEGMENT_BYTES_MAX - 64 * 1024
"""Largest picture or clip: sealing adds 16 bytes for each 64 KB, and some at the beginning."""

BREAK_S = 0.05
"""A microphone that was opened anew has lost what it did not give meanwhile; less than this is nothing."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Sound in order, or a hole in it."""

    pcm: bytes
    """16 kHz mono, int16 little-endian; empty for a hole."""
    samples: int
    until: float
    """When its last sample was heard, monotonic."""

    @property
    def since(self) -> float:
        """When its first sample was heard, monotonic."""
        return self.until - self.samples / RATE_HZ


@dataclass(frozen=True, slots=True)
class Begin:
    """A recording begins here."""

    order: int
    why: Why
    at: Now
    pre_roll: int
    """Samples of what follows that were heard before."""


@dataclass(frozen=True, slots=True)
class Finish:
    """It ends here."""

    order: int
    end: End


@dataclass(frozen=True, slots=True)
class Picture:
    """A still or a clip, at its place in the sound."""

    media: Media
    body: bytes
    at: Now
    """When it begins."""


Item = Piece | Picture | Begin | Finish


class Sound:
    """Safe from any thread. ``monotonic`` is the clock by which sound is stamped."""

    def __init__(self, pre_roll_s: float, monotonic: Callable[[], float], queue_s: float = QUEUE_S) -> None:
        self._monotonic = monotonic
        self._ring: deque[Piece] = deque()
        self._ring_samples = 0
        self._ring_most = round(pre_roll_s * RATE_HZ)
        self._queue: deque[Item] = deque()
        self._waits = 0
        """Samples of sound that wait; holes are not counted, they need no room."""
        self._most = round(queue_s * RATE_HZ) + self._ring_most
        self._orders = 0
        self._recording = False
        self._nudged = False
        self._wake = threading.Condition()
        self._pace = Pace()
        self.heard_at: float | None = None
        """When the newest sound was heard, monotonic."""
        self.lost = 0
        """Samples for which there was no room, since the start."""

    # The microphone's thread.

    def heard(self, pcm: bytes, fresh: bool) -> None:
        """One read. ``fresh``: the first of a microphone that was opened anew."""
        at = self._monotonic()
        piece = Piece(pcm, len(pcm) // 2, at)
        with self._wake:
            last, self.heard_at = self.heard_at, at
            if fresh:
                self._pace = Pace()
            missing = self._pace.read(at, piece.samples)
            if fresh and last is not None and piece.since - last > BREAK_S:
                missing = round((piece.since - last) * RATE_HZ)
            if missing:
                self._broken(missing, piece.since)
            if not self._recording:
                self._remember(piece)
            elif self._waits + piece.samples > self._most:
                if not self.lost:
                    _log.error("recorder_sound_lost", waits_s=self._waits / RATE_HZ)
                self.lost += piece.samples
                self._hole(piece.samples, at)
            else:
                self._queue.append(piece)
                self._waits += piece.samples
            if self._waits >= WAKE_S * RATE_HZ:
                self._wake.notify()

    def _broken(self, samples: int, until: float) -> None:
        if self._recording:
            self._hole(samples, until)
        else:
            # What was before the hole is no continuous run-up to anything.
            self._forget()

    def _hole(self, samples: int, until: float) -> None:
        last = self._queue[-1] if self._queue else None
        if isinstance(last, Piece) and not last.pcm:
            self._queue[-1] = Piece(b"", last.samples + samples, until)
        else:
            self._queue.append(Piece(b"", samples, until))

    def _remember(self, piece: Piece) -> None:
        self._ring.append(piece)
        self._ring_samples += piece.samples
        while self._ring and self._ring_samples > self._ring_most:
            self._ring_samples -= self._ring.popleft().samples

    def _forget(self) -> None:
        self._ring.clear()
        self._ring_samples = 0

    # The owner's thread.

    def begin(self, order: int, why: Why, at: Now) -> bool:
        """Everything from now on is to be stored, after what was kept from before; False when too many orders
        wait."""
        with self._wake:
            if self._orders >= ORDERS_MAX:
                return False
            self._order(Begin(order, why, at, self._ring_samples))
            self._queue.extend(self._ring)
            self._waits += self._ring_samples
            self._forget()
            self._recording = True
            return True

    def finish(self, order: int, end: End) -> None:
        """Nothing more is to be stored."""
        with self._wake:
            silent_s = self._monotonic() - self.heard_at if self.heard_at is not None else 0.0
            if self._recording and silent_s > WAKE_S:
                # The microphone gives nothing: the recording must not look shorter than it was.
                self._hole(round(silent_s * RATE_HZ), self._monotonic())
                self.heard_at = self._monotonic()
            self._order(Finish(order, end))
            self._recording = False
            self._forget()

    def _order(self, order: Begin | Finish) -> None:
        self._queue.append(order)
        self._orders += 1
        self._wake.notify()

    def nudge(self) -> None:
        """Let ``take`` return soon."""
        with self._wake:
            self._nudged = True
            self._wake.notify()

    # The camera's thread.

    def picture(self, picture: Picture) -> None:
        """For the recording that goes on; without one, or when too many wait, it is dropped."""
        with self._wake:
            waiting = sum(isinstance(item, Picture) for item in self._queue)
            if self._recording and waiting < PICTURES_MAX:
                self._queue.append(picture)
                self._nudged = True
                self._wake.notify()

    # The recorder's thread.

    def take(self, timeout_s: float) -> Item | None:
        """The next of what waits; None when nothing worth waking came within ``timeout_s``."""
        with self._wake:
            if not self._queue:
                self._wake.wait_for(self._worth, timeout_s)
                self._nudged = False
            if not self._queue:
                return None
            item = self._queue.popleft()
            if isinstance(item, Piece):
                self._waits -= len(item.pcm) // 2
            elif not isinstance(item, Picture):
                self._orders -= 1
            return item

    def _worth(self) -> bool:
        return bool(self._nudged or self._orders or self._waits >= WAKE_S * RATE_HZ)

    def drop(self) -> None:
        """Forget the sound of the recording that failed: what waits before the next one begins."""
        with self._wake:
            while self._queue and not isinstance(self._queue[0], Begin):
                item = self._queue.popleft()
                if isinstance(item, Piece):
                    self._waits -= len(item.pcm) // 2
                elif not isinstance(item, Picture):
                    self._orders -= 1
            if not self._queue:
                self._recording = False
