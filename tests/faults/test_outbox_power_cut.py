"""The outbox after the power went: what it said was written is there, in order, and it goes on."""

import subprocess
import sys
from pathlib import Path

import pytest

from device.backlog import Entry
from device.outbox import DAMAGED, FILE, Kept, Outbox
from tests.support.brokers import wait_until

ROOT = Path(__file__).resolve().parents[2]
EPOCHS = [f"{n:016x}" for n in range(1, 10)]

WRITER = """
import sys, time
from pathlib import Path
from device.backlog import Entry
from device.outbox import Outbox
outbox = Outbox(Path(sys.argv[1]), sys.argv[2], on_opened=lambda kept: None, on_state=lambda fault: None)
outbox.start(10.0)
for sequence in range(1, 1_000_000):
    outbox.put(Entry(sys.argv[2], sequence, sequence % 3 == 0, b'{"n":%d}' % sequence))
    while outbox.unwritten:
        time.sleep(0)
    print(sequence, flush=True)
"""


class Opened:
    """An outbox, and what it reported."""

    def __init__(self, folder: Path, epoch: str = EPOCHS[-1]) -> None:
        self.kept: list[Kept] = []
        self.states: list[str | None] = []
        self.outbox = Outbox(
            folder, epoch, on_opened=self.kept.append, on_state=self.states.append, retry_s=0.05
        )
        self.outbox.start(15.0)
        assert self.kept or self.states

    @property
    def keys(self) -> list[tuple[str, int]]:
        return [entry.key for entry in self.kept[0].entries]

    def written(self) -> None:
        wait_until(lambda: not self.outbox.unwritten, "all is written")

    def stop(self) -> None:
        self.outbox.stop(15.0)


def entry(sequence: int, epoch: str = EPOCHS[-1], *, alarm: bool = False) -> Entry:
    return Entry(epoch, sequence, alarm, b'{"n":%d}' % sequence)


def test_killed_while_writing_nothing_written_is_lost(tmp_path: Path) -> None:
    told = []
    for epoch in EPOCHS[:3]:
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), epoch], stdout=subprocess.PIPE, cwd=ROOT
        )
        assert writer.stdout is not None
        told += [(epoch, int(writer.stdout.readline())) for _ in range(40)]
        writer.kill()
        told += [(epoch, int(line)) for line in writer.stdout.read().split()]
        writer.wait()
        writer.stdout.close()
    opened = Opened(tmp_path)
    assert opened.states == []
    assert opened.kept[0].epochs == tuple(EPOCHS[:3])
    missing = set(told) - set(opened.keys)
    assert not missing
    assert opened.keys == sorted(opened.keys), "by epoch, then sequence"
    sixth = next(each for each in opened.kept[0].entries if each.sequence == 6)
    assert (sixth.alarm, sixth.payload) == (True, b'{"n":6}')
    opened.stop()


def test_what_was_removed_does_not_come_back(tmp_path: Path) -> None:
    first = Opened(tmp_path, EPOCHS[0])
    entries = [entry(n, EPOCHS[0]) for n in range(1, 11)]
    for each in entries:
        first.outbox.put(each)
    first.outbox.remove(entries[:4])
    first.written()
    first.outbox.remove(entries[6:])
    first.stop()
    second = Opened(tmp_path)
    assert [number for _, number in second.keys] == [5, 6]
    second.outbox.remove(second.kept[0].entries)
    second.stop()
    third = Opened(tmp_path, "f" * 16)
    assert third.keys == []
    third.stop()


def test_epochs_are_ordered_by_when_they_began_not_by_name(tmp_path: Path) -> None:
    for epoch in ("f" * 16, "0" * 16, "8" * 16):
        opened = Opened(tmp_path, epoch)
        opened.outbox.put(entry(1, epoch))
        opened.stop()
    opened = Opened(tmp_path)
    assert [epoch for epoch, _ in opened.keys] == ["f" * 16, "0" * 16, "8" * 16]
    opened.stop()


@pytest.mark.parametrize("damage", ["garbage", "half"])
def test_a_damaged_file_is_set_aside_and_work_goes_on(tmp_path: Path, damage: str) -> None:
    first = Opened(tmp_path, EPOCHS[0])
    for number in range(1, 200):
        first.outbox.put(entry(number, EPOCHS[0]))
    first.stop()
    file = tmp_path / FILE
    whole = file.read_bytes()
    file.write_bytes(b"not a database at all" * 99 if damage == "garbage" else whole[: len(whole) // 2])
    second = Opened(tmp_path, EPOCHS[1])
    assert second.kept == [Kept((), ())]
    assert (tmp_path / DAMAGED).exists()
    second.outbox.put(entry(1, EPOCHS[1]))
    second.written()
    second.stop()
    third = Opened(tmp_path)
    assert third.keys == [(EPOCHS[1], 1)]
    third.stop()
