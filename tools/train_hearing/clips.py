"""The recordings to train with: a folder with ``labels.csv`` and sound files at 16 kHz.

Columns: ``file``; ``kind`` (``shout``, ``neg``, ``bang`` or ``bg`` for the sound of a room); ``cls``, what it
is; ``source``, the corpus; ``speaker``, where known; ``spl_lo``, ``spl_hi``, between which levels (dB(A) at
the microphone) it is heard in life; ``orig``, of what recording it is a part. Others are ignored.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from device.hearing.figures import RATE_HZ

Sound = npt.NDArray[np.float64]

KINDS = ("shout", "neg", "bang", "bg")


class DataRefused(ValueError):
    """The data cannot be used; the message says what is wrong where."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One recording."""

    file: str
    kind: str
    name: str
    source: str
    group: str
    """Clips of one group never stand on both sides of a cross-validation: a speaker, or one recording."""
    low_dba: float
    high_dba: float
    sound: Sound


def read(folder: Path) -> list[Clip]:
    """All clips; ``DataRefused``."""
    labels = folder / "labels.csv"
    if not labels.is_file():
        raise DataRefused(f"{labels} is missing; it must list the recordings")
    with labels.open(newline="", encoding="utf-8") as lines:
        clips = [_clip(folder, row) for row in csv.DictReader(lines)]
    for kind in ("shout", "neg", "bg"):
        if not any(clip.kind == kind for clip in clips):
            raise DataRefused(f"{labels} has no recording of kind {kind}")
    return clips


def _clip(folder: Path, row: dict[str, str]) -> Clip:
    missing = [name for name in ("file", "kind", "cls", "source", "spl_lo", "spl_hi") if not row.get(name)]
    if missing or row["kind"] not in KINDS:
        raise DataRefused(f"a row must have {', '.join(missing) or 'kind of ' + str(KINDS)}; given: {row}")
    sound, rate = soundfile.read(folder / row["file"], dtype="float64")
    if rate != RATE_HZ or sound.ndim != 1:
        raise DataRefused(
            f"{row['file']} must be mono at {RATE_HZ} Hz; given: {rate} Hz, {sound.ndim} dimensions"
        )
    return Clip(
        row["file"],
        row["kind"],
        row["cls"],
        row["source"],
        _group(row),
        float(row["spl_lo"]),
        float(row["spl_hi"]),
        np.asarray(sound),
    )


def _group(row: dict[str, str]) -> str:
    if row.get("speaker"):
        return f"{row['source']} {row['speaker']}"
    original = row.get("orig") or row["file"]
    return f"{row['source']} {re.sub(r'(_[0-9]+)?([.]hq)?[.][a-z0-9]+$', '', original)}"
