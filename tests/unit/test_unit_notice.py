"""Visitors are told before anything is stored, where the site wants that; never during an alarm."""

import wave
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from device.decisions import Hush, Speak, StartRecording, StopRecording
from device.hardware.simulated import SimulatedBoard
from device.hardware.wiring import Wiring
from device.inputs import Button, RecorderTold
from device.loudspeaker import (
    Loudspeaker,
    OutputFailed,
    PortAudioOutput,
    Sentence,
    SentenceRefused,
    SimulatedOutput,
    read,
)
from device.recording import Policy
from tests.support.brokers import wait_until
from tests.support.unit_heart import Bench
from wire.lights import OFF, STEADY, Light
from wire.messages.events import RecordingStarted

NAME = "0123456789abcdef0123456789abcdef"


def bench(*, panic_s: float | None = None) -> Bench:
    return Bench(microphone=True, recording=Policy(600.0, panic_s, notice_s=4.0))


def made(unit: Bench) -> list[str]:
    """What the recorder and the loudspeaker were told."""
    kinds = (Speak, Hush, StartRecording, StopRecording)
    return [type(one).__name__ for one in unit.decided if isinstance(one, kinds)]


def test_the_sentence_comes_first_and_then_the_recording() -> None:
    unit = bench()
    unit.tap(Button.RECORD, 1.0)
    assert made(unit) == ["Speak"]
    unit.until(4.9)
    assert made(unit) == ["Speak"]
    assert unit.lights[Light.REC] is OFF
    unit.until(5.2)
    assert made(unit) == ["Speak", "StartRecording"]
    unit.tell(RecorderTold(1, NAME, True, None, 20.0))
    assert unit.lights[Light.REC] is STEADY
    assert isinstance(unit.said()[-1], RecordingStarted)
    assert unit.events[-1].uptime == 1001.0, "the time of the wish"
    unit.tap(Button.RECORD, 9.0)
    assert made(unit)[2:] == ["StopRecording"]


def test_ended_before_it_has_begun_nothing_is_stored() -> None:
    unit = bench()
    unit.tap(Button.RECORD, 1.0)
    unit.tap(Button.RECORD, 2.0)
    unit.until(20.0)
    assert made(unit) == ["Speak", "Hush"]
    unit.tap(Button.RECORD, 21.0)
    assert made(unit)[2:] == ["Speak"]


@pytest.mark.parametrize(("panic_s", "orders"), [(None, 1), (60.0, 1)])
def test_an_alarm_silences_it_and_stores_at_once(panic_s: float | None, orders: int) -> None:
    unit = bench(panic_s=panic_s)
    unit.tap(Button.RECORD, 1.0)
    unit.edge(Button.PANIC, True, 2.0)
    assert made(unit) == ["Speak", "Hush", "StartRecording"]
    unit.until(5.0)
    assert made(unit).count("StartRecording") == orders


def test_the_assist_button_silences_it_too() -> None:
    unit = bench()
    unit.tap(Button.RECORD, 1.0)
    unit.tap(Button.ASSIST, 2.0)
    unit.until(2.5)
    assert made(unit) == ["Speak", "Hush", "StartRecording"]


def test_what_the_panic_button_begins_and_what_begins_in_an_alarm_is_silent() -> None:
    unit = bench(panic_s=60.0)
    unit.tap(Button.PANIC, 1.0)
    assert made(unit) == ["StartRecording"]
    other = bench()
    other.tap(Button.PANIC, 1.0)
    other.tap(Button.RECORD, 10.0)
    assert made(other) == ["StartRecording"]


def test_a_neighbours_alarm_takes_no_visitors_right() -> None:
    unit = bench()
    unit.area_alarm("c2")
    unit.tap(Button.RECORD, 1.0)
    assert made(unit) == ["Speak"]


def test_a_meeting_under_an_agreement_is_told_of_as_well() -> None:
    unit = bench()
    unit.command("meet", case=7, record=True)
    assert made(unit) == ["Speak"]
    unit.until(4.2)
    assert made(unit) == ["Speak", "StartRecording"]
    unit.tap(Button.SESSION, 60.0)
    assert made(unit)[2:] == ["StopRecording"]


# The loudspeaker.

SENTENCE = Sentence(bytes(range(256)) * 125, 16_000, 1)  # one second


class Broken(SimulatedOutput):
    def write(self, pcm: bytes) -> None:
        assert pcm
        raise OutputFailed("there is no such device")


def test_it_speaks_the_whole_sentence_and_again() -> None:
    output = SimulatedOutput(wait=lambda _s: None)
    speaker = Loudspeaker(SENTENCE, output, lambda: 0.0)
    for _ in range(2):
        output.taken = b""
        speaker.say()
        wait_until(lambda: output.taken == SENTENCE.pcm, "it has spoken")
    assert speaker.fault is None
    speaker.stop(5.0)


def test_hushed_it_ends_within_a_piece() -> None:
    go, begun = Event(), Event()

    def wait(_s: float) -> None:
        begun.set()
        go.wait(10.0)

    output = SimulatedOutput(wait=wait)
    speaker = Loudspeaker(SENTENCE, output, lambda: 0.0)
    speaker.say()
    assert begun.wait(10.0)
    speaker.hush()
    go.set()
    speaker.stop(5.0)
    assert len(output.taken) == 3200


def test_an_output_that_fails_or_hangs_is_a_fault_and_holds_nothing_up() -> None:
    at = 0.0
    broken = Loudspeaker(SENTENCE, Broken(), lambda: at)
    broken.say()
    wait_until(lambda: broken.fault == "there is no such device", "the fault is told")
    broken.stop(5.0)
    go, begun = Event(), Event()

    def hang(_s: float) -> None:
        begun.set()
        go.wait(20.0)

    hangs = Loudspeaker(SENTENCE, SimulatedOutput(wait=hang), lambda: at)
    hangs.say()
    assert begun.wait(10.0)
    assert hangs.fault is None
    at = 6.5
    assert hangs.fault == "the output does not finish"
    with pytest.raises(TimeoutError):
        hangs.stop(0.05)
    go.set()
    hangs.stop(5.0)


def written(folder: Path, **form: Any) -> Path:
    file = folder / "notice.wav"
    with wave.open(str(file), "wb") as out:
        out.setnchannels(form.get("channels", 1))
        out.setsampwidth(form.get("width", 2))
        out.setframerate(form.get("rate", 16_000))
        out.writeframes(bytes(int(form.get("seconds", 1.0) * 32_000)))
    return file


def test_the_file_is_read_or_refused_with_what_is_allowed(tmp_path: Path) -> None:
    assert read(written(tmp_path, seconds=2.0)).lasts_s == 2.0
    for form, said in (
        ({"seconds": 16.0}, "at most 15 s"),
        ({"seconds": 0.0}, "at most 15 s"),
        ({"width": 1}, "16 bits"),
        ({"rate": 4_000}, "8000 to 48000 Hz"),
    ):
        with pytest.raises(SentenceRefused, match=said):
            read(written(tmp_path, **form))
    (tmp_path / "notice.wav").write_bytes(b"no sound at all")
    with pytest.raises(SentenceRefused, match="no WAV file"):
        read(tmp_path / "notice.wav")
    with pytest.raises(SentenceRefused, match="cannot be read"):
        read(tmp_path / "absent.wav")


def test_portaudio_names_what_there_is_where_the_device_is_not() -> None:
    pytest.importorskip("pyaudio")
    output = PortAudioOutput("no such loudspeaker")
    with pytest.raises(OutputFailed, match="no such loudspeaker"):
        output.open(16_000, 1)
    output.close()


# The sign.


def test_the_sign_shows_what_the_rec_light_shows() -> None:
    board = SimulatedBoard({}, {Light.REC: 5, Light.LINK: 6}, Wiring(sign=13, sign_active_high=False))
    rec, sign = board._mock.pin(5), board._mock.pin(13)
    board.start(lambda *_edge: None)
    try:
        assert (bool(rec.state), bool(sign.state)) == (False, True)
        board.show(Light.REC, STEADY)
        wait_until(lambda: (bool(rec.state), bool(sign.state)) == (True, False), "both are lit")
        board.show(Light.REC, OFF)
        wait_until(lambda: (bool(rec.state), bool(sign.state)) == (False, True), "both are dark")
    finally:
        board.stop(5.0)
