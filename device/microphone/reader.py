"""The thread that reads a source, apart from the ear because a read can hang for ever."""

import queue
import threading

import structlog

from device.microphone.source import Source, SourceFailed

QUEUE_READS = 20
"""Reads kept for an ear that is late: 2 s."""

_log = structlog.get_logger()


class Reader:
    """Opens one source, reads it until told to leave, closes it.

    When the queue is full the newest read is dropped: a machine so busy loses sound either way, and what
    is left stays in order.
    """

    def __init__(self, source: Source) -> None:
        self.reads: queue.Queue[bytes] = queue.Queue(QUEUE_READS)
        self.failure = ""
        """Why it ended by itself; empty while it runs."""
        self.dropped = 0
        self._source = source
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
            while not self._leave.is_set():
                self._offer(self._source.read())
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
