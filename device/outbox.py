"""What the hub has not yet said that it stored, on disk: SQLite, written by a thread of its own.

Nobody waits for the disk. While it cannot be written, events stay in memory (their number is bounded by
``backlog``), the fault is told, and writing is tried again until it works.
"""

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import structlog

from device.backlog import Entry
from device.outbox_file import Kept, Key, OutboxFile, is_damage

__all__ = ["DAMAGED", "FILE", "Kept", "Outbox"]

_log = structlog.get_logger()

FILE = "outbox.sqlite"
DAMAGED = "outbox.damaged"

RETRY_S = 2.0
"""Wait between attempts at a disk that cannot be written, in seconds."""

LOOK_EVERY_S = 30.0
"""How often the free space is looked at, in seconds."""


class Outbox:
    """The outbox of one unit. ``put`` and ``remove`` return at once, from the one thread that owns it.

    ``on_opened`` is called once, when the file could be read; ``on_state`` with what is wrong, or None, each
    time that changes. Both come on the writer's thread.
    """

    def __init__(
        self,
        folder: Path,
        epoch: str,
        *,
        on_opened: Callable[[Kept], None],
        on_state: Callable[[str | None], None],
        retry_s: float = RETRY_S,
    ) -> None:
        self._folder = folder
        self._epoch = epoch
        self._on_opened = on_opened
        self._on_state = on_state
        self._retry_s = retry_s
        self._file: OutboxFile | None = None
        self._loaded = False
        self._work = threading.Condition()
        self._stopping = False
        self._puts: dict[Key, Entry] = {}
        self._gone: set[Key] = set()
        self._notes: dict[str, bytes | None] = {}
        self._noted: dict[str, bytes | None] = {}
        self._writing: set[Key] = set()
        self._saved: dict[Key, Entry] = {}
        self._fault: str | None = None
        self._turns = 0
        self._tried = threading.Event()
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
        self.free_mb: int | None = None
        """Free space of the disk when last looked at, in megabytes."""

    def start(self, wait_s: float) -> None:
        """Start writing; wait at most ``wait_s`` for the first attempt to open the file."""
        self._thread.start()
        self._tried.wait(wait_s)

    def put(self, entry: Entry) -> None:
        """Keep an event."""
        with self._work:
            self._puts[entry.key] = entry
            self._work.notify()

    def remove(self, entries: Iterable[Entry]) -> None:
        """Forget what the hub has stored."""
        with self._work:
            for entry in entries:
                never_written = self._puts.pop(entry.key, None) and entry.key not in self._writing
                self._saved.pop(entry.key, None)
                if not never_written:
                    self._gone.add(entry.key)
            self._work.notify()

    def note(self, name: str, said: bytes | None) -> None:
        """Keep ``said`` under ``name`` for the next start, in place of what was there; None: forget it.

        Events that were put before are on the disk no later.
        """
        with self._work:
            self._notes[name] = said
            self._work.notify()

    @property
    def tried(self) -> bool:
        """Whether the file has been opened, or could not be."""
        return self._tried.is_set()

    @property
    def turns(self) -> int:
        """How often the writer has gone round; ``nudge`` makes it go round once more."""
        return self._turns

    def nudge(self) -> None:
        """Wake the writer although there may be nothing to write."""
        with self._work:
            self._work.notify()

    @property
    def unwritten(self) -> int:
        """Events that are only in memory."""
        with self._work:
            return len(self._puts)

    def stop(self, timeout_s: float) -> None:
        """Write what waits, once more if the disk failed, and end.

        Raises ``TimeoutError`` when the writer does not end in ``timeout_s``.
        """
        with self._work:
            self._stopping = True
            self._work.notify()
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            raise TimeoutError(f"the outbox's writer did not end within {timeout_s} s")

    # All below runs on the writer's thread.

    def _run(self) -> None:
        while True:
            self._turns += 1
            fault = self._attempt()
            self._tell(fault)
            self._tried.set()
            with self._work:
                if self._stopping and (fault or not self._anything()):
                    break
                if fault:
                    self._work.wait_for(lambda: self._stopping, self._retry_s)
                elif not self._anything():
                    self._work.wait(LOOK_EVERY_S)
        if self._file is not None:
            self._file.close()
        with self._work:
            if self._puts:
                _log.error("outbox_not_written", events=len(self._puts))

    def _anything(self) -> bool:
        return bool(self._puts or self._gone or self._notes)

    def _attempt(self) -> str | None:
        """Open and write what is needed; what went wrong, or None."""
        try:
            if self._file is None:
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._file = self._open()
            self.free_mb = shutil.disk_usage(self._folder).free // 1_000_000
            self._write(self._file)
        except (sqlite3.Error, OSError) as error:
            if self._file is not None:
                # A disk that came back may have been mounted anew: open it again next time.
                self._file.close()
                self._file = None
            self.free_mb = None
            return f"{type(error).__name__}: {error}"[:200]
        return None

    def _open(self) -> OutboxFile:
        try:
            file = OutboxFile(self._folder / FILE, self._epoch)
            kept = None if self._loaded else file.load()
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            self._set_aside(error)
            file, kept = OutboxFile(self._folder / FILE, self._epoch), Kept((), ())
        if kept is not None and not self._loaded:
            self._loaded = True
            with self._work:
                self._saved.update({entry.key: entry for entry in kept.entries})
                self._noted.update(kept.notes)
            self._on_opened(kept)
        return file

    def _set_aside(self, error: sqlite3.DatabaseError) -> None:
        """Keep the damaged file for a person to look at, begin a new one with all that memory still has."""
        _log.error("outbox_damaged", error=str(error), kept_as=DAMAGED)
        for ending in ("", "-wal", "-shm"):
            part = self._folder / f"{FILE}{ending}"
            if part.exists():
                part.replace(self._folder / f"{DAMAGED}{ending}")
        with self._work:
            self._puts = self._saved | self._puts
            self._notes = self._noted | self._notes
            self._saved, self._noted = {}, {}

    def _write(self, file: OutboxFile) -> None:
        with self._work:
            puts, gone, notes = dict(self._puts), set(self._gone), dict(self._notes)
            if not puts and not gone and not notes:
                return
            self._writing = set(puts)
        file.write(puts.values(), gone, notes)
        with self._work:
            for key, entry in puts.items():
                if self._puts.pop(key, None) is not None:
                    self._saved[key] = entry
            self._gone -= gone
            self._noted |= notes
            for name, said in notes.items():
                if self._notes[name] is said:
                    del self._notes[name]
            self._writing = set()

    def _tell(self, fault: str | None) -> None:
        if (fault is None) != (self._fault is None):
            if fault:
                _log.error("outbox_failed", error=fault)
            else:
                _log.info("outbox_works_again")
            self._on_state(fault)
        self._fault = fault
