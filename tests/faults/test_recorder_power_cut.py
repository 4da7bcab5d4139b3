"""The power goes at any call of the writer: everything up to the open segment opens, and the chain holds.

Between two fsyncs a card may have written anything: a file that was not synced is cut off, or sectors of it
are missing; a name that was not synced is the old one or the new one.
"""

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from device.recorder import durable
from tests.support.proofs import size
from tests.support.recorder import ListHub, RecorderBench, opened
from tests.support.torn_files import SECTOR
from wire.evidence.upload import path_of


class PowerCut(BaseException):
    """Nothing of the program goes on after it."""


class Card:
    """The calls of the writer, counted; the power goes at one of them."""

    def __init__(self, cut_at: int, chance: random.Random) -> None:
        self.calls = 0
        self._cut_at = cut_at
        self._chance = chance
        self._unsynced: dict[int, Path] = {}
        self._renamed: list[tuple[Path, Path]] = []
        self._paths: dict[int, Path] = {}
        self._true = {name: getattr(os, name) for name in ("open", "write", "fsync", "rename", "close")}

    def put_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in self._true:
            monkeypatch.setattr(os, name, getattr(self, name))

    def take_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, true in self._true.items():
            monkeypatch.setattr(os, name, true)

    def _counts(self) -> None:
        self.calls += 1
        if self.calls == self._cut_at:
            self._lose()
            raise PowerCut

    def open(self, path: Path, *args: Any) -> int:
        if str(path).endswith(durable.NEW):
            self._counts()
        handle: int = self._true["open"](path, *args)
        self._paths[handle] = Path(path)
        return handle

    def write(self, handle: int, data: Any) -> int:
        self._unsynced[handle] = self._paths[handle]
        if self.calls + 1 == self._cut_at:
            self._true["write"](handle, bytes(data)[: self._chance.randrange(len(data))])
        self._counts()
        # A short write is allowed to every disk.
        written: int = self._true["write"](handle, data[: max(1, len(data) // 2)])
        return written

    def fsync(self, handle: int) -> None:
        self._counts()
        self._true["fsync"](handle)
        self._unsynced.pop(handle, None)
        folder = self._paths[handle]
        self._renamed = [each for each in self._renamed if each[1].parent != folder]

    def rename(self, new: Path, file: Path) -> None:
        self._counts()
        self._true["rename"](new, file)
        self._renamed.append((Path(new), Path(file)))

    def close(self, handle: int) -> None:
        self._true["close"](handle)
        self._paths.pop(handle, None)

    def _lose(self) -> None:
        """What was not synced is lost, in part or as a whole."""
        for path in self._unsynced.values():
            if path.exists() and path.is_file():
                whole = bytearray(path.read_bytes())
                for at in range(0, len(whole), SECTOR):
                    if self._chance.random() < 0.3:
                        whole[at : at + SECTOR] = bytes(len(whole[at : at + SECTOR]))
                path.write_bytes(whole[: self._chance.randint(0, len(whole))])
        for new, file in self._renamed:
            if file.exists() and self._chance.random() < 0.5:
                file.rename(new)


def one_run(bench: RecorderBench, hub: ListHub | None, stored: Callable[[], None]) -> None:
    """25 s of sound before a press, 31 s after it; what is confirmed goes."""
    bench.hears(3, read_s=1.0)
    bench.begins()
    for _ in range(31):
        bench.hears(1, read_s=1.0)
        stored()
        found = bench.shelf.first(set())
        if hub is not None and found is not None:
            assert hub.put(path_of(*found), bench.shelf.read(*found)).status == 200
            bench.shelf.confirm(*found)
    bench.ends()
    stored()


@pytest.mark.parametrize("uploads", [False, True], ids=["no network", "uploads"])
def test_everything_up_to_the_open_segment_opens(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    uploads: bool,
    record_property: Callable[[str, object], None],
) -> None:
    chance = random.Random(7)
    counted = Card(-1, chance)
    counted.put_in(monkeypatch)
    one_run(RecorderBench(tmp_path / "whole"), None, lambda: None)
    counted.take_out(monkeypatch)
    cuts = range(1, counted.calls + 1)
    assert len(cuts) > 40
    cases = 0
    for repetition in range(size(1, 12)):
        for cut_at in cuts:
            folder = tmp_path / f"{repetition}-{cut_at}"
            _cut_once(folder, monkeypatch, Card(cut_at, chance), ListHub() if uploads else None)
            cases += 1
    record_property("proved", f"{cases} power cuts")


def _cut_once(folder: Path, monkeypatch: pytest.MonkeyPatch, card: Card, hub: ListHub | None) -> None:
    bench = RecorderBench(folder)
    certain = [0]

    def stored() -> None:
        certain[0] = bench.recorder._open.stored if bench.recorder._open else certain[0]

    card.put_in(monkeypatch)
    try:
        one_run(bench, hub, stored)
    except PowerCut:
        pass
    finally:
        card.take_out(monkeypatch)
    name = next((told.recording for told in bench.told if told.recording), None)
    again = RecorderBench(folder, boot="c" * 16)
    again.turns()
    assert again.recorder.fault(again.monotonic) is None
    if name is None:
        return
    if hub is not None:
        while (found := again.shelf.first(set())) is not None:
            assert hub.put(path_of(*found), again.shelf.read(*found)).status == 200, "the chain goes on"
            again.shelf.confirm(*found)
        if name in hub.kept:
            assert hub.heads[name].end is not None
        samples = hub.heads[name].samples if name in hub.heads else 0
    else:
        segments = opened(folder, name) if (folder / name).exists() else []
        samples = sum(line.samples for line, _ in segments)
        assert not segments or segments[-1][0].end in ("power", "staff")
    assert samples >= certain[0], "what was once on the disk stays"
    assert not list(folder.rglob(f"*{durable.NEW}"))


def test_a_recording_that_the_power_ended_is_told_once(tmp_path: Path) -> None:
    bench = RecorderBench(tmp_path, pre_roll_s=0.0)
    bench.begins()
    bench.hears(25)
    again = RecorderBench(tmp_path, boot="c" * 16)
    again.turns()
    [told] = again.told
    assert (told.order, told.storing, told.end, told.stored_s) == (0, False, "power", 20.0)
    assert told.recording is not None
    lines = [line for line, _ in opened(tmp_path, told.recording)]
    assert [(line.media, line.boot[0]) for line in lines] == [
        ("audio/flac", "b"),
        ("audio/flac", "b"),
        ("none", "c"),
    ]
    third = RecorderBench(tmp_path)
    third.turns()
    assert third.told == []


def test_a_recording_begun_while_the_disk_could_not_be_read_is_not_taken_for_an_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = RecorderBench(tmp_path, pre_roll_s=0.0)
    old.begins()
    old.hears(15)
    bench = RecorderBench(tmp_path, pre_roll_s=0.0, boot="c" * 16)

    def fails(_self: Path) -> None:
        raise OSError("not yet")

    with monkeypatch.context() as broken:
        broken.setattr(Path, "iterdir", fails)
        bench.begins()
        bench.hears(15)
        assert bench.light
        assert "not yet" in str(bench.recorder.fault(bench.monotonic))
    bench.hears(15)
    assert bench.light
    ended = bench.ends()
    assert ended.recording is not None
    assert [line.end for line, _ in opened(tmp_path, ended.recording)] == [None, None, None, "staff"]
    [closed] = [told for told in bench.told if told.order == 0]
    assert closed.recording != ended.recording


def test_a_segment_that_the_disk_did_not_keep_is_set_aside_and_the_rest_goes_on(tmp_path: Path) -> None:
    """A disk that lies about fsync breaks the promise; nothing else may break with it."""
    bench = RecorderBench(tmp_path, pre_roll_s=0.0)
    bench.begins()
    bench.hears(35)
    files = sorted(tmp_path.rglob("*.segment"))
    files[-1].write_bytes(files[-1].read_bytes()[:500])
    again = RecorderBench(tmp_path)
    again.turns()
    assert again.told[-1].stored_s == 20.0
    assert len(list(tmp_path.rglob("*.damaged"))) == 1
