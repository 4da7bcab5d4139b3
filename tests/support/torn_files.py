"""What a power cut can leave of a SQLite database in WAL mode: every state between two copies of its files.

Two copies, before and after one transaction, say what was written in between. SQLite orders those writes by
fsync (https://www.sqlite.org/walformat.html): the frames of the log, then, at a checkpoint, the pages of the
database; and the log's header before any frame when the log begins anew. What lies between two fsyncs may be
there in part: cut off at any byte, or any of its sectors missing.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

SECTOR = 512
PAGE = 4096
WAL_HEADER = 32
FRAME = 24 + PAGE


@dataclass(frozen=True)
class Files:
    """The database and its log; b"" for a log that is not there."""

    database: bytes
    log: bytes

    @classmethod
    def of(cls, database: Path) -> "Files":
        log = database.with_name(database.name + "-wal")
        return cls(database.read_bytes(), log.read_bytes() if log.exists() else b"")

    def put(self, database: Path, shared: bytes | None) -> None:
        """Write them; ``shared`` is what the shared-memory file holds, which no power cut leaves in order."""
        database.parent.mkdir(parents=True)
        database.write_bytes(self.database)
        if self.log:
            database.with_name(database.name + "-wal").write_bytes(self.log)
        if shared is not None:
            database.with_name(database.name + "-shm").write_bytes(shared)


@dataclass(frozen=True)
class Torn:
    """One state that a cut can leave. ``certain``: the transaction's COMMIT may have returned before it."""

    how: str
    files: Callable[[], Files]
    """Made when asked for: there are many, and each is as large as the database."""
    certain: bool


def torn(before: Files, after: Files, chance: random.Random, mixes: int) -> list[Torn]:
    """States between the copies, in the order of the writes; of each step ``mixes`` mixtures of sectors."""
    # At an orderly end the log is copied into the database and deleted, and nothing is added to it before.
    log = after.log or before.log
    states = _log_states(before, log, chance, mixes)
    states.append(Torn("log whole", lambda: Files(before.database, log), certain=True))
    if before.database != after.database:
        for number in range(mixes):
            part = partial(_mixed_database, before.database, after.database, log, chance)
            states.append(Torn(f"checkpoint, mixture {number}", part, certain=True))
        states.append(Torn("checkpoint whole", lambda: Files(after.database, log), certain=True))
    return [*states, Torn("all", lambda: after, certain=True)]


def _log_states(before: Files, new: bytes, chance: random.Random, mixes: int) -> list[Torn]:
    states, old = [], before.log
    if old[:WAL_HEADER] != new[:WAL_HEADER]:
        for cut in (0, 1, 8, WAL_HEADER // 2, WAL_HEADER - 1):
            part = partial(_cut, before.database, old, new, cut)
            states.append(Torn(f"log header, {cut} bytes", part, certain=False))
        old = new[:WAL_HEADER] + old[WAL_HEADER:]
    for cut in _cuts(old, new):
        part = partial(_cut, before.database, old, new, cut)
        states.append(Torn(f"log to byte {cut} of {len(new)}", part, certain=False))
    for number in range(mixes if old != new else 0):
        part = partial(_mixed_log, before.database, old, new, chance)
        states.append(Torn(f"log, mixture {number}", part, certain=False))
    return states


def _cut(database: bytes, old: bytes, new: bytes, cut: int) -> Files:
    return Files(database, new[:cut] + old[cut:])


def _mixed_log(database: bytes, old: bytes, new: bytes, chance: random.Random) -> Files:
    # The header was synced before: it is never part of the mixture.
    return Files(database, new[:WAL_HEADER] + _mixed(old, new, chance)[WAL_HEADER:])


def _mixed_database(old: bytes, new: bytes, log: bytes, chance: random.Random) -> Files:
    return Files(_mixed(old, new, chance), log)


def _cuts(old: bytes, new: bytes) -> list[int]:
    """Frame boundaries of what is new, and places just before, inside and just behind each."""
    changed = [n for n in range(0, len(new), SECTOR) if old[n : n + SECTOR] != new[n : n + SECTOR]]
    if not changed:
        return []
    first, last = changed[0], changed[-1] + SECTOR
    cuts = set()
    for frame in range(WAL_HEADER, len(new) + 1, FRAME):
        cuts |= {frame - 1, frame, frame + 8, frame + 24, frame + 24 + PAGE // 2, frame + FRAME - 1}
    return sorted(cut for cut in cuts if first <= cut < min(last, len(new)))


def _mixed(old: bytes, new: bytes, chance: random.Random) -> bytes:
    """Each sector either written or not; beyond the old end an unwritten one is zeros, or the file ends."""
    share = chance.choice([0.1, 0.5, 0.9])
    longer = max(len(old), len(new))
    under = old + bytes(longer - len(old))
    parts = []
    for at in range(0, longer, SECTOR):
        written = new[at : at + SECTOR] if chance.random() < share else b""
        parts.append(written + under[at + len(written) : at + SECTOR])
    whole = b"".join(parts)
    return (
        whole
        if chance.random() < 0.5 or len(new) <= len(old)
        else whole[: chance.randint(len(old), len(new))]
    )
