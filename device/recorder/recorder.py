"""The recorder's thread: takes sound and orders, writes sealed segments, and tells what has become of it."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import replace

import structlog

from device.inputs import Now, RecorderTold
from device.recorder.cutting import Cut
from device.recorder.sealing import flac
from device.recorder.shelf import ROOM, Shelf, ShelfFull
from device.recorder.sound import PICTURE_BYTES_MAX, Begin, Finish, Item, Picture, Piece, Sound
from device.recorder.writing import Open, Writer
from device.telling import Identity
from wire.evidence.chain import Head
from wire.evidence.line import RATE_HZ, SEGMENTS_MAX, End, Media, Why

_log = structlog.get_logger()

TURN_S = 1.0
"""The recorder goes round at least so often, in seconds."""

STALL_S = 5.0
"""Without progress for so long nothing is being stored, whatever was ordered, in seconds."""

RETRY_S = 5.0
"""Wait between attempts to close a recording on a disk that cannot be written, in seconds."""

FAULT_S = 10.0
"""A fault is told for at least so long, in seconds."""


class Recorder:
    """``begin``, ``finish`` and ``look`` belong to the owner's thread; ``sound.heard`` to the microphone's.
    ``on_told`` comes on the recorder's thread and must return at once; ``on_segment`` likewise.
    """

    def __init__(
        self,
        identity: Identity,
        shelf: Shelf,
        writer: Writer,
        *,
        now: Callable[[], Now],
        pre_roll_s: float,
        on_told: Callable[[RecorderTold], None],
        on_segment: Callable[[], None],
    ) -> None:
        self._identity = identity
        self._shelf = shelf
        self._writer = writer
        self._now = now
        self._on_told = on_told
        self._on_segment = on_segment
        self.sound = Sound(pre_roll_s, lambda: now().monotonic)
        self._open: Open | None = None
        self._told: RecorderTold | None = None
        self._pictured_at = float("-inf")
        self._unclosed: list[tuple[Head, End]] = []
        self._loaded = False
        self._retry_at = float("-inf")
        self._progress_at = float("-inf")
        self._failure: str | None = None
        self._failed_at = float("-inf")
        self._lost_before = 0
        self._turns = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    def start(self) -> None:
        """Begin to serve."""
        self._progress_at = self._now().monotonic
        self._thread.start()

    @property
    def turns(self) -> int:
        """How often it has gone round."""
        return self._turns

    def nudge(self) -> None:
        """Make it go round soon."""
        self.sound.nudge()

    def stop(self, timeout_s: float) -> None:
        """Close what is open and end; raises ``TimeoutError`` when that takes too long."""
        self._stopping.set()
        self.sound.nudge()
        if self._thread.ident:
            self._thread.join(timeout_s)
        if self._thread.is_alive():
            raise TimeoutError(f"the recorder did not end within {timeout_s} s")

    # Orders.

    def begin(self, order: int, why: Why, at: Now) -> None:
        """Store from now on."""
        if not self.sound.begin(order, why, at):
            self._failed("too many orders wait for the disk")
            self._on_told(RecorderTold(order, None, False, "disk"))

    def finish(self, order: int, end: End) -> None:
        """Store no more."""
        self.sound.finish(order, end)

    def picture(self, media: Media, body: bytes, at: Now) -> None:
        """A picture for the recording that goes on; without one, or too large, it is dropped."""
        if len(body) > PICTURE_BYTES_MAX:
            self._failed(f"a picture of {len(body)} bytes is too large")
            return
        self.sound.picture(Picture(media, body, at))

    # How it is.

    def look(self, at: float) -> RecorderTold | None:
        """The newest truth of the recording that goes on; None without one."""
        told = self._told
        if told is None or told.end is not None:
            return None
        return replace(told, storing=told.storing and self._stall(at) is None and self._hears(at))

    def fault(self, at: float) -> str | None:
        """What is wrong; None when nothing is."""
        return self._stall(at) or self._failure

    def _stall(self, at: float) -> str | None:
        if self._thread.ident and not self._thread.is_alive() and not self._stopping.is_set():
            return "the recorder ended by an error; see the log"
        stands_s = at - self._progress_at
        return f"nothing written for {stands_s:.0f} s" if stands_s >= STALL_S else None

    def _hears(self, at: float) -> bool:
        heard_at = self.sound.heard_at
        return at - max(heard_at or float("-inf"), self._pictured_at) < STALL_S

    # Below here: the recorder's thread.

    def _run(self) -> None:
        while self.turn(TURN_S) or not self._stopping.is_set():
            pass
        self.close()

    def close(self) -> None:
        """The program ends, and what goes on with it."""
        if self._open is not None:
            self._guarded(lambda: self._finish(self._open, "power") if self._open else None)

    def turn(self, wait_s: float) -> bool:
        """One thing that waits, or what time asks for; False when nothing waited."""
        self._turns += 1
        now = self._now()
        self._progress_at = now.monotonic
        if now.monotonic >= self._retry_at:
            self._settle(now)
        item = self.sound.take(0.0 if self._stopping.is_set() else wait_s)
        self._guarded(lambda: self._take(item))
        return item is not None

    def _guarded(self, work: Callable[[], None]) -> None:
        """What cannot be stored ends the recording, never the recorder."""
        try:
            work()
        except (ShelfFull, OSError) as error:
            self._fail(str(error))
        except Exception as error:  # noqa: BLE001
            _log.exception("recorder_failed")
            self._fail(f"{type(error).__name__}; see the log")

    def _take(self, item: Item | None) -> None:
        match item:
            case Begin():
                self._begin(item)
            case Piece() if self._open is not None:
                self._piece(self._open, item)
            case Picture() if self._open is not None:
                self._store_picture(self._open, item)
            case Finish() if self._open is not None and self._open.order == item.order:
                self._finish(self._open, item.end)

    def _begin(self, begin: Begin) -> None:
        head = Head(self._identity.site, self._identity.unit, secrets.token_hex(16))
        self._open = Open(begin.order, begin.why, head, begin.pre_roll / RATE_HZ)
        self._lost_before = self.sound.lost
        self._tell(self._open.told(storing=False))
        self._shelf.check_room(ROOM)
        self._failure = None

    def _piece(self, recording: Open, piece: Piece) -> None:
        self._lights_up(recording)
        for cut in recording.cutter.feed(piece):
            self._store_sound(recording, cut, None)
            if self._open is None:
                return
        if self.sound.lost > self._lost_before:
            self._failed("sound was lost: the disk is too slow")

    def _lights_up(self, recording: Open) -> None:
        """Told before the first byte is on the disk: the light comes first."""
        if not recording.begun:
            recording.begun = True
            self._tell(recording.told(storing=True))

    def _finish(self, recording: Open, end: End) -> None:
        rest = recording.cutter.rest()
        if rest is not None:
            self._store_sound(recording, rest, end)
        elif recording.head.next:
            self._writer.close(recording.head, end)
            self._progressed()
        self._ended(recording, end)

    def _ended(self, recording: Open, end: End) -> None:
        self._open = None
        self._tell(recording.told(storing=False, end=end))

    def _fail(self, why: str) -> None:
        """Nothing more of this recording can be stored: it ends here, and the light goes out."""
        _log.error("recording_failed", why=why)
        self._failed(why)
        recording = self._open
        if recording is None:
            return
        self.sound.drop()
        if recording.head.next:
            self._unclosed.append((recording.head, "disk"))
            self._retry_at = float("-inf")
        self._ended(recording, "disk")

    # Writing.

    def _store_sound(self, recording: Open, cut: Cut, end: End | None) -> None:
        at = self._now()
        full = recording.head.next >= SEGMENTS_MAX - 2
        line_end = end or ("limit" if full else None)
        recording.head = self._writer.store(
            recording.head,
            "audio/flac",
            flac(cut.pcm),
            at.back_to(cut.since),
            why=recording.why,
            first_sample=cut.first_sample,
            samples=cut.samples,
            gaps=cut.gaps,
            end=line_end,
        )
        recording.stored += cut.samples
        self._progressed()
        if full and end is None:
            self.sound.drop()
            self._ended(recording, "limit")

    def _store_picture(self, recording: Open, picture: Picture) -> None:
        if recording.head.next >= SEGMENTS_MAX - 2:
            return
        self._pictured_at = self._now().monotonic
        self._lights_up(recording)
        recording.head = self._writer.store(
            recording.head,
            picture.media,
            picture.body,
            picture.at,
            why=recording.why,
            first_sample=recording.cutter.at,
        )
        self._progressed()

    def _progressed(self) -> None:
        self._progress_at = self._now().monotonic
        self._on_segment()

    def _settle(self, now: Now) -> None:
        """Close what the power, or a disk that failed, left open."""
        self._retry_at = now.monotonic + RETRY_S
        try:
            if not self._loaded:
                self._unclosed += [(head, "power") for head in self._shelf.load()]
                self._loaded = True
                self._on_segment()
            while self._unclosed:
                head, end = self._unclosed[0]
                self._writer.close(head, end)
                self._progressed()
                del self._unclosed[0]
                if end == "power":
                    self._on_told(
                        RecorderTold(0, head.recording, False, end, stored_s=head.samples / RATE_HZ)
                    )
            if self._failure and self._open is None and now.monotonic - self._failed_at >= FAULT_S:
                self._shelf.try_it()
                self._failure = None
        except Exception as error:  # noqa: BLE001 - tried again, and told until it works
            self._failed(str(error) or type(error).__name__)

    def _failed(self, why: str) -> None:
        self._failure, self._failed_at = why[:200], self._now().monotonic

    def _tell(self, told: RecorderTold) -> None:
        self._told = told
        self._on_told(told)
