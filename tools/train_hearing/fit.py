"""From rows to a model: which rows count how much, the line, the trees, and the whole by parts left out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from device.hearing.features import NAMES
from device.hearing.model import Model
from device.hearing.shout import NO_EVIDENCE
from tools.train_hearing.boost import How, Tree, Trees, fit_line
from tools.train_hearing.clips import Clip
from tools.train_hearing.rows import Rows

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

SIGNS = {
    "level_03": 1,
    "level_1": 1,
    "level_25": 1,
    "mean_25": 1,
    "fast_max": 1,
    "fast_min": 1,
    "periodicity": 1,
    "voiced": 1,
    "flatness": -1,
    "flatness_03": -1,
}
"""What physics says: louder, more periodic, less like noise is never less of a shout."""

LINE = {
    "level_1": 1,
    "level_03": 1,
    "level_25": 1,
    "tilt": 1,
    "periodicity": 1,
    "flatness": -1,
    "loud_share_1": 1,
    "voiced": 1,
}
"""Features of the line, with signs: the edge of a raised voice is bright, and it does not break off."""

LEAST = -6.0
"""Log odds below which the line says no less: it shall not overrule the trees."""

BEGIN_S = 0.15
"""A shout counts from so long after its beginning: before, nobody could know."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How rows count. Those of one recording are not independent, hence less than in proportion."""

    shout: float = 1.0
    """All rows of one shout together."""
    other: float = 1.0 / 3.0
    """Of any other recording, times the root of the number of its rows."""
    room: float = 0.05
    """Each row of the room alone."""


def weigh(
    rows: Rows, clips: Sequence[Clip], learn: Mask, score: Array | None, how: Weights
) -> tuple[Array, Array]:
    """Answer (1: shout) and weight of each row. ``learn``: which events are learnt from. ``score``,
    of a first model: in a shout the rows that it takes for one count more, as not all of it is loud."""
    owner, size = rows.placed, len(rows.events)
    some = owner >= 0
    event = np.where(some, owner, 0)
    is_shout = np.array([clips[place.clip].kind == "shout" for place in rows.events])
    start = np.array([place.start_s for place in rows.events])
    end = np.array([place.end_s for place in rows.events])
    shout = some & is_shout[event] & learn[event]
    shout &= (rows.at_s >= start[event] + BEGIN_S) & (rows.at_s <= end[event] + 0.1)
    other = some & ~is_shout[event] & learn[event]

    weight = np.zeros(len(owner))
    count = np.bincount(event[shout], minlength=size)[event[shout]]
    part = 1.0 / count
    if score is not None:
        clear = np.exp(np.clip(score[shout], -20.0, 20.0))
        part = 0.5 * part + 0.5 * clear / np.bincount(event[shout], clear, size)[event[shout]]
    weight[shout] = how.shout * part
    weight[other] = how.other / np.sqrt(np.bincount(event[other], minlength=size)[event[other]])
    weight[~some] = how.room
    return shout.astype(np.float64), weight


def fit(rows: Rows, clips: Sequence[Clip], learn: Mask, grow: How, how: Weights) -> dict[str, object]:
    """Parameters without threshold, learnt from those events: twice, then with the first in view."""
    score: Array | None = None
    for trees in (grow.trees // 2, grow.trees):
        answer, weight = weigh(rows, clips, learn, score, how)
        parameters = _fit_once(rows.features, answer, weight, grow, trees)
        score = Model(parameters).evidence(rows.features)
    return parameters


def _fit_once(features: Array, answer: Array, weight: Array, grow: How, trees: int) -> dict[str, object]:
    used = weight > 0
    x, y, w = features[used], answer[used], weight[used] / weight[used].mean()
    columns = [NAMES.index(name) for name in LINE]
    slopes, start = fit_line(x[:, columns], y, w, np.array(list(LINE.values()), dtype=np.float64))
    told = {name: round(float(slope), 5) for name, slope in zip(LINE, slopes, strict=True) if slope}
    line = np.maximum(x[:, columns] @ slopes + start, LEAST)
    grown = Trees(NAMES)
    grown.grow(x, y, w, line, SIGNS, replace(grow, trees=trees))
    return parameters_of(
        "in training", 0.0, {"start": round(start, 5), "least": LEAST, "slopes": told}, grown.trees
    )


def parameters_of(
    version: str, threshold: float, line: dict[str, object], trees: list[Tree]
) -> dict[str, object]:
    """As the parameter file has them."""
    return {"version": version, "made": {}, "threshold": threshold, "line": line, "trees": trees}


def parts(clips: Sequence[Clip], count: int, seed: int) -> npt.NDArray[np.intp]:
    """Into which of ``count`` parts each clip falls; a group is never divided."""
    groups = sorted({clip.group for clip in clips})
    np.random.default_rng(seed).shuffle(groups)
    part = {group: number % count for number, group in enumerate(groups)}
    return np.array([part[clip.group] for clip in clips])


def cross(
    learn_from: Rows,
    judged: Rows,
    clips: Sequence[Clip],
    grow: How,
    how: Weights,
    count: int = 5,
    seed: int = 0,
) -> Array:
    """Evidence of each row of ``judged`` by a model that knows neither the speaker nor the recording; rows of
    the room alone by the first of the models."""
    part_of = parts(clips, count, seed)
    learnt = np.array([part_of[place.clip] for place in learn_from.events])
    event = np.array([part_of[place.clip] for place in judged.events])
    owner = np.where(judged.placed >= 0, event[np.maximum(judged.placed, 0)], 0)
    evidence = np.full(len(owner), NO_EVIDENCE)
    for number in range(count):
        rows = owner == number
        model = Model(fit(learn_from, clips, learnt != number, grow, how))
        evidence[rows] = model.evidence(judged.features[rows])
    return evidence
