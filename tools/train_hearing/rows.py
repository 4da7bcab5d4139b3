"""What the hearing itself makes of scenes: a row of features for each tenth of a second that it looks at."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from device.hearing.features import NAMES
from device.hearing.figures import FRAME, HOP
from device.hearing.hearing import Hearing
from device.hearing.model import Model
from tools.train_hearing.clips import Clip, Sound
from tools.train_hearing.scenes import FULL_SCALE_DBA, Change, Placed, scenes

Array = npt.NDArray[np.float64]

BEFORE_S, AFTER_S = 0.2, 1.0
"""Rows from so long before a recording to so long after it belong to it."""

NOTHING = Model(
    {
        "version": "none",
        "made": {},
        "start": -9,
        "threshold": 0,
        "loud": {"from_dba": 0, "per_db": 0},
        "trees": [],
    }
)
"""Finds nothing: only the features are wanted, and of what is found fewer are taken."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of several scenes, in order of time."""

    features: Array
    at_s: Array
    scene: npt.NDArray[np.intp]
    placed: npt.NDArray[np.intp]
    """Number in ``events`` of the recording that a row belongs to; -1 for the room alone."""
    events: list[Placed]
    hours: float
    heed: Array
    """How much each row counts in learning, besides what it is."""


def of_scenes(clips: Sequence[Clip], change: Change, seeds: Sequence[int], heed: float = 1.0) -> Rows:
    """Rows of one draw of scenes for each seed."""
    parts: list[tuple[Array, Array, npt.NDArray[np.intp], npt.NDArray[np.intp]]] = []
    events: list[Placed] = []
    seconds, number = 0.0, 0
    for seed in seeds:
        for sound, placed in scenes(clips, change, seed):
            at_s, features = looked_at(sound)
            owner = np.full(len(at_s), -1)
            for place in placed:
                owner[(at_s >= place.start_s - BEFORE_S) & (at_s <= place.end_s + AFTER_S)] = len(events)
                events.append(place)
            parts.append((features, at_s, np.full(len(at_s), number), owner))
            seconds += len(sound) / 16_000
            number += 1
    features, at_s, scene, owner = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Rows(features, at_s, scene, owner, events, seconds / 3600.0, np.full(len(at_s), heed))


def joined(parts: Sequence[Rows]) -> Rows:
    """All of them, one after the other."""
    first_event = np.cumsum([0, *(len(part.events) for part in parts)])
    first_scene = np.cumsum([0, *(part.scene.max() + 1 for part in parts)])
    return Rows(
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.at_s for part in parts]),
        np.concatenate([part.scene + first for part, first in zip(parts, first_scene, strict=False)]),
        np.concatenate(
            [
                np.where(part.placed >= 0, part.placed + first, -1)
                for part, first in zip(parts, first_event, strict=False)
            ]
        ),
        [event for part in parts for event in part.events],
        sum(part.hours for part in parts),
        np.concatenate([part.heed for part in parts]),
    )


def looked_at(sound: Sound, full_scale_dba: float = FULL_SCALE_DBA) -> tuple[Array, Array]:
    """Times (s) and features of every look that the hearing takes."""
    hearing = Hearing(full_scale_dba, True, model=NOTHING)
    pcm = np.clip(np.round(sound * 32768.0), -32768, 32767).astype(np.int16)
    times: list[float] = []
    rows: list[Array] = []
    step = FRAME * HOP
    for start in range(0, len(pcm) - step + 1, step):
        hearing.feed(pcm[start : start + step])
        if hearing.shout.features is not None:
            times.append((start + step) / 16_000)
            rows.append(hearing.shout.features)
    return np.array(times), np.stack(rows) if rows else np.empty((0, len(NAMES)))
