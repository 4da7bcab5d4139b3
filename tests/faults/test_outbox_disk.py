"""The outbox on a disk that cannot be written: events stay in memory, the fault is told, it comes back."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from device.backlog import Entry
from device.outbox import FILE, Kept, Outbox
from tests.support.brokers import wait_until

EPOCH = "1" * 16


OPEN: list[Outbox] = []
"""What a failing test left open would keep its disk busy."""


class Watched:
    def __init__(self, folder: Path, epoch: str = EPOCH) -> None:
        self.kept: list[Kept] = []
        self.states: list[str | None] = []
        self.outbox = Outbox(
            folder, epoch, on_opened=self.kept.append, on_state=self.states.append, retry_s=0.05
        )
        self.outbox.start(15.0)

        OPEN.append(self.outbox)

    def put(self, *sequences: int, size: int = 10) -> None:
        for sequence in sequences:
            self.outbox.put(Entry(EPOCH, sequence, True, b"x" * size))

    def failed(self) -> str:
        wait_until(lambda: self.states and self.states[-1], "the fault is told")
        return str(self.states[-1])

    def works(self) -> None:
        wait_until(lambda: not self.outbox.unwritten, "all is written")
        wait_until(lambda: not self.states or self.states[-1] is None, "the fault is cleared")


def left_in(folder: Path) -> list[int]:
    """What another run finds."""
    other = Watched(folder, "2" * 16)
    wait_until(lambda: other.kept, "opened")
    other.outbox.stop(15.0)
    return [entry.sequence for entry in other.kept[0].entries]


def fill(handle: int) -> None:
    """Write until the disk refuses."""
    while True:
        os.write(handle, b"0" * 4096)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system needs root")
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {done.stderr.strip()}")
    yield folder
    while OPEN:
        OPEN.pop().stop(15.0)
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_keeps_events_in_memory_until_there_is_room(small_disk: Path) -> None:
    watched = Watched(small_disk)
    watched.put(1)
    watched.works()
    ballast = small_disk / "ballast"
    handle = os.open(ballast, os.O_CREAT | os.O_WRONLY)
    with pytest.raises(OSError, match="No space left"):
        fill(handle)
    os.close(handle)
    watched.put(*range(2, 40), size=4000)
    assert "full" in watched.failed()
    assert watched.outbox.unwritten == 38
    ballast.unlink(missing_ok=True)
    watched.works()
    watched.outbox.stop(15.0)
    assert left_in(small_disk) == list(range(1, 40))


def test_a_read_only_disk(small_disk: Path) -> None:
    before = Watched(small_disk, "0" * 16)
    before.outbox.stop(15.0)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    watched = Watched(small_disk)
    watched.put(1, 2)
    watched.failed()
    assert watched.outbox.unwritten == 2
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    watched.works()
    watched.outbox.stop(15.0)
    assert left_in(small_disk) == [1, 2]


def test_a_folder_that_cannot_be_made_yet(tmp_path: Path) -> None:
    in_the_way = tmp_path / "state"
    in_the_way.write_text("a file where the folder must be")
    watched = Watched(in_the_way)
    watched.put(1, 2)
    assert watched.failed()
    assert watched.kept == []
    in_the_way.unlink()
    watched.works()
    assert watched.kept == [Kept((), ())]
    watched.outbox.stop(15.0)
    assert left_in(in_the_way) == [1, 2]


def test_a_file_that_cannot_be_opened_yet_gives_its_events_later(tmp_path: Path) -> None:
    before = Watched(tmp_path, "0" * 16)
    before.outbox.put(Entry("0" * 16, 7, True, b"old"))
    before.outbox.stop(15.0)
    (tmp_path / FILE).rename(tmp_path / "away")
    (tmp_path / FILE).mkdir()
    watched = Watched(tmp_path)
    watched.put(1)
    assert watched.failed()
    (tmp_path / FILE).rmdir()
    (tmp_path / "away").rename(tmp_path / FILE)
    watched.works()
    assert [entry.key for entry in watched.kept[0].entries] == [("0" * 16, 7)]
    watched.outbox.stop(15.0)
    assert left_in(tmp_path) == [7, 1]


def test_what_is_stored_by_the_hub_meanwhile_is_not_written_at_all(tmp_path: Path) -> None:
    in_the_way = tmp_path / "state"
    in_the_way.write_text("")
    watched = Watched(in_the_way)
    entries = [Entry(EPOCH, n, False, b"x") for n in (1, 2, 3)]
    for entry in entries:
        watched.outbox.put(entry)
    watched.failed()
    watched.outbox.remove(entries[:2])
    assert watched.outbox.unwritten == 1
    in_the_way.unlink()
    watched.works()
    watched.outbox.stop(15.0)
    assert left_in(in_the_way) == [3]


def test_stopping_on_a_broken_disk_ends_in_time(tmp_path: Path) -> None:
    in_the_way = tmp_path / "state"
    in_the_way.write_text("")
    watched = Watched(in_the_way)
    watched.put(1)
    watched.failed()
    watched.outbox.stop(15.0)
    assert watched.outbox.unwritten == 1
