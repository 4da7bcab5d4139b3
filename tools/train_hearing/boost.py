"""Fitting the model: a line with signs, and on top of it boosted trees of three questions with signs.

Only numpy, and the same numbers from the same seed. The trees are those of Friedman (2001) with the second
order steps, shrinkage and subsampling that have become usual; the signs are kept as XGBoost and LightGBM keep
them: a question that would turn the sign is not asked, and what lies below it stays within the middle of its
two answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Binned = npt.NDArray[np.intp]
Tree = list[object] | float
"""As in the parameter file: a leaf, or ``[feature, from, below, above]``."""


@dataclass(frozen=True, slots=True)
class How:
    """How the trees are grown."""

    trees: int = 120
    depth: int = 3
    rate: float = 0.06
    bins: int = 64
    rows: float = 0.7
    features: float = 0.6
    """Parts of the rows and of the features that each tree sees."""
    weight_min: float = 1.0
    """Least second derivative (about a quarter of the weight) on either side of a question."""
    shrink: float = 5.0
    """Added to it when a leaf's value is taken."""
    seed: int = 1


def odds(x: Array) -> Array:
    """From log odds to probability."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(x, -35.0, 35.0))))


def fit_line(
    x: Array, y: Array, weight: Array, signs: Array, ridge: float = 4e-3, steps: int = 400
) -> tuple[Array, float]:
    """Slopes and start of a logistic line whose slopes have the given signs (0: free), by projected gradient
    descent with Nesterov's momentum on standardised columns."""
    total = weight.sum()
    mean = weight @ x / total
    spread = np.sqrt(weight @ np.square(x - mean) / total) + 1e-9
    z = np.column_stack(((x - mean) / spread, np.ones(len(x))))
    w = weight / total
    free = np.append(signs, 0.0)
    slack = np.append(np.full(len(signs), ridge), 0.0)
    step = 1.0 / (0.25 * float(np.linalg.eigvalsh((z * w[:, None]).T @ z)[-1]) + ridge)
    at = before = np.zeros(z.shape[1])
    for number in range(steps):
        ahead = at + number / (number + 3.0) * (at - before)
        slope = z.T @ (w * (odds(z @ ahead) - y)) + slack * ahead
        before, at = at, ahead - step * slope
        at = np.where(free > 0, np.maximum(at, 0.0), np.where(free < 0, np.minimum(at, 0.0), at))
    slopes = at[:-1] / spread
    return slopes, float(at[-1] - slopes @ mean)


class Trees:
    """Grown trees."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names
        self.trees: list[Tree] = []

    def grow(
        self, x: Array, y: Array, weight: Array, start: Array, signs: Mapping[str, int], how: How
    ) -> None:
        """Fit ``how.trees`` trees to what ``start`` (log odds) leaves; ``weight`` has a mean of about 1."""
        random = np.random.default_rng(how.seed)
        edges = [_edges(column, how.bins) for column in x.T]
        binned = np.stack([np.searchsorted(e, c, "right") for e, c in zip(edges, x.T, strict=True)])
        sign = np.array([signs.get(name, 0) for name in self._names])
        score = start.astype(np.float64).copy()
        for _ in range(how.trees):
            chance = odds(score)
            rows = np.flatnonzero(random.random(len(y)) < how.rows)
            count = max(1, round(how.features * len(self._names)))
            asked = np.sort(random.choice(len(self._names), count, replace=False))
            one = _One(binned, edges, self._names, sign, how)
            tree = one.grow(rows, weight * (chance - y), weight * chance * (1.0 - chance) + 1e-12, asked)
            self.trees.append(tree)
            score += one.everywhere(tree)


def _edges(column: Array, bins: int) -> Array:
    """Where questions may be asked, three decimals each: the parameter file is for people, too."""
    return np.unique(np.round(np.quantile(column, np.linspace(0, 1, bins + 1)[1:-1]), 3))


class _One:
    """One tree in the making."""

    def __init__(
        self, binned: Binned, edges: list[Array], names: tuple[str, ...], sign: npt.NDArray[np.intp], how: How
    ) -> None:
        self._binned, self._edges, self._names, self._sign, self._how = binned, edges, names, sign, how

    def grow(self, rows: Binned, slope: Array, bend: Array, asked: Binned) -> Tree:
        return self._node(rows, slope, bend, asked, self._how.depth, (-np.inf, np.inf))

    def everywhere(self, tree: Tree) -> Array:
        """The tree's answers for all rows."""
        answers = np.zeros(self._binned.shape[1])
        self._answer(tree, np.arange(len(answers)), answers)
        return answers

    def _answer(self, tree: Tree, rows: Binned, answers: Array) -> None:
        if not isinstance(tree, list):
            answers[rows] = tree
            return
        name, at, below, above = tree
        feature = self._names.index(str(name))
        first = int(np.searchsorted(self._edges[feature], at, "right"))  # type: ignore[call-overload]
        up = self._binned[feature, rows] >= first
        self._answer(below, rows[~up], answers)  # type: ignore[arg-type]
        self._answer(above, rows[up], answers)  # type: ignore[arg-type]

    def _node(
        self,
        rows: Binned,
        slope: Array,
        bend: Array,
        asked: Binned,
        depth: int,
        within: tuple[float, float],
    ) -> Tree:
        how = self._how
        g, h = float(slope[rows].sum()), float(bend[rows].sum())
        value = float(np.clip(-g / (h + how.shrink), *within))
        best: tuple[float, int, int, float, float] | None = None
        if depth:
            gains = self._gain(g, h, value)
            for feature in asked:
                found = self._best(feature, rows, slope, bend, (g, h), within)
                if found is not None and found[0] > gains + 1e-9 and (best is None or found[0] > best[0]):
                    best = (found[0], feature, found[1], found[2], found[3])
        if best is None:
            return round(how.rate * value, 5)
        _, feature, cut, below, above = best
        low, high = within
        middle = (below + above) / 2.0
        sides = {1: ((low, middle), (middle, high)), -1: ((middle, high), (low, middle))}.get(
            int(self._sign[feature]), (within, within)
        )
        up = self._binned[feature, rows] > cut
        return [
            self._names[feature],
            float(self._edges[feature][cut]),
            self._node(rows[~up], slope, bend, asked, depth - 1, sides[0]),
            self._node(rows[up], slope, bend, asked, depth - 1, sides[1]),
        ]

    def _gain(self, g: float, h: float, value: float) -> float:
        return -(g * value + 0.5 * (h + self._how.shrink) * value**2)

    def _best(
        self,
        feature: int,
        rows: Binned,
        slope: Array,
        bend: Array,
        total: tuple[float, float],
        within: tuple[float, float],
    ) -> tuple[float, int, float, float] | None:
        """Gain, cut (the last bin below) and the values of both sides of the best question."""
        how, bins = self._how, len(self._edges[feature]) + 1
        if bins == 1:
            return None
        bin_of = self._binned[feature, rows]
        g = np.cumsum(np.bincount(bin_of, slope[rows], bins))[:-1]
        h = np.cumsum(np.bincount(bin_of, bend[rows], bins))[:-1]
        g_up, h_up = total[0] - g, total[1] - h
        below = np.clip(-g / (h + how.shrink), *within)
        above = np.clip(-g_up / (h_up + how.shrink), *within)
        gain = -(g * below + 0.5 * (h + how.shrink) * below**2)
        gain -= g_up * above + 0.5 * (h_up + how.shrink) * above**2
        allowed = (h >= how.weight_min) & (h_up >= how.weight_min)
        sign = self._sign[feature]
        if sign:
            allowed &= sign * above >= sign * below
        if not allowed.any():
            return None
        cut = int(np.where(allowed, gain, -np.inf).argmax())
        return float(gain[cut]), cut, float(below[cut]), float(above[cut])
