"""Fitting the model: boosted trees of three questions, with signs.

Only numpy, and the same numbers from the same seed. The trees are those of Friedman (2001) with the second
order steps, shrinkage and subsampling that have become usual; the signs are kept as XGBoost and LightGBM keep
them: a question that would turn the sign is not asked, and what lies below it stays within the middle of its
two answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Binned = npt.NDArray[np.intp]
Tree = list[object] | float
"""As in the parameter file: a leaf, or ``[feature, from, below, above]``."""


@dataclass(frozen=True, slots=True)
class How:
    """How the trees are grown."""

    trees: int = 160
    depth: int = 3
    rate: float = 0.06
    bins: int = 64
    rows: float = 0.7
    features: float = 0.4
    """Parts of the rows and of the features that each tree sees."""
    weight_min: float = 3.0
    """Least second derivative (about a quarter of the weight) on either side of a question."""
    shrink: float = 12.0
    """Added to it when a leaf's value is taken."""
    seed: int = 1


def odds(x: Array) -> Array:
    """From log odds to probability."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(x, -35.0, 35.0))))


class Trees:
    """Grown trees."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names
        self.trees: list[Tree] = []

    def grow(
        self, x: Array, y: Array, weight: Array, *, start: float, signs: Mapping[str, int], how: How
    ) -> None:
        """Fit ``how.trees`` trees to what ``start`` (log odds) leaves; ``weight`` has a mean of about 1."""
        random = np.random.default_rng(how.seed)
        edges = [_edges(column, how.bins) for column in x.T]
        binned = np.stack([np.searchsorted(e, c, "right") for e, c in zip(edges, x.T, strict=True)])
        ground = _Ground(binned, edges, self._names, [signs.get(name, 0) for name in self._names])
        score = np.full(len(y), start)
        for _ in range(how.trees):
            chance = odds(score)
            rows = np.flatnonzero(random.random(len(y)) < how.rows)
            count = max(1, round(how.features * len(self._names)))
            asked = np.sort(random.choice(len(self._names), count, replace=False))
            bend = weight * chance * (1.0 - chance) + 1e-12
            one = _One(ground, weight * (chance - y), bend, asked, how)
            tree = one.node(rows, how.depth, (-np.inf, np.inf))
            self.trees.append(tree)
            score += one.everywhere(tree)


def _edges(column: Array, bins: int) -> Array:
    """Where questions may be asked, three decimals each: the parameter file is for people, too."""
    return np.unique(np.round(np.quantile(column, np.linspace(0, 1, bins + 1)[1:-1]), 3))


@dataclass(frozen=True, slots=True)
class _Ground:
    """What all trees grow on."""

    binned: Binned
    """For each feature and row, how many of the feature's edges lie at or below its value."""
    edges: list[Array]
    names: tuple[str, ...]
    signs: list[int]


@dataclass(frozen=True, slots=True)
class _Question:
    gain: float
    feature: int
    cut: int
    """The last bin below."""
    below: float
    above: float
    """The values of both sides."""


class _One:
    """One tree in the making. ``slope`` and ``bend`` are the first and second derivatives of the loss by the
    score of each row, ``asked`` the features that it may ask for."""

    def __init__(self, ground: _Ground, slope: Array, bend: Array, asked: Binned, how: How) -> None:
        self._ground, self._slope, self._bend, self._asked, self._how = ground, slope, bend, asked, how

    def everywhere(self, tree: Tree) -> Array:
        """The tree's answers for all rows."""
        answers = np.zeros(self._ground.binned.shape[1])
        self._answer(tree, np.arange(len(answers)), answers)
        return answers

    def _answer(self, tree: Any, rows: Binned, answers: Array) -> None:
        if not isinstance(tree, list):
            answers[rows] = tree
            return
        name, at, below, above = tree
        feature = self._ground.names.index(name)
        up = self._ground.binned[feature, rows] >= np.searchsorted(self._ground.edges[feature], at, "right")
        self._answer(below, rows[~up], answers)
        self._answer(above, rows[up], answers)

    def node(self, rows: Binned, depth: int, within: tuple[float, float]) -> Tree:
        """The tree of these rows, its values within these limits."""
        slope, bend = self._slope[rows], self._bend[rows]
        g, h = float(slope.sum()), float(bend.sum())
        value = float(np.clip(-g / (h + self._how.shrink), *within))
        best = self._best(rows, slope, bend, within) if depth else None
        if best is None or best.gain <= float(self._gain(g, h, value)) + 1e-9:
            return round(self._how.rate * value, 5)
        low, high = within
        middle = (best.below + best.above) / 2.0
        sides = {1: ((low, middle), (middle, high)), -1: ((middle, high), (low, middle))}.get(
            self._ground.signs[best.feature], (within, within)
        )
        up = self._ground.binned[best.feature, rows] > best.cut
        return [
            self._ground.names[best.feature],
            float(self._ground.edges[best.feature][best.cut]),
            self.node(rows[~up], depth - 1, sides[0]),
            self.node(rows[up], depth - 1, sides[1]),
        ]

    def _gain(self, g: Any, h: Any, value: Any) -> Any:
        """How much the loss falls where the derivatives sum up to these and the score rises by ``value``."""
        return -(g * value + 0.5 * (h + self._how.shrink) * value**2)

    def _best(self, rows: Binned, slope: Array, bend: Array, within: tuple[float, float]) -> _Question | None:
        found = (self._question(int(feature), rows, slope, bend, within) for feature in self._asked)
        return max((one for one in found if one is not None), key=lambda one: one.gain, default=None)

    def _question(
        self, feature: int, rows: Binned, slope: Array, bend: Array, within: tuple[float, float]
    ) -> _Question | None:
        bins = len(self._ground.edges[feature]) + 1
        bin_of = self._ground.binned[feature, rows]
        g = np.cumsum(np.bincount(bin_of, slope, bins))
        h = np.cumsum(np.bincount(bin_of, bend, bins))
        g_up, h_up = g[-1] - g[:-1], h[-1] - h[:-1]
        g, h = g[:-1], h[:-1]
        below = np.clip(-g / (h + self._how.shrink), *within)
        above = np.clip(-g_up / (h_up + self._how.shrink), *within)
        sign = self._ground.signs[feature]
        allowed = (h >= self._how.weight_min) & (h_up >= self._how.weight_min)
        if sign:
            allowed &= sign * above >= sign * below
        if not allowed.any():
            return None
        gain = self._gain(g, h, below) + self._gain(g_up, h_up, above)
        cut = int(np.where(allowed, gain, -np.inf).argmax())
        return _Question(float(gain[cut]), feature, cut, float(below[cut]), float(above[cut]))
