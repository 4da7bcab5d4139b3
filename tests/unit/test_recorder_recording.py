"""A recording is what was heard, whole and in order, sealed, signed and chained, with the light on."""

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from device.inputs import RecorderTold
from device.recorder.recorder import STALL_S
from device.recorder.sealing import BadRecipient, Sealer, flac
from tests.support.recorder import READ, ListHub, RecorderBench, opened, sound_of
from wire.evidence.line import RATE_HZ


def test_a_recording_holds_every_sample_from_the_pre_roll_to_the_end(tmp_path: Path) -> None:
    bench = RecorderBench(tmp_path)
    bench.hears(30)
    bench.begins()
    bench.hears(14.3)
    ended = bench.ends()
    [recording] = [told.recording for told in bench.told if told.end]
    assert recording is not None
    segments = opened(tmp_path, recording)
    assert [line.samples for line, _ in segments] == [160_000, 160_000, 160_000, 68_800]
    assert [line.end for line, _ in segments] == [None, None, None, "staff"]
    expected = (np.arange(10 * RATE_HZ, bench.room.at) % 30_000).astype("int16")
    assert np.array_equal(sound_of(segments), expected)
    assert ended == RecorderTold(1, recording, False, "staff", 20.0, 34.3, 0.0)


def test_its_lines_tell_when_every_segment_was_heard(tmp_path: Path) -> None:
    bench = RecorderBench(tmp_path, pre_roll_s=5.0)
    bench.hears(5)
    bench.begins("panic")
    bench.hears(10)
    recording = bench.ends("limit").recording
    assert recording is not None
    lines = [line for line, _ in opened(tmp_path, recording)]
    assert [line.started for line in lines] == ["2026-11-22T12:00:00.000Z", "2026-11-22T12:00:10.000Z"]
    assert [line.uptime for line in lines] == [1000.0, 1010.0]
    assert {line.why for line in lines} == {"panic"}
    assert [line.clock for line in lines] == ["synced", "synced"]


def test_an_end_on_a_segments_edge_is_told_by_a_line_of_its_own(tmp_path: Path) -> None:
    bench = RecorderBench(tmp_path, pre_roll_s=0.0)
    bench.hears(1)
    bench.begins()
    bench.hears(10)
    recording = bench.ends("hub").recording
    assert recording is not None
    lines = [line for line, _ in opened(tmp_path, recording)]
    assert [(line.media, line.end) for line in lines] == [("audio/flac", None), ("none", "hub")]


def test_the_light_is_on_from_the_first_sound_to_the_end(tmp_path: Path) -> None:
    bench = RecorderBench(tmp_path, pre_roll_s=0.0)
    bench.begins()
    assert not bench.light, "nothing has been heard yet"
    bench.hears(0.1)
    assert bench.light
    assert list(tmp_path.iterdir()) == [], "it is lit before the first byte is written"
    bench.hears(12)
    assert bench.light
    bench.ends()
    assert not bench.light


def test_a_recording_in_which_nothing_was_heard_is_none(tmp_path: Path) -> None:
    bench = RecorderBench(tmp_path)
    bench.begins()
    assert bench.ends() == RecorderTold(1, None, False, "staff")
    assert list(tmp_path.iterdir()) == []


def test_while_the_microphone_gives_nothing_the_light_is_off_and_the_hole_is_stated(tmp_path: Path) -> None:
    bench = RecorderBench(tmp_path, pre_roll_s=0.0)
    bench.begins()
    bench.hears(4)
    bench.deaf(STALL_S + 20)
    assert not bench.light
    bench.hears(6)
    assert bench.light
    told = bench.ends()
    assert told.missing_s == pytest.approx(25.0, abs=0.01)
    assert told.stored_s == pytest.approx(35.0, abs=0.01)
    assert told.recording is not None
    segments = opened(tmp_path, told.recording)
    gaps = [gap for line, _ in segments for gap in line.gaps]
    assert sum(count for _, count in gaps) == pytest.approx(25 * RATE_HZ, abs=200)
    sound = sound_of(segments)
    for first, count in gaps:
        assert not sound[first : first + count].any()


def test_two_recordings_follow_one_another_without_sharing_a_sample(tmp_path: Path) -> None:
    bench = RecorderBench(tmp_path, pre_roll_s=20.0)
    names = []
    for _ in range(2):
        bench.begins()
        bench.hears(3)
        names.append(bench.ends().recording)
    first, second = (opened(tmp_path, name) for name in names if name)
    assert len(sound_of(first)) == len(sound_of(second)) == 3 * RATE_HZ
    assert names[0] != names[1]


def test_flac_keeps_every_bit() -> None:
    chance = np.random.default_rng(3)
    sound = chance.integers(-32768, 32767, 5 * READ).astype("<i2")
    back, rate = soundfile.read(io.BytesIO(flac(sound.tobytes())), dtype="int16")
    assert rate == RATE_HZ
    assert np.array_equal(back, sound)


def test_what_is_no_public_key_is_refused() -> None:
    for text in ("", "age1", "AGE-SECRET-KEY-1"):
        with pytest.raises(BadRecipient):
            Sealer(text)


def test_the_hub_gets_what_was_recorded(tmp_path: Path) -> None:
    hub = ListHub()
    bench = RecorderBench(tmp_path)
    bench.begins()
    bench.hears(25)
    recording = bench.ends().recording
    assert recording is not None
    for file in sorted((tmp_path / recording).glob("*.segment")):
        assert (
            hub.put(f"/api/v1/recordings/{recording}/segments/{int(file.stem)}", file.read_bytes()).status
            == 200
        )
    assert len(hub.sound(recording)) == 25 * RATE_HZ
