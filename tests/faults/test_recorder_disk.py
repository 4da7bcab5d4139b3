"""A disk that fills, fails or stands still: the recording ends, the light goes out, it is told."""

import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from device.recorder.recorder import FAULT_S, STALL_S
from tests.support.recorder import GB, RecorderBench, opened


def test_a_full_disk_ends_the_recording_before_it_takes_the_room_of_alarms(tmp_path: Path) -> None:
    free = [300_000_000]
    bench = RecorderBench(tmp_path, pre_roll_s=0.0, reserve_bytes=200_000_000, free=lambda _folder: free[0])
    bench.begins()
    bench.hears(15)
    free[0] = 200_000_100
    bench.hears(10)
    ended = bench.told[-1]
    assert ended.end == "disk"
    assert not bench.light
    assert "alarms need" in str(bench.recorder.fault(bench.monotonic))
    assert ended.recording is not None
    lines = [line for line, _ in opened(tmp_path, ended.recording)]
    assert [(line.media, line.end) for line in lines] == [("audio/flac", None), ("none", "disk")]
    # Another attempt is refused at once, and nothing is lit.
    bench.begins()
    bench.hears(1)
    assert bench.told[-1].end == "disk"
    assert bench.told[-1].recording is None
    assert not bench.light
    # There is room again.
    free[0] = 10 * GB
    bench.hears(FAULT_S + 6)
    assert bench.recorder.fault(bench.monotonic) is None
    bench.begins()
    bench.hears(1)
    assert bench.light


def test_recordings_take_no_more_than_they_may(tmp_path: Path) -> None:
    bench = RecorderBench(tmp_path, pre_roll_s=0.0, most=400_000)
    bench.begins()
    bench.hears(600, read_s=1.0)
    assert bench.told[-1].end == "disk"
    assert bench.shelf.used <= 401_000
    assert sum(file.stat().st_size for file in tmp_path.rglob("*.segment")) == bench.shelf.used


def failing(monkeypatch: pytest.MonkeyPatch, call: str) -> list[bool]:
    """Let a call of the writer fail while the switch is on."""
    switch = [False]
    true: Callable[..., Any] = getattr(os, call)

    def fails(*args: Any, **more: Any) -> Any:
        if switch[0]:
            raise OSError(errno.EIO, "the card does not answer")
        return true(*args, **more)

    monkeypatch.setattr(os, call, fails)
    return switch


@pytest.mark.parametrize("call", ["write", "fsync", "rename"])
def test_a_disk_that_fails_ends_the_recording_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    broken = failing(monkeypatch, call)
    bench = RecorderBench(tmp_path, pre_roll_s=0.0)
    bench.begins()
    bench.hears(15)
    broken[0] = True
    bench.hears(10)
    ended = bench.told[-1]
    assert (ended.end, ended.storing, bench.light) == ("disk", False, False)
    assert "does not answer" in str(bench.recorder.fault(bench.monotonic))
    bench.hears(30)
    assert bench.recorder.fault(bench.monotonic) is not None, "its end could not be written yet"
    broken[0] = False
    bench.hears(FAULT_S + 6)
    assert bench.recorder.fault(bench.monotonic) is None
    assert ended.recording is not None
    assert [line.end for line, _ in opened(tmp_path, ended.recording)] == [None, "disk"]


def test_a_disk_that_stands_still_puts_the_light_out_and_never_stops_the_microphone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on = threading.Event()
    held = threading.Event()
    true = os.fsync

    def hangs(handle: int) -> None:
        held.set()
        assert may_go_on.wait(60)
        true(handle)

    bench = RecorderBench(tmp_path, pre_roll_s=0.0)
    bench.begins()
    bench.hears(9.9)
    assert bench.light
    monkeypatch.setattr(os, "fsync", hangs)
    worker = threading.Thread(target=lambda: bench.hears(0.2), daemon=True)
    worker.start()
    assert held.wait(60)
    # The recorder's thread is in the disk. The microphone's goes on: it only leaves its sound.
    for _ in range(700):
        bench.monotonic += 0.1
        bench.recorder.sound.heard(bench.room.read(), False)
    assert not bench.light
    assert "nothing written" in str(bench.recorder.fault(bench.monotonic))
    assert bench.recorder.sound.lost > 0
    may_go_on.set()
    worker.join(60)
    bench.turns()
    told = bench.ends()
    assert told.missing_s > STALL_S, "what did not fit is stated"
    assert told.recording is not None
    segments = opened(tmp_path, told.recording)
    assert sum(count for line, _ in segments for _, count in line.gaps) / 16_000 == pytest.approx(
        told.missing_s
    )


def test_an_error_of_the_program_ends_the_recording_and_not_the_recorder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = RecorderBench(tmp_path, pre_roll_s=0.0)
    with monkeypatch.context() as broken:
        broken.setattr("device.recorder.recorder.flac", lambda _pcm: 1 / 0)
        bench.begins()
        bench.hears(11)
        assert (bench.told[-1].end, bench.light) == ("disk", False)
        assert "ZeroDivisionError" in str(bench.recorder.fault(bench.monotonic))
    bench.begins()
    bench.hears(11)
    assert bench.light
    assert bench.recorder.fault(bench.monotonic) is None


def test_a_recorder_whose_thread_has_ended_stores_nothing_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = RecorderBench(tmp_path, pre_roll_s=0.0)

    class Dies(BaseException):
        pass

    def dies(_wait_s: float) -> bool:
        raise Dies

    bench.begins()
    bench.hears(1)
    assert bench.light
    monkeypatch.setattr(bench.recorder, "turn", dies)
    monkeypatch.setattr(threading, "excepthook", lambda _args: None)
    bench.recorder.start()
    bench.recorder._thread.join(60)
    assert not bench.light
    assert "ended by an error" in str(bench.recorder.fault(bench.monotonic))
