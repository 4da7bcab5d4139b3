"""Pictures are part of a recording: sealed and signed like sound, taken at the panic button."""

import sys
import threading
from pathlib import Path

import pytest

from device.camera.camera import CameraFailed
from device.camera.picamera import PiCamera
from device.camera.pictures import HUNG_S, Pictures
from device.decisions import StartRecording, TakePictures
from device.inputs import Button, Now
from device.recorder.sound import PICTURE_BYTES_MAX
from device.recording import Policy
from tests.support import fake_picamera2
from tests.support.brokers import wait_until
from tests.support.fake_picamera2 import Picamera2
from tests.support.recorder import RecorderBench, opened
from tests.support.unit_heart import NOON, Bench
from wire.evidence.line import Media


@pytest.fixture(autouse=True)
def _picamera2(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_picamera2.put_in(monkeypatch)


def test_a_clip_holds_the_seconds_before_and_all_after_the_press() -> None:
    camera = PiCamera(pre_roll_s=5.0)
    camera.open()
    Picamera2.here.films(200)
    camera.begin_clip()
    Picamera2.here.films(30)
    clip = camera.end_clip()
    numbers = [int(number) for number in clip.removeprefix(b"mp4:").removesuffix(b",end").split(b",")]
    assert numbers[0] == 160, "the first key frame in what was kept"
    assert numbers == list(range(160, 231)), "nothing of the end is missing"
    # It goes on: another clip has its own seconds before it.
    Picamera2.here.films(200)
    camera.begin_clip()
    Picamera2.here.films(10)
    assert camera.end_clip().endswith(b"440,end")
    camera.close()
    assert Picamera2.here.closed


def test_a_still_is_of_now() -> None:
    camera = PiCamera(pre_roll_s=5.0)
    camera.open()
    Picamera2.here.films(7)
    assert camera.still() == b"jpeg:7"


def test_without_picamera2_or_a_camera_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    Picamera2.there = False
    with pytest.raises(CameraFailed, match="cannot be opened"):
        PiCamera(5.0).open()
    monkeypatch.setitem(sys.modules, "picamera2", None)
    with pytest.raises(CameraFailed, match="not installed"):
        PiCamera(5.0).open()


def test_pictures_are_segments_of_the_recording(tmp_path: Path) -> None:
    bench = RecorderBench(tmp_path, pre_roll_s=0.0)
    bench.recorder.picture("image/jpeg", b"before", bench.now())
    bench.turns()
    bench.begins("panic")
    bench.hears(4)
    bench.recorder.picture("image/jpeg", b"jpeg:1", bench.now())
    bench.hears(12)
    bench.recorder.picture("video/mp4", b"mp4:1", bench.now().back_to(bench.monotonic - 15))
    recording = bench.ends("limit").recording
    bench.recorder.picture("image/jpeg", b"after", bench.now())
    bench.turns()
    assert recording is not None
    segments = opened(tmp_path, recording)
    kinds: list[Media] = [line.media for line, _ in segments]
    assert sorted(kinds) == ["audio/flac", "audio/flac", "image/jpeg", "video/mp4"]
    still, clip = (
        next(each for each in segments if each[0].media == kind) for kind in ("image/jpeg", "video/mp4")
    )
    assert (still[1], still[0].first_sample) == (b"jpeg:1", 64_000), "where the sound stood"
    assert (clip[1], clip[0].started) == (b"mp4:1", "2026-11-22T12:00:01.000Z")
    assert b"before" not in b"".join(body for _, body in segments), "nothing without the light"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_picture_too_large_for_a_segment_is_told_and_ends_nothing(tmp_path: Path) -> None:
    bench = RecorderBench(tmp_path, pre_roll_s=0.0)
    bench.begins("panic")
    bench.hears(1)
    bench.recorder.picture("image/jpeg", bytes(PICTURE_BYTES_MAX), bench.now())
    bench.recorder.picture("image/jpeg", bytes(PICTURE_BYTES_MAX + 1), bench.now())
    bench.hears(1)
    assert bench.light
    assert "too large" in str(bench.recorder.fault(bench.monotonic))
    recording = bench.ends().recording
    assert recording is not None
    assert len(opened(tmp_path, recording)) == 2


class Shots:
    """What the camera's thread gives."""

    def __init__(self, clip_s: float) -> None:
        self.taken: list[tuple[Media, bytes, float]] = []
        self.at = 50.0
        self.pictures = Pictures(
            PiCamera(5.0),
            pre_roll_s=5.0,
            clip_s=clip_s,
            now=self._now,
            on_picture=lambda media, body, at: self.taken.append((media, body, at.monotonic)),
        )

    def _now(self) -> Now:
        self.at += 0.5
        return Now(self.at, NOON, True)


@pytest.mark.parametrize(("clip_s", "kinds"), [(0.0, ["image/jpeg"]), (1.0, ["image/jpeg", "video/mp4"])])
def test_the_thread_takes_a_still_and_a_clip(clip_s: float, kinds: list[str]) -> None:
    shots = Shots(clip_s)
    shots.pictures.start()
    shots.pictures.take()
    wait_until(lambda: [media for media, _, _ in shots.taken] == kinds, "the pictures")
    shots.pictures.stop(30.0)
    assert shots.pictures.fault(shots.at) is None
    if clip_s:
        assert shots.taken[1][2] == shots.taken[0][2] - 5.0, "a clip begins before the press"
    assert Picamera2.here.closed


def test_a_camera_that_is_gone_is_a_fault() -> None:
    Picamera2.there = False
    shots = Shots(0.0)
    shots.pictures.start()
    wait_until(lambda: shots.pictures.fault(shots.at) is not None, "the fault")
    shots.pictures.stop(30.0)


def test_a_camera_that_hangs_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    hung, comes_back = threading.Event(), threading.Event()

    def hangs(_camera: PiCamera) -> bytes:
        hung.set()
        comes_back.wait(60)
        return b"late"

    monkeypatch.setattr(PiCamera, "still", hangs)
    shots = Shots(0.0)
    shots.pictures.start()
    shots.pictures.take()
    assert hung.wait(30)
    assert shots.pictures.fault(shots.at) is None
    assert shots.pictures.fault(shots.at + HUNG_S) == "hangs"
    with pytest.raises(TimeoutError):
        shots.pictures.stop(0.1)
    comes_back.set()
    shots.pictures.stop(30.0)


def test_a_press_takes_pictures_only_where_it_records() -> None:
    for panic_s, wanted in ((60.0, [StartRecording, TakePictures]), (None, [])):
        bench = Bench(recording=Policy(600.0, panic_s=panic_s))
        bench.tap(Button.PANIC, 1.0)
        made = [type(each) for each in bench.decided if isinstance(each, StartRecording | TakePictures)]
        assert made == wanted
