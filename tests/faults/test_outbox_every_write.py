"""The power goes at any write of the outbox: what COMMIT confirmed is there, and the file always opens."""

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from device.backlog import Entry
from device.outbox import DAMAGED, FILE, Kept, Outbox
from tests.support.brokers import wait_until
from tests.support.proofs import size
from tests.support.torn_files import Files, Torn, torn

EPOCH, LATER = "1" * 16, "2" * 16
FULL = 2
"""SQLite's number for synchronous=FULL."""
State = dict[int, bytes]
"""Sequence to payload."""


@dataclass(frozen=True)
class Step:
    """One transaction: what was in the outbox before and after it, and the files then."""

    before: State
    after: State
    files: tuple[Files, Files]

    @property
    def checkpoints(self) -> bool:
        return self.files[0].database != self.files[1].database

    @property
    def begins_log_anew(self) -> bool:
        return bool(self.files[0].log) and self.files[0].log[:32] != self.files[1].log[:32]


class Opened:
    """An outbox, and what it reported."""

    def __init__(self, folder: Path, epoch: str) -> None:
        self.kept: list[Kept] = []
        self.states: list[str | None] = []
        self.folder = folder
        self.outbox = Outbox(folder, epoch, on_opened=self.kept.append, on_state=self.states.append)
        self.outbox.start(15.0)

    def transaction(self, puts: State, gone: set[int]) -> None:
        """Returns when COMMIT has."""
        with self.outbox._work:  # held, so that the writer takes both at once
            for sequence, payload in puts.items():
                self.outbox.put(Entry(EPOCH, sequence, sequence % 2 == 0, payload))
            self.outbox.remove([Entry(EPOCH, sequence, sequence % 2 == 0, b"") for sequence in gone])
        wait_until(lambda: not self.outbox._anything(), "COMMIT")

    def stop(self) -> None:
        self.outbox.stop(15.0)


def steps(folder: Path, chance: random.Random, count: int) -> Iterator[Step]:
    """``count`` transactions of an outbox at work, and its orderly end as the last step."""
    opened = Opened(folder, EPOCH)
    before: State = {}
    made, files = 0, Files.of(folder / FILE)
    for _ in range(count):
        puts = {
            made + n: chance.randbytes(chance.choice([200, 700, 9000]))
            for n in range(1, chance.randint(2, 4))
        }
        made += len(puts)
        gone = {sequence for sequence in before if chance.random() < 0.3}
        opened.transaction(puts, gone)
        after = {sequence: said for sequence, said in (before | puts).items() if sequence not in gone}
        then = Files.of(folder / FILE)
        yield Step(before, after, (files, then))
        before, files = after, then
    opened.stop()
    yield Step(before, before, (files, Files.of(folder / FILE)))


def found(folder: Path, cut: Torn, shared: bytes | None) -> State:
    """What the next start finds after ``cut``."""
    shutil.rmtree(folder, ignore_errors=True)
    cut.files().put(folder / FILE, shared)
    opened = Opened(folder, LATER)
    try:
        assert opened.states == [], cut.how
        assert not (folder / DAMAGED).exists(), cut.how
        entries = opened.kept[0].entries
        assert opened.kept[0].epochs in ((EPOCH,), ()), cut.how
        sequences = [entry.sequence for entry in entries]
        assert sequences == sorted(sequences), cut.how
        assert {entry.epoch for entry in entries} <= {EPOCH}, cut.how
        assert all(entry.alarm is (entry.sequence % 2 == 0) for entry in entries), cut.how
        opened.outbox.put(Entry(LATER, 1, True, b"goes on"))
    finally:
        opened.stop()
    return {entry.sequence: entry.payload for entry in entries}


def test_whatever_a_power_cut_leaves_nothing_committed_is_lost(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(20261122)
    cuts = checkpoints = fresh_logs = 0
    # Between checkpoints all transactions are alike: a few cuts in each; at the rare events all there are.
    usual, mixes = size(1, 12), size(4, 25)
    for step in steps(tmp_path / "outbox", chance, size(260, 1300)):
        states = torn(*step.files, chance, mixes)
        checkpoints += step.checkpoints
        fresh_logs += step.begins_log_anew
        if not (step.checkpoints or step.begins_log_anew):
            states = chance.sample(states, min(usual, len(states)))
        for cut in states:
            shared = chance.choice([None, bytes(32768), chance.randbytes(32768)])
            after_cut = found(tmp_path / "cut", cut, shared)
            allowed = [step.after] if cut.certain else [step.before, step.after]
            assert after_cut in allowed, f"{cut.how}: {len(after_cut)} of {len(step.after)} events"
            cuts += 1
    assert checkpoints >= 2, "the log has been copied into the database, in mid-work and at the end"
    assert fresh_logs >= 1, "the log has begun anew"
    record_property("proved", f"{cuts:,} cuts, {checkpoints} checkpoints, {fresh_logs} logs begun anew")


def test_commit_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the cuts above take for granted: each COMMIT ends with an fsync of the log."""
    connections: list[sqlite3.Connection] = []
    connect: Any = sqlite3.connect

    def watched(*place: Any, **how: Any) -> sqlite3.Connection:
        connections.append(connect(*place, **how, check_same_thread=False))
        return connections[-1]

    monkeypatch.setattr(sqlite3, "connect", watched)
    opened = Opened(tmp_path, EPOCH)
    opened.transaction({1: b"first"}, set())
    told = [
        connections[0].execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
    ]
    opened.stop()
    assert told == ["wal", FULL]


@pytest.mark.parametrize("length", [0, 1, 100, 512, 4095, 4096, 8192])
def test_a_cut_while_the_file_is_made(tmp_path: Path, length: int) -> None:
    made = tmp_path / "made"
    Opened(made, EPOCH).stop()
    whole = (made / FILE).read_bytes()
    cut = tmp_path / "cut"
    cut.mkdir()
    (cut / FILE).write_bytes(whole[:length])
    opened = Opened(cut, EPOCH)
    assert opened.kept == [Kept((), ())]
    assert opened.states == []
    opened.transaction({1: b"first"}, set())
    opened.stop()
    with sqlite3.connect(cut / FILE) as database:
        assert database.execute("SELECT sequence, payload FROM event").fetchall() == [(1, b"first")]
    database.close()
