"""The demo's own sounds do what they are there for."""

import json
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from tests.support.sound import at_level, heard_in, in_room
from tools.sounds.catalogue import SOUNDS, write

ROOT = Path(__file__).resolve().parents[2]

EXPECTED = {
    "talk": set(),
    "shout": {("shout", "start"), ("shout", "update"), ("shout", "end")},
    "bang": {("bang", "start")},
    "chime": set(),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_at_its_level_each_sound_is_heard_as_what_it_is(name: str) -> None:
    recipe = SOUNDS[name]

    said = heard_in(in_room(at_level(recipe.make(), recipe.level_dba), room_dba=42.0))

    assert {(heard.kind, heard.phase) for _, heard in said} == EXPECTED[name]


def test_there_are_no_others() -> None:
    assert set(SOUNDS) == set(EXPECTED)


def test_the_files_are_the_same_every_time(tmp_path: Path) -> None:
    write(tmp_path / "once")
    write(tmp_path / "twice")

    files = sorted(file.name for file in (tmp_path / "once").iterdir())
    assert files == ["bang.wav", "chime.wav", "shout.wav", "sounds.json", "talk.wav"]
    for name in files:
        assert (tmp_path / "once" / name).read_bytes() == (tmp_path / "twice" / name).read_bytes()


def test_the_command_writes_small_files_and_their_levels(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "tools.sounds", str(tmp_path)], check=True, cwd=ROOT)

    for entry in json.loads((tmp_path / "sounds.json").read_text()):
        with wave.open(str(tmp_path / entry["file"])) as file:
            assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16_000, 1, 2)
            assert file.getnframes() / 16_000 == pytest.approx(entry["seconds"], abs=0.001)
            peak = np.abs(np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(int)).max()
        assert 0.85 < peak / 32768 < 1.0
        assert (tmp_path / entry["file"]).stat().st_size < 200_000
        assert entry["level_dba"] == SOUNDS[Path(entry["file"]).stem].level_dba
