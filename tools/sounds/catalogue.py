"""The sounds of the demo, each with the level that it is meant to be played at."""

import json
import wave
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from tools.sounds.things import chime, desk_bang
from tools.sounds.voice import RATE_HZ, SHOUT, TALK, Sound, say

LIST = "sounds.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of ``sounds.json``."""

    name: str
    name_en: str
    file: str
    level_dba: float
    """Active A-weighted level at the microphone, dB(A) SPL."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a sound is called, how loud it is at the counter, and how it is made."""

    name: str
    name_en: str
    level_dba: float
    make: Callable[[], Sound]


SOUNDS = {
    "talk": Recipe("話し声", "Talk", 60.0, lambda: say("oauioaea iauoe aeuioa", TALK, seed=7)),
    "shout": Recipe("大声", "Shouting", 84.0, lambda: say("aeoa ooaea iaeoa", SHOUT, seed=11)),
    "bang": Recipe("机をたたく音", "A struck desk", 92.0, lambda: desk_bang(seed=3)),
    "chime": Recipe("呼出チャイム", "A chime", 66.0, chime),
}
"""By the name of the file."""


def pcm16(sound: Sound) -> bytes:
    """int16 little-endian of samples in -1..1."""
    return np.round(sound * 32767.0).astype("<i2").tobytes()


def write(folder: Path) -> list[Entry]:
    """Make every sound as a WAV file (16 kHz mono) in ``folder``, with ``sounds.json`` beside."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for stem, recipe in SOUNDS.items():
        sound = recipe.make()
        seconds = round(len(sound) / RATE_HZ, 3)
        entry = Entry(recipe.name, recipe.name_en, f"{stem}.wav", recipe.level_dba, seconds)
        with wave.open(str(folder / entry.file), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes(pcm16(sound))
        entries.append(entry)
    (folder / LIST).write_text(
        json.dumps([asdict(entry) for entry in entries], indent=1, ensure_ascii=False) + "\n"
    )
    return entries
