"""Sealed segments on the unit's disk, until the hub has confirmed them.

A folder for each recording, a file for each segment: its signed line, a line's end, the sealed bytes. So line
and segment are on the disk together or not at all, and what is sent is the file as it lies there.
"""

import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from device.recorder import durable
from device.recorder.cutting import SEGMENT
from wire.evidence.chain import Head
from wire.evidence.faults import EvidenceRefused
from wire.evidence.signed import SignedLine, check_sealed
from wire.evidence.upload import read_body

_log = structlog.get_logger()

ROOM = 2 * SEGMENT
"""A recording begins only where there is room for one segment at least, in bytes."""

ENDING = ".segment"
DAMAGED = ".damaged"
TRIAL = "trial"


class ShelfFull(Exception):
    """No room; the message is for the person who looks after the unit."""


@dataclass(slots=True)
class _Kept:
    """One recording."""

    open: bool
    sizes: dict[int, int] = field(default_factory=dict)
    confirmed: set[int] = field(default_factory=set)
    """Those that stay although the hub has them: the newest of a recording that goes on, which must be known
    when the power goes."""


class Shelf:
    """``put``, ``load`` and ``closed`` belong to the recorder's thread, ``first`` and ``confirm`` to the
    uploader's. ``free`` gives the free bytes of the disk.
    """

    def __init__(
        self,
        folder: Path,
        *,
        most_bytes: int,
        reserve_bytes: int,
        free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
    ) -> None:
        """``reserve_bytes`` stay free for the outbox, whatever happens here."""
        self._folder = folder
        self._most = most_bytes
        self._reserve = reserve_bytes
        self._free = free
        self._recordings: dict[str, _Kept] = {}
        self._used = 0
        self._lock = threading.Lock()

    @property
    def waiting(self) -> int:
        """Segments that the hub has not confirmed."""
        with self._lock:
            return sum(len(kept.sizes) - len(kept.confirmed) for kept in self._recordings.values())

    @property
    def used(self) -> int:
        """Bytes of all segments here."""
        return self._used

    def check_room(self, size: int = 0) -> None:
        """Raises ``ShelfFull`` for more than there is room for, ``OSError`` when the disk does not answer."""
        if self._used + size > self._most:
            raise ShelfFull(f"recordings may take {self._most // 1_000_000} MB, and do")
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        free = self._free(self._folder)
        if free - size < self._reserve:
            raise ShelfFull(f"{free // 1_000_000} MB are free; alarms need {self._reserve // 1_000_000} MB")

    def try_it(self) -> None:
        """Whether the disk takes anything again, by writing something. Raises ``ShelfFull``, ``OSError``."""
        self.check_room(ROOM)
        durable.write(self._folder / TRIAL, b"")
        (self._folder / TRIAL).unlink()

    def put(self, recording: str, index: int, data: bytes, *, closes: bool, always: bool = False) -> None:
        """A segment, on the disk when this returns. ``always``: it is only a line, for which there is room
        while the disk takes anything at all. Raises ``ShelfFull``, ``OSError``.
        """
        if not always:
            self.check_room(len(data))
        folder = self._folder / recording
        if not folder.exists():
            durable.make(folder)
        durable.write(folder / f"{index:06}{ENDING}", data)
        with self._lock:
            kept = self._recordings.setdefault(recording, _Kept(open=True))
            kept.open = not closes
            kept.sizes[index] = len(data)
            self._used += len(data)
            gone = [each for each in kept.confirmed if each != index]
        for each in gone:
            self._remove(recording, each)

    # The uploader's.

    def first(self, skip: set[str]) -> tuple[str, int] | None:
        """Recording and index of what is to be sent next: the oldest, without the recordings in ``skip``."""
        with self._lock:
            for recording, kept in self._recordings.items():
                left = kept.sizes.keys() - kept.confirmed
                if left and recording not in skip:
                    return recording, min(left)
        return None

    def holds(self, recording: str, index: int) -> bool:
        """Whether that segment is here."""
        with self._lock:
            kept = self._recordings.get(recording)
            return kept is not None and index in kept.sizes

    def read(self, recording: str, index: int) -> bytes:
        """What is to be sent. Raises ``OSError``."""
        return self._file(recording, index).read_bytes()

    def wanted(self, recording: str, index: int) -> None:
        """The hub says that it has not got this one, whatever it said before."""
        with self._lock:
            kept = self._recordings.get(recording)
            if kept is not None:
                kept.confirmed -= {each for each in kept.confirmed if each >= index}

    def confirm(self, recording: str, index: int) -> None:
        """The hub has it for good."""
        with self._lock:
            kept = self._recordings[recording]
            kept.confirmed.add(index)
            newest = kept.open and index == max(kept.sizes)
        if not newest:
            self._remove(recording, index)

    def _remove(self, recording: str, index: int) -> None:
        self._file(recording, index).unlink(missing_ok=True)
        with self._lock:
            kept = self._recordings.get(recording)
            if kept is None:
                return
            self._used -= kept.sizes.pop(index, 0)
            kept.confirmed.discard(index)
            empty = not kept.sizes and not kept.open
            if empty:
                del self._recordings[recording]
        if empty:
            (self._folder / recording).rmdir()

    def _file(self, recording: str, index: int) -> Path:
        return self._folder / recording / f"{index:06}{ENDING}"

    # The start.

    def load(self) -> list[Head]:
        """Look at what the last run left; gives where the chains stand that the power left open. Raises
        ``OSError``.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        unclosed = []
        for folder in sorted(self._folder.iterdir(), key=lambda each: each.stat().st_mtime):
            if not folder.is_dir() or folder.name in self._recordings:
                continue  # begun since the start, while the disk could not be read
            for unfinished in folder.glob(f"*{durable.NEW}"):
                unfinished.unlink()
            found = self._load(folder)
            if found is not None:
                unclosed.append(found)
        return unclosed

    def _load(self, folder: Path) -> Head | None:
        files = [file for file in folder.glob(f"*{ENDING}") if file.stem.isdecimal()]
        sizes = {int(file.stem): file.stat().st_size for file in files}
        last = self._last(folder, sizes)
        if last is None:
            if not any(folder.iterdir()):
                folder.rmdir()
            return None
        line = last.line
        with self._lock:
            self._recordings[folder.name] = _Kept(open=line.end is None, sizes=sizes)
            self._used += sum(sizes.values())
        if line.end is not None:
            return None
        at = line.first_sample + line.samples
        return Head(line.site, line.unit, line.recording, line.index + 1, last.digest, at, line.why)

    def _last(self, folder: Path, sizes: dict[int, int]) -> SignedLine | None:
        """The newest line whose segment is whole. A disk that lied about having written is told, and what it
        did not write is set aside.
        """
        for index in sorted(sizes, reverse=True):
            file = folder / f"{index:06}{ENDING}"
            try:
                signed, sealed = read_body(file.read_bytes())
                check_sealed(signed.line, sealed)
            except EvidenceRefused as refusal:
                _log.error("segment_damaged", recording=folder.name, index=index, detail=str(refusal))
                file.rename(file.with_suffix(DAMAGED))
                del sizes[index]
                continue
            return signed
        return None
