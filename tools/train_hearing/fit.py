"""From rows to a model: which rows count how much, the trees, and the whole by parts left out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from device.hearing.evidence import NONE
from device.hearing.features import NAMES
from device.hearing.model import Model
from tools.train_hearing.boost import How, Tree, Trees
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
    "level_mid": 1,
    "level_high": 1,
    "level_voiced": 1,
    "flatness": -1,
    "flatness_03": -1,
}
"""What physics says: louder, more periodic, less like noise is never less of a shout."""

LOUD = {"from_dba": 82.0, "per_db": 0.2}
"""A shout has 82 dB(A) at 1 m (ANSI S3.5). What is voiced and louder counts more with every decibel, since
hardly any recording says so: those of babies end at 86. Added after the fit, so that the trees do not take it
back. At 0.2 it found 99 % of the shouts from 80 dB(A) on instead of 97.5, for half a false alarm an hour."""

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
    soon_s: float = 0.35
    """Of a shout, what is this much older counts 2.7 times less..."""
    late: float = 0.07
    """...down to so much beside 1 at the beginning: it is to be found soon. Each tenth of a second of latency
    costs about two false alarms an hour of the stress scenes."""


def weigh(
    rows: Rows, clips: Sequence[Clip], learn: Mask, score: Array | None, how: Weights
) -> tuple[Array, Array]:
    """Answer (1: shout) and weight of each row. ``learn``: which events are learnt from. ``score``, of a
    first model: in a shout the rows that it takes for one count more, since not all of a shout is loud."""
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
    part = 1.0 / np.bincount(event[shout], minlength=size)[event[shout]]
    if score is not None:
        clear = np.exp(np.clip(score[shout], -20.0, 20.0))
        part = 0.5 * part + 0.5 * clear / np.bincount(event[shout], clear, size)[event[shout]]
    age_s = rows.at_s[shout] - start[event[shout]]
    weight[shout] = how.shout * part * (how.late + np.exp(-age_s / how.soon_s))
    weight[other] = how.other / np.sqrt(np.bincount(event[other], minlength=size)[event[other]])
    weight[~some] = how.room
    return shout.astype(np.float64), weight * rows.heed


def fit(rows: Rows, clips: Sequence[Clip], learn: Mask, grow: How, how: Weights) -> dict[str, object]:
    """Parameters without a threshold, learnt from those events: twice, the second time with a view on the
    first."""
    score: Array | None = None
    parameters: dict[str, object] = {}
    for trees in (60, grow.trees):
        answer, weight = weigh(rows, clips, learn, score, how)
        used = weight > 0
        x, y, w = rows.features[used], answer[used], weight[used] / weight[used].mean()
        share = float((w * y).sum() / w.sum())
        start = round(float(np.log(share / (1.0 - share))), 4)
        grown = Trees(NAMES)
        grown.grow(x, y, w, start=start, signs=SIGNS, how=replace(grow, trees=trees))
        parameters = parameters_of(start, grown.trees)
        score = Model(parameters).judge(rows.features)
    return parameters


def parameters_of(start: float, trees: list[Tree]) -> dict[str, object]:
    """As the parameter file has them, still without a name and a threshold."""
    return {
        "version": "untested",
        "made": {},
        "start": start,
        "threshold": 0.0,
        "loud": dict(LOUD),
        "trees": trees,
    }


def parts(clips: Sequence[Clip], count: int, seed: int) -> npt.NDArray[np.intp]:
    """Into which of ``count`` parts each clip falls; a group is never divided."""
    groups = sorted({clip.group for clip in clips})
    np.random.default_rng(seed).shuffle(groups)
    part = {group: number % count for number, group in enumerate(groups)}
    return np.array([part[clip.group] for clip in clips])


def cross(
    learn_from: Rows,
    judged: Sequence[Rows],
    clips: Sequence[Clip],
    grow: How,
    how: Weights,
    *,
    count: int = 8,
    seed: int = 0,
) -> tuple[list[Array], list[dict[str, object]]]:
    """For each of ``judged`` the judgements by models that know neither the speaker nor the recording that a
    row belongs to; rows of the room alone by the first of the models. And the parameters of these models, one
    for each part that was left out."""
    part_of = parts(clips, count, seed)
    learnt = np.array([part_of[place.clip] for place in learn_from.events])
    owners = [_owner(rows, part_of) for rows in judged]
    answers = [np.full(len(owner), NONE) for owner in owners]
    left_out: list[dict[str, object]] = []
    for number in range(count):
        left_out.append(fit(learn_from, clips, learnt != number, grow, how))
        model = Model(left_out[-1])
        for rows, owner, answer in zip(judged, owners, answers, strict=True):
            mine = owner == number
            answer[mine] = model.judge(rows.features[mine])
    return answers, left_out


def _owner(rows: Rows, part_of: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    event = np.array([part_of[place.clip] for place in rows.events])
    return np.where(rows.placed >= 0, event[np.maximum(rows.placed, 0)], 0)
