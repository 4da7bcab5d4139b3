"""The real PyAudio and PortAudio, fed through ALSA's file PCM: findings, a hung device, an end in time."""

import contextlib
import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from device.microphone.portaudio import PortAudioMicrophone
from device.microphone.source import SourceFailed
from tests.support.brokers import wait_until
from tests.support.sound import at_level, shout, talk
from tools.sounds.fifo import FifoMicrophone

pytest.importorskip("pyaudio", reason="PyAudio is not installed (it is compiled from portaudio19-dev)")

ROOT = Path(__file__).resolve().parents[2]
GIVE_UP_S = 2.0
Line = dict[str, Any]


@dataclass
class EarProcess:
    """An ear in a process of its own, and what it says."""

    process: subprocess.Popen[str]
    lines: "queue.Queue[Line]"

    def wait_for(self, what: str, wanted: Callable[[Line], bool], within_s: float = 20.0) -> Line:
        """The next line that is wanted; the others are passed over."""
        deadline = time.monotonic() + within_s
        while True:
            try:
                line = self.lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                pytest.fail(f"not within {within_s:g} s: {what}")
            if wanted(line):
                return line

    def said_until_quiet(self) -> list[Line]:
        """What it says until a shout has ended, or for five seconds."""
        lines: list[Line] = []
        deadline = time.monotonic() + 5.0
        while time.monotonic() < deadline and not any(line.get("phase") == "end" for line in lines):
            with contextlib.suppress(queue.Empty):
                lines.append(self.lines.get(timeout=0.2))
        return lines

    def said(self) -> list[Line]:
        """What it has said since it was asked last."""
        return [self.lines.get_nowait() for _ in range(self.lines.qsize())]

    def stop(self) -> Line:
        """Tell it to stop; what it says of that."""
        assert self.process.stdin is not None
        self.process.stdin.write("stop\n")
        self.process.stdin.flush()
        return self.wait_for("it stops", lambda line: "stopped_s" in line)


@pytest.fixture
def microphone(tmp_path: Path) -> Iterator[FifoMicrophone]:
    with FifoMicrophone(tmp_path) as fed:
        yield fed


@pytest.fixture
def ear(microphone: FifoMicrophone, tmp_path: Path) -> Iterator[EarProcess]:
    with (tmp_path / "ear.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.sound_process", str(GIVE_UP_S)],
            cwd=ROOT,
            env=microphone.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        lines: queue.Queue[Line] = queue.Queue()

        def read() -> None:
            assert process.stdout is not None
            for line in process.stdout:
                if line.startswith("{"):
                    lines.put(json.loads(line))

        reader = threading.Thread(target=read)
        reader.start()
        made = EarProcess(process, lines)
        made.wait_for("it hears", lambda line: line.get("state") == "hearing")
        yield made
        process.kill()
        process.wait()
        reader.join(10)


def test_talk_is_let_pass_and_a_shout_is_heard_within_a_second(
    microphone: FifoMicrophone, ear: EarProcess
) -> None:
    microphone.play(at_level(talk(), 60.0))
    wait_until(lambda: not microphone.playing, "the talk is over")
    assert not [line for line in ear.said() if "heard" in line]

    delays: list[float] = []
    ends: list[Line] = []
    for seed in range(5):  # the first should do; on a busy machine some sound may be lost or late
        began = microphone.play(at_level(shout(seed, "aeoa"), 84.0))
        wait_until(lambda: not microphone.playing, "the shout is over")
        for line in ear.said_until_quiet():
            assert line.get("heard", "shout") == "shout"
            delays += [line["at"] - began] if line.get("phase") == "start" else []
            ends += [line] if line.get("phase") == "end" else []
        if min(delays, default=9.0) < 1.0:
            break

    assert min(delays) < 1.0
    assert ends[-1]["level_dba"] == pytest.approx(87.0, abs=3.0)  # a shout's loudest over its active level
    assert ends[-1]["duration_s"] == pytest.approx(len(shout(0, "aeoa")) / 16_000, abs=0.6)
    assert ear.stop()["stopped_s"] < 2.5


def test_a_microphone_that_hangs_is_a_failure_until_it_gives_sound_again(
    microphone: FifoMicrophone, ear: EarProcess
) -> None:
    microphone.feeding.clear()
    failed = ear.wait_for("the failure", lambda line: line.get("state") == "failed")
    assert failed["detail"] == "gave nothing for 2 s"

    microphone.feeding.set()
    ear.wait_for("it hears again", lambda line: line.get("state") == "hearing")

    microphone.play(at_level(shout(1, "aeoa"), 84.0))
    ear.wait_for("a shout", lambda line: line.get("phase") == "start")


def test_it_stops_and_the_program_ends_though_the_read_hangs(
    microphone: FifoMicrophone, ear: EarProcess
) -> None:
    microphone.feeding.clear()
    ear.wait_for("the failure", lambda line: line.get("state") == "failed")

    stopped = ear.stop()

    assert stopped["stopped_s"] < 5.0  # it was given two
    assert ear.process.wait(20) == 0


def test_a_device_that_is_not_there_is_named_with_those_that_are(microphone: FifoMicrophone) -> None:
    question = """
from device.microphone.portaudio import PortAudioMicrophone
from device.microphone.source import SourceFailed
microphone = PortAudioMicrophone("Counter microphone")
try:
    microphone.open()
except SourceFailed as error:
    print("refused:", error)
microphone.close()
"""
    answer = subprocess.run(
        [sys.executable, "-c", question],
        cwd=ROOT,
        env=microphone.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert "refused: no input named 'Counter microphone'; there are: " in answer.stdout
    assert "default" in answer.stdout


def test_without_the_package_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyaudio", None)
    microphone = PortAudioMicrophone("default")

    with pytest.raises(SourceFailed, match="needs the package PyAudio"):
        microphone.open()
    microphone.close()
