"""``madomori-unit listen``: the command itself, over recordings and over a microphone."""

import contextlib
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.support.sound import (
    Sound,
    at_level,
    in_room,
    passages,
    pcm,
    shout,
    silence,
    talk,
    turned_gain,
)

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "device", "listen"]
WITHIN_S = 60.0


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Talk, then a shout that begins at ``SHOUT_AT_S``, then one that is cut off by the end."""
    file = tmp_path_factory.mktemp("recordings") / "a.wav"
    quarrel = at_level(shout(), 86.0)
    sound = in_room(
        at_level(talk(), 62.0), silence(1.0), quarrel, silence(4.0), quarrel, before_s=3.0, after_s=0.0
    )
    soundfile.write(file, pcm(sound), 16_000)
    return file


SHOUT_AT_S = 3.0 + len(talk()) / 16_000 + 1.0
SHOUT_S = len(shout()) / 16_000


def lines_of(told: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Findings and track."""
    lines = [json.loads(line) for line in told.splitlines()]
    return [line for line in lines if "start_s" in line], [line for line in lines if "t" in line]


def test_a_recording_gives_findings_and_a_track_of_scores(recording: Path) -> None:
    done = run("--wav", recording, "--cal", "120", "--json")
    assert (done.returncode, done.stderr) == (0, "")

    findings, track = lines_of(done.stdout)

    first, last = (line for line in findings if line["kind"] == "shout")
    assert first["start_s"] == pytest.approx(SHOUT_AT_S, abs=0.2)
    assert first["start_s"] < first["decided_s"] < first["start_s"] + 1.0
    assert first["end_s"] == pytest.approx(SHOUT_AT_S + SHOUT_S, abs=0.5)
    assert first["level_dba"] == pytest.approx(88.0, abs=3.0)
    assert 0.5 <= first["score"] <= 1.0
    assert first["calibrated"] is True
    assert 180.0 < first["pitch_hz"] < 400.0
    assert -8.0 < first["tilt_db"] < 8.0
    length_s = soundfile.info(recording).duration
    assert last["end_s"] == pytest.approx(length_s, abs=0.1), "a finding is told though the sound ends in it"
    assert np.diff([line["t"] for line in track]) == pytest.approx(0.1, abs=0.001)
    assert track[-1]["t"] == pytest.approx(length_s, abs=0.2)
    assert all(0.0 <= line["score"] <= 1.0 for line in track)
    loud = max(line["score"] for line in track if SHOUT_AT_S < line["t"] < SHOUT_AT_S + SHOUT_S)
    calm = max(line["score"] for line in track if line["t"] < SHOUT_AT_S)
    assert calm < loud


def test_what_the_calibration_says_decides(recording: Path) -> None:
    quieter, _ = lines_of(run("--wav", recording, "--cal", "100", "--json").stdout)
    assert quieter == [], "the same file, 20 dB quieter"

    untold, _ = lines_of(run("--wav", recording, "--json").stdout)
    assert {line["calibrated"] for line in untold} == {False}


def test_another_model_can_be_tried(recording: Path, tmp_path: Path) -> None:
    """What a site has trained, or a model that does not know the recording."""
    other = tmp_path / "ours.json"
    parameters = {
        "version": "deaf-1",
        "made": {},
        "start": -9.0,
        "threshold": 0.0,
        "loud": {"from_dba": 82.0, "per_db": 0.0},
        "trees": [],
    }
    other.write_text(json.dumps(parameters))
    deaf = run("--wav", recording, "--cal", "120", "--json", "--model", other)
    other.write_text(json.dumps(parameters | {"version": "jumpy-1", "start": 9.0}))
    jumpy = run("--wav", recording, "--cal", "120", "--json", "--model", other)
    other.write_text(json.dumps(parameters | {"trees": [["mood", 0, 0, 0]]}))
    refused = run("--wav", recording, "--cal", "120", "--json", "--model", other)
    absent = run("--wav", recording, "--cal", "120", "--model", tmp_path / "absent.json")

    assert (deaf.returncode, lines_of(deaf.stdout)[0]) == (0, [])
    assert {line["model"] for line in lines_of(jumpy.stdout)[0]} == {"jumpy-1"}
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "ours.json: tree 1 may ask for level_03" in refused.stderr
    assert (absent.returncode, absent.stdout) == (1, "")
    assert "absent.json: cannot be read: No such file" in absent.stderr


def test_a_higher_sensitivity_finds_no_less(recording: Path) -> None:
    found = [
        len(lines_of(run("--wav", recording, "--cal", "116", "--json", "--sensitivity", step).stdout)[0])
        for step in ("low", "normal", "high")
    ]

    assert found == sorted(found)
    assert found[-1] > 0


def test_people_read_lines(recording: Path) -> None:
    done = run("--wav", recording)

    lines = done.stdout.splitlines()
    assert lines[0] == "Not calibrated: the levels may be off by many decibels."
    assert any(re.match(r" 0:\d\d\.\d shout start: \d\d\.\d dB\(A\), room 4\d\.\d", line) for line in lines)
    assert re.search(
        r"heard: LAeq \d\d\.\d dB\(A\), highest fast level \d\d\.\d dB\(A\), findings 2", lines[-1]
    )
    assert max(map(len, lines)) <= 80
    assert "\r" not in done.stdout
    assert len(lines) < 10, "no meter for a sound that is over in a moment"


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--wav", "none.wav"), 1, "none.wav: cannot be read: No such file or directory"),
        (("--wav", "none.wav", "--cal", "12"), 2, "must be 60 to 160 dB; given: 12"),
        (("--wav", "none.wav", "--cal", "loud"), 2, "must be 60 to 160 dB; given: loud"),
        (("--config", "none.toml"), 2, "none.toml: cannot be read"),
        ((), 2, "--config --wav is required"),
    ],
)
def test_what_cannot_be_heard_is_refused(arguments: tuple[str, ...], code: int, told: str) -> None:
    done = run(*arguments)

    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("sound", "told"),
    [
        pytest.param(
            np.clip(20 * in_room(at_level(shout(), 110.0)), -1, 1), "beyond full scale", id="clipping"
        ),
        pytest.param(
            turned_gain(passages(16), attack_s=0.02, release_s=1.0, most_db=15.0), "its own gain", id="gain"
        ),
    ],
)
def test_a_recording_that_falsifies_is_called_so(tmp_path: Path, sound: Sound, told: str) -> None:
    soundfile.write(tmp_path / "a.wav", pcm(sound), 16_000)

    assert told in run("--wav", tmp_path / "a.wav").stdout.splitlines()[-1]


def test_a_reader_that_leaves_is_no_error(recording: Path) -> None:
    command = " ".join([*COMMAND, "--wav", str(recording), "--json"]) + " | head -n 1"

    done = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S602

    assert done.stdout.startswith('{"t": 0.10')
    assert done.stderr == ""


def settings(folder: Path, microphone: str) -> Path:
    file = folder / "unit.toml"
    file.write_text(f"""
site = "testville"
unit = "c1"
state_dir = "state"
hardware = "simulated"
[broker]
host = "127.0.0.1"
password_file = "password"
[panel]
panic = 17
[microphone]
source = "{microphone}"
calibrated = true
[simulated]
desk_socket = "desk.sock"
""")
    return file


def read_until(listening: subprocess.Popen[str], descriptor: int, wanted: str, within_s: float = 30.0) -> str:
    """What it has written by the time ``wanted`` (a pattern) is in it."""
    told = ""
    deadline = time.monotonic() + within_s
    while not re.search(wanted, told):
        assert time.monotonic() < deadline, told
        if select.select([descriptor], [], [], 0.5)[0]:
            with contextlib.suppress(OSError):
                told += os.read(descriptor, 65536).decode()
        assert listening.poll() is None, told
    return told


@pytest.mark.parametrize("terminal", [False, True])
def test_a_microphone_is_shown_until_it_is_told_to_end(terminal: bool, tmp_path: Path) -> None:
    ours, theirs = pty.openpty() if terminal else os.pipe()
    with subprocess.Popen(
        [*COMMAND, "--config", str(settings(tmp_path, "simulated"))],
        cwd=ROOT,
        stdout=theirs,
        stderr=subprocess.PIPE,
        text=True,
    ) as listening:
        os.close(theirs)
        line = r" 0:0[1-9]\.\d  4\d\.\d dB\(A\) \[[#.b!]{32}\] room 4\d\.\d  shout 7\d\.\d"
        told = read_until(listening, ours, line)
        listening.send_signal(signal.SIGINT)
        told += read_rest(ours)
        assert listening.wait(WITHIN_S) == 0
        assert listening.stderr is not None
        assert listening.stderr.read() == ""
    assert "heard: LAeq 4" in told
    shown = re.split(r"[\r\n]+", told)
    assert max(map(len, shown)) <= 80
    assert ("\r" in told.replace("\r\n", "\n")) is terminal


def read_rest(descriptor: int) -> str:
    told = b""
    with contextlib.suppress(OSError):  # a terminal that nobody writes to any more says so with an error
        while piece := os.read(descriptor, 65536):
            told += piece
    os.close(descriptor)
    return told.decode()


def test_settings_without_a_microphone_are_named(tmp_path: Path) -> None:
    done = run("--config", settings(tmp_path, "none"))

    assert done.returncode == 1
    assert "the settings name no microphone" in done.stderr
