"""The thread that reads a source, apart from the ear because a read can hang for ever."""

import queue
import threading
from collections.abc import Callable

import structlog

from device.microphone.source import Source, SourceFailed

QUEUE_READS = 20
"""Reads kept for an ear that is late: 2 s."""

OnSound = Callable[[bytes, bool], None]
"""Takes a read, and whether it is the first since the source was opened."""

_log = structlog.get_logger()


class Reader:
    """Opens one source, reads it until told to leave, closes it.

    When the queue is full the newest read is dropped: a machine so busy loses sound either way, and what
    is left stays in order.
    """

    def __init__(self, source: Source, on_sound: OnSound | None = None) -> None:
        """``on_sound`` gets every read after the ear, on this thread, and must return at once."""
        self.reads: queue.Queue[bytes] = queue.Queue(QUEUE_READS)
        self.failure = ""
        """Why it ended by itself; empty while it runs."""
        self.dropped = 0
        self._source = source
        self._on_sound = on_sound
        self._leave = threading.Event()
        # A daemon, since a thread inside a hung read can be ended by nothing but the end of the program.
        self._thread = threading.Thread(target=self._run, name="microphone", daemon=True)

    def start(self) -> None:
        """Begin to open and to read."""
        self._thread.start()

    def leave(self) -> None:
        """Ask it to end after the read it is in; it then closes the source."""
        self._leave.set()

    def join(self, timeout_s: float) -> bool:
        """Wait for its end; False when it still hangs."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    @property
    def ended(self) -> bool:
        """Whether its thread is over."""
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._source.open()
            fresh = True
            while not self._leave.is_set():
                read = self._source.read()
                self._offer(read)
                # One that hung and came back to life after it was left has nothing to say any more.
                if self._on_sound is not None and not self._leave.is_set():
                    self._on_sound(read, fresh)
                fresh = False
        except SourceFailed as error:
            self.failure = str(error)
        finally:
            self._source.close()

    def _offer(self, read: bytes) -> None:
        try:
            self.reads.put_nowait(read)
        except queue.Full:
            if not self.dropped:
                _log.warning("microphone_sound_dropped", queue=QUEUE_READS)
            self.dropped += 1
