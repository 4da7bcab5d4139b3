"""The trained part of the hearing: small trees over the features, read from a parameter file.

Where physics has a sign (a louder or more periodic sound is never less of a shout), the training kept to it.
What no recording can teach, that a voice far louder than any in the recordings is a shout whatever it sounds
like, is added by hand: ``loud``. See ``docs/hearing.md``.
"""

import json
import math
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from device.hearing.features import NAMES, Array

DEPTH = 3
"""Questions from the root of a tree to a leaf, at most."""

TREES_MAX = 500
"""More would cost more than the sound is worth, and could not be read by anybody."""

_INNER = 2**DEPTH - 1
_LEVEL, _VOICED = NAMES.index("level_1"), NAMES.index("voiced")


class ParametersRefused(ValueError):
    """The parameters cannot be used; the message says what is allowed and what was given."""


class Model:
    """Turns features into evidence."""

    def __init__(self, parameters: object) -> None:
        """``parameters``: the parsed parameter file. ``ParametersRefused``."""
        given = _table(
            parameters, "the parameters", ("version", "made", "start", "threshold", "loud", "trees")
        )
        self.version = _text(given["version"], "version")
        self.made = _table(given["made"], "made")
        self._start = _number(given["start"], "start")
        self.threshold = _number(given["threshold"], "threshold")
        """Evidence at which the hearing of normal sensitivity decides."""
        loud = _table(given["loud"], "loud", ("from_dba", "per_db"))
        self._loud_from = _number(loud["from_dba"], "loud.from_dba")
        self._loud_per_db = _number(loud["per_db"], "loud.per_db")
        if self._loud_per_db < 0.0:
            raise ParametersRefused(f"loud.per_db must be at least 0; given: {self._loud_per_db:g}")
        trees = given["trees"]
        if not isinstance(trees, list) or len(trees) > TREES_MAX:
            raise ParametersRefused(f"trees must be a list of at most {TREES_MAX}; given: {_short(trees)}")
        self._asked = np.zeros((len(trees), _INNER), dtype=np.intp)
        self._from = np.full((len(trees), _INNER), np.inf)
        self._leaves = np.zeros((len(trees), _INNER + 1))
        for number, tree in enumerate(trees):
            self._plant(number, tree, 0, DEPTH)
        self._each = np.arange(len(trees))

    def judge(self, features: Array) -> Array:
        """For each row of features (see ``features.describe``) the log odds of a shout, any finite number."""
        louder_db = np.maximum(features[:, _LEVEL] - self._loud_from, 0.0)
        loud = self._loud_per_db * louder_db * features[:, _VOICED]
        return np.asarray(self._start + loud + self._grown(features))

    def _grown(self, features: Array) -> Array:
        rows = np.arange(len(features))[:, None]
        node = np.zeros((len(features), len(self._each)), dtype=np.intp)
        for _ in range(DEPTH):
            asked = features[rows, self._asked[self._each, node]]
            node = 2 * node + 1 + (asked >= self._from[self._each, node])
        return np.asarray(self._leaves[self._each, node - _INNER].sum(axis=1))

    def _plant(self, number: int, tree: object, node: int, depth: int) -> None:
        """A number is a leaf; ``[feature, from, below, above]`` asks whether the feature is at least that."""
        if not isinstance(tree, list):
            value = _number(tree, f"a leaf of tree {number + 1}")
            first = (node + 1) * 2**depth - 1 - _INNER
            self._leaves[number, first : first + 2**depth] = value
            return
        if depth == 0 or len(tree) != 4:
            raise ParametersRefused(
                f"tree {number + 1} must ask at most {DEPTH} questions [feature, from, below, above]; "
                f"given: {_short(tree)}"
            )
        name, at, below, above = tree
        self._asked[number, node] = _feature(name, f"tree {number + 1}")
        self._from[number, node] = _number(at, f"tree {number + 1}")
        self._plant(number, below, 2 * node + 1, depth - 1)
        self._plant(number, above, 2 * node + 2, depth - 1)


def model_of(text: bytes) -> Model:
    """The model of a parameter file's content; ``ParametersRefused``."""
    try:
        parameters = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ParametersRefused(f"the parameters must be JSON: {error}") from error
    return Model(parameters)


@cache
def standard() -> Model:
    """The model that comes with the program."""
    return model_of(resources.files("device.hearing").joinpath("parameters.json").read_bytes())


def _table(value: object, what: str, keys: tuple[str, ...] | None = None) -> dict[str, Any]:
    if not isinstance(value, dict) or (keys is not None and set(value) != set(keys)):
        raise ParametersRefused(
            f"{what} must be a table{' of ' + ', '.join(keys) if keys else ''}; given: {_short(value)}"
        )
    return value


def _text(value: object, what: str) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= 40 or not value.isascii():
        raise ParametersRefused(f"{what} must be 1 to 40 characters of ASCII; given: {_short(value)}")
    return value


def _number(value: object, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ParametersRefused(f"{what} must be a finite number; given: {_short(value)}")
    return float(value)


def _feature(name: object, where: str) -> int:
    if name not in NAMES:
        raise ParametersRefused(f"{where} may ask for {', '.join(NAMES)}; given: {_short(name)}")
    return NAMES.index(str(name))


def _short(value: object) -> str:
    text = repr(sorted(value, key=str) if isinstance(value, dict) else value)
    return text if len(text) <= 80 else f"{text[:77]}..."
