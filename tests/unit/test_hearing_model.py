"""The parameter file is read strictly, and the model keeps to the signs that physics has."""

import copy
import json
from importlib import resources
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.hearing.evidence import NONE, Evidence
from device.hearing.features import NAMES
from device.hearing.figures import EVIDENCE_GAP, EVIDENCE_MOST, SENSITIVITIES
from device.hearing.model import TREES_MAX, Model, ParametersRefused, model_of, standard
from device.hearing.shout import share
from tests.support.proofs import size

SMALL: dict[str, Any] = {
    "version": "small-1",
    "made": {"by": "hand"},
    "start": -1.0,
    "threshold": 0.5,
    "loud": {"from_dba": 82.0, "per_db": 0.2},
    "trees": [["level_1", 76.0, -1.0, ["tilt", -5.0, 0.5, ["pitch", 8.0, 1.0, 2.0]]], 0.25],
}

RISING = (
    "level_03",
    "level_1",
    "level_25",
    "mean_25",
    "fast_max",
    "fast_min",
    "level_mid",
    "level_high",
    "level_voiced",
    "periodicity",
    "voiced",
)
FALLING = ("flatness", "flatness_03")


def packaged() -> dict[str, Any]:
    parsed = json.loads(resources.files("device.hearing").joinpath("parameters.json").read_bytes())
    assert isinstance(parsed, dict)
    return parsed


def row(**values: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Features, 0 where nothing is said."""
    return np.array([[values.get(name, 0.0) for name in NAMES]])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"level_1": 70.0}, -1.0 - 1.0 + 0.25),
        ({"level_1": 76.0, "tilt": -9.0}, -1.0 + 0.5 + 0.25),
        ({"level_1": 76.0, "tilt": -5.0, "pitch": 7.9}, -1.0 + 1.0 + 0.25),
        ({"level_1": 76.0, "tilt": 0.0, "pitch": 8.0}, -1.0 + 2.0 + 0.25),
        ({"level_1": 92.0, "voiced": 0.5, "pitch": 8.0}, -1.0 + 2.0 + 0.25 + 0.2 * 10 * 0.5),
        ({"level_1": 92.0, "voiced": 0.0, "pitch": 8.0}, -1.0 + 2.0 + 0.25),
    ],
)
def test_a_tree_asks_whether_a_feature_is_at_least_a_number(
    values: dict[str, float], expected: float
) -> None:
    assert Model(SMALL).judge(row(**values))[0] == pytest.approx(expected)


def test_many_rows_are_judged_as_one_by_one() -> None:
    rows = np.concatenate([row(level_1=level, tilt=tilt) for level in (60.0, 80.0) for tilt in (-9.0, 3.0)])

    together = Model(SMALL).judge(rows)

    assert together.tolist() == [Model(SMALL).judge(one[None])[0] for one in rows]


def changed(path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    parameters = copy.deepcopy(SMALL)
    inner: Any = parameters
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return parameters


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ([], "the parameters must be a table of version, made, start"),
        ({**SMALL, "extra": 1}, "the parameters must be a table of version"),
        (
            {name: SMALL[name] for name in SMALL if name != "trees"},
            "the parameters must be a table of version",
        ),
        (changed(("version",), ""), "version must be 1 to 40 characters"),
        (changed(("version",), "x" * 41), "version must be 1 to 40 characters"),
        (changed(("version",), "強い"), "version must be 1 to 40 characters"),
        (changed(("threshold",), float("nan")), "threshold must be a finite number; given: nan"),
        (changed(("start",), "1"), "start must be a finite number; given: '1'"),
        (changed(("start",), True), "start must be a finite number; given: True"),
        (changed(("loud",), {"from_dba": 82}), "loud must be a table of from_dba, per_db"),
        (changed(("loud", "per_db"), -0.1), "loud.per_db must be at least 0"),
        (changed(("trees",), {}), "trees must be a list of at most"),
        (changed(("trees",), [0.0] * (TREES_MAX + 1)), "trees must be a list of at most"),
        (changed(("trees", 0, 0), "mood"), "tree 1 may ask for level_03.*; given: 'mood'"),
        (changed(("trees", 0, 0), ["level_1"]), r"tree 1 may ask for level_03.*; given: \['level_1'\]"),
        (changed(("trees", 0, 1), None), "tree 1 must be a finite number; given: None"),
        (changed(("trees", 0, 2), float("inf")), "a leaf of tree 1 must be a finite number; given: inf"),
        (changed(("trees", 0), ["level_1", 76.0, 1.0]), "tree 1 must ask at most 3 questions"),
        (changed(("trees", 0, 3, 3, 3), ["tilt", 0.0, 0.0, 0.0]), "tree 1 must ask at most 3 questions"),
    ],
)
def test_anything_else_is_refused_and_named(parameters: object, told: str) -> None:
    with pytest.raises(ParametersRefused, match=told):
        Model(parameters)


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_refused(text: bytes) -> None:
    with pytest.raises(ParametersRefused, match="the parameters must be"):
        model_of(text)


def test_the_packaged_parameters_are_small_and_say_how_they_were_made() -> None:
    file = resources.files("device.hearing").joinpath("parameters.json")

    assert standard().version == packaged()["version"]
    assert len(file.read_bytes()) < 64_000
    assert len(file.read_text().splitlines()) < 300, "a line for each tree"
    assert {"by", "from", "recall", "auc", "false_per_h", "latency_s"} <= set(packaged()["made"])


numbers = st.fixed_dictionaries(
    {
        **{name: st.floats(50, 100) for name in RISING[:9]},
        **{name: st.floats(0, 1) for name in ("periodicity", "voiced", "loud_share_1", "loud_share_25")},
        **{name: st.floats(-40, 0) for name in FALLING},
        **{name: st.floats(-40, 30) for name in ("tilt", "sharpness", "hiss", "low", "hardness")},
        **{name: st.floats(6, 10.6) for name in ("pitch", "pitch_high", "pitch_03")},
        "pitch_spread": st.floats(0, 4),
        **{name: st.floats(0, 15) for name in ("movement", "movement_voiced", "movement_spread", "crest")},
        "rise": st.floats(0, 60),
        "rhythm": st.floats(-1, 1),
        **{name: st.floats(0, 2.5) for name in ("age", "gap", "attack")},
    }
)


@settings(max_examples=size(300, 20_000), deadline=None)
@given(numbers, st.sampled_from(RISING + FALLING), st.floats(0, 30))
def test_louder_and_more_of_a_voice_is_never_less_of_a_shout(
    values: dict[str, float], name: str, more: float
) -> None:
    further = dict(values)
    further[name] += more if name in RISING else -more

    below, above = standard().judge(np.concatenate([row(**values), row(**further)]))

    assert above >= below - 1e-9


def test_evidence_grows_with_time_forgets_and_begins_anew_after_a_pause() -> None:
    evidence = Evidence()

    rising = [evidence.feed(2.0) for _ in range(40)]
    assert rising == sorted(rising)
    assert rising[0] < 0.0, "one moment is not enough"
    assert rising[-1] == pytest.approx(2.0, abs=0.01)
    assert evidence.feed(None) == NONE
    kept = evidence.feed(2.0)
    assert kept == pytest.approx(2.0, abs=0.01), "a gap of a tenth of a second is none"
    for _ in range(EVIDENCE_GAP):
        evidence.feed(None)
    assert evidence.feed(2.0) == rising[0]


def test_looked_at_less_often_the_evidence_comes_as_far() -> None:
    often, seldom = Evidence(), Evidence()
    for _ in range(12):
        every = often.feed(2.0)
    for _ in range(3):
        fourth = seldom.feed(2.0, 4)

    assert fourth == pytest.approx(every)


def test_no_single_moment_counts_for_more_than_the_most() -> None:
    huge, most = Evidence(), Evidence()

    assert huge.feed(1e9) == most.feed(EVIDENCE_MOST)
    assert huge.feed(-1e9) == most.feed(-EVIDENCE_MOST)


def test_sensitivities_are_in_order_around_a_score_of_one_half() -> None:
    low, normal, high = (SENSITIVITIES[name] for name in ("low", "normal", "high"))

    assert low.score > normal.score == 0.5 == share(0.0) > high.score
    assert low.floor_dba > normal.floor_dba > high.floor_dba
