"""The training fits what is there, keeps to its signs, and writes a file that the unit reads.

On sounds made here: what the model is worth on real voices is measured with data outside the repository.
"""

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from device.hearing.evidence import NONE
from device.hearing.figures import RATE_HZ
from device.hearing.level import active_level
from device.hearing.model import Model
from tests.support.sound import Sound, at_level, heard_in, in_room, noise, shout, talk, tone
from tools.train_hearing.boost import How, Trees, odds
from tools.train_hearing.clips import DataRefused, read
from tools.train_hearing.figures import auc, decided_by, figures
from tools.train_hearing.fit import parts
from tools.train_hearing.rows import Rows
from tools.train_hearing.scenes import UNCHANGED, Change, Placed, in_some_room, scenes, varied

ROOT = Path(__file__).resolve().parents[2]


def grown(signs: dict[str, int], y: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.bool_]]) -> Any:
    random = np.random.default_rng(3)
    x = random.standard_normal((2000, 2))
    trees = Trees(("a", "b"))
    how = How(trees=30, rate=0.3, features=1.0)
    trees.grow(x, y(x).astype(float), np.ones(2000), start=0.0, signs=signs, how=how)
    return trees.trees


def answer(trees: list[Any], a: float, b: float) -> float:
    def of(tree: Any) -> float:
        if not isinstance(tree, list):
            return float(tree)
        name, at, below, above = tree
        return of(above if {"a": a, "b": b}[name] >= at else below)

    return sum(of(tree) for tree in trees)


def test_trees_learn_what_a_line_cannot_say() -> None:
    trees = grown({}, lambda x: (x[:, 0] > 0) ^ (x[:, 1] > 0))

    assert answer(trees, 1, -1) > 2 < answer(trees, -1, 1)
    assert answer(trees, 1, 1) < -2 > answer(trees, -1, -1)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_sign_is_kept_whatever_the_data_say(sign: int) -> None:
    trees = grown({"a": sign}, lambda x: np.abs(x[:, 0]) < 0.7 + 0.3 * x[:, 1])

    for b in np.linspace(-2, 2, 9):
        along = [sign * answer(trees, a, b) for a in np.linspace(-3, 3, 61)]
        assert np.diff(along).min() >= -1e-9
    free = [answer(grown({}, lambda x: np.abs(x[:, 0]) < 0.7), a, 0.0) for a in (-2.0, 0.0, 2.0)]
    assert free[1] > max(free[0], free[2]), "without the sign it is no such line"


def test_the_same_seed_grows_the_same_trees() -> None:
    assert grown({}, lambda x: x[:, 0] > 0.3) == grown({}, lambda x: x[:, 0] > 0.3)


def test_odds() -> None:
    assert odds(np.array([0.0, 1e9, -1e9])) == pytest.approx([0.5, 1.0, 0.0], abs=1e-12)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few synthetic voices, things and rooms, labelled as the training wants them."""
    folder = tmp_path_factory.mktemp("recordings")
    made: list[tuple[str, str, str, float, float, Sound]] = []
    for seed in range(6):
        made.append(("shout", "shout", f"voice{seed}", 76, 90, shout(seed, "aeo ia")))
        made.append(("neg", "talk", f"voice{seed}", 56, 72, talk(seed)))
        made.append(("neg", "hiss", "", 66, 80, 0.5 * noise(1.5, seed)))
        made.append(("neg", "tone", "", 66, 84, tone(200.0 * (seed + 2), 1.5)))
    made.append(("bg", "room", "", 45, 55, noise(20.0, 77)))
    with (folder / "labels.csv").open("w", newline="") as file:
        labels = csv.writer(file)
        labels.writerow(["file", "kind", "cls", "source", "speaker", "spl_lo", "spl_hi", "orig"])
        for number, (kind, name, speaker, low, high, sound) in enumerate(made):
            soundfile.write(folder / f"{number}.wav", np.clip(sound, -1, 1), RATE_HZ)
            labels.writerow([f"{number}.wav", kind, name, "made", speaker, low, high, ""])
    return folder


def test_the_command_writes_parameters_that_work_and_says_what_they_are_worth(
    data: Path, tmp_path: Path
) -> None:
    out = tmp_path / "parameters.json"
    command = [sys.executable, "-m", "tools.train_hearing", str(data), "--out", str(out), "--draws", "1"]
    command += ["--judged", "1", "--louder", "0", "--name", "made-up-1", "--trees", "12", "--parts", "3"]
    command += ["--parts-out", str(tmp_path / "parts")]

    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout

    assert "AUC" in said
    assert "tripped by hiss" in said
    parameters = json.loads(out.read_text())
    assert parameters["version"] == "made-up-1"
    assert parameters["made"]["from"] == ["made"]
    assert len(parameters["trees"]) == 12
    assert len(out.read_text().splitlines()) < 60
    model = Model(parameters)
    from device.hearing.hearing import Hearing  # noqa: PLC0415

    voice = in_room(at_level(shout(40), 86.0))
    assert [h.model for _, h in heard_in(voice, Hearing(120.0, True, model=model))][:1] == ["made-up-1"]
    calm = in_room(at_level(talk(40), 68.0))
    assert not heard_in(calm, Hearing(120.0, True, model=model))

    part_of = dict(csv.reader((tmp_path / "parts" / "parts.csv").read_text().splitlines()[1:]))
    assert set(part_of.values()) == {"0", "1", "2"}
    assert len(part_of) == 25
    of_parts = [json.loads((tmp_path / "parts" / f"part{part}.json").read_text()) for part in range(3)]
    assert [Model(part).version for part in of_parts] == [f"made-up-1-without-{part}" for part in range(3)]
    assert {part["threshold"] for part in of_parts} == {parameters["threshold"]}
    assert len({json.dumps(part["trees"]) for part in of_parts}) == 3, "each has learnt from others"


def test_data_that_cannot_be_used_are_refused_and_named(tmp_path: Path) -> None:
    with pytest.raises(DataRefused, match=r"labels.csv is missing"):
        read(tmp_path)
    head = "file,kind,cls,source,spl_lo,spl_hi\n"
    (tmp_path / "labels.csv").write_text(head + "a.wav,shout,x,y,,90\n")
    with pytest.raises(DataRefused, match="a row must have spl_lo"):
        read(tmp_path)
    (tmp_path / "labels.csv").write_text(head + "a.wav,song,x,y,70,90\n")
    with pytest.raises(DataRefused, match="a row must have kind of"):
        read(tmp_path)
    soundfile.write(tmp_path / "a.wav", np.zeros(800), 8000)
    (tmp_path / "labels.csv").write_text(head + "a.wav,shout,x,y,70,90\n")
    with pytest.raises(DataRefused, match=r"a.wav must be mono at 16000 Hz; given: 8000 Hz"):
        read(tmp_path)
    soundfile.write(tmp_path / "a.wav", np.zeros(800), RATE_HZ)
    with pytest.raises(DataRefused, match="has no recording of kind neg"):
        read(tmp_path)


def test_a_scene_has_every_recording_once_at_its_level_in_its_range(data: Path) -> None:
    clips = read(data)

    made = list(scenes(clips, UNCHANGED, 5))

    placed = [place for _, places in made for place in places]
    assert sorted(place.clip for place in placed) == [n for n, clip in enumerate(clips) if clip.kind != "bg"]
    for sound, places in made:
        for place in places:
            clip = clips[place.clip]
            assert clip.low_dba <= place.level_dba <= clip.high_dba
            heard = sound[int(place.start_s * RATE_HZ) : int(place.end_s * RATE_HZ)]
            assert 120.0 + active_level(heard) == pytest.approx(place.level_dba, abs=1.5)


def test_other_sounds_can_be_made_as_loud_as_shouts(data: Path) -> None:
    clips = read(data)

    placed = [place for _, places in scenes(clips, Change(louder_share=1.0), 5) for place in places]

    assert all(place.level_dba >= 76.0 for place in placed)


def test_a_recording_is_changed_in_speed_and_colour_but_not_in_kind() -> None:
    random = np.random.default_rng(2)
    voice = tone(400.0, 1.0)

    faster = [varied(voice, Change(0.1, 0.0), random) for _ in range(20)]
    peaks = [np.abs(np.fft.rfft(one)).argmax() / len(one) * RATE_HZ for one in faster]

    assert 360 <= min(peaks) < 395
    assert 405 < max(peaks) <= 445
    assert len({len(one) for one in faster}) > 10
    assert varied(voice, UNCHANGED, random) is voice
    echoing = in_some_room(np.concatenate((voice, np.zeros(8000))), random)
    assert np.abs(echoing[16_100:20_000]).max() > 0.001, "it goes on after the sound"


def rows_of(at_s: list[float], placed: list[int], events: list[Placed]) -> Rows:
    count = len(at_s)
    zeros = np.zeros(count)
    return Rows(np.zeros((count, 1)), np.array(at_s), zeros.astype(int), np.array(placed), events, 0.1, zeros)


def test_figures_are_told_by_recording_not_by_moment(data: Path) -> None:
    clips = read(data)
    loud, calm = 0, 1
    events = [Placed(loud, 1.0, 2.0, 84.0), Placed(calm, 5.0, 6.0, 60.0), Placed(calm, 9.0, 10.0, 60.0)]
    rows = rows_of([1.4, 1.5, 5.2, 5.3, 9.5, 30.0, 30.1], [0, 0, 1, 1, 2, -1, -1], events)

    told = figures(rows, clips, np.array([0.2, 3.0, 1.0, 1.5, -2.0, 0.5, 2.0]), threshold=0.9)

    assert (told.recall, told.recall_80) == (1.0, 1.0)
    assert told.false_per_h == pytest.approx(20.0), "one recording and one piece of the room in six minutes"
    assert told.latency_s[0] == pytest.approx(0.5)
    assert told.tripped == {"talk": "1/2", "room": "1"}
    assert told.found == {"shout/made": "1/1"}
    assert told.auc == 1.0


def test_auc_counts_ties_half() -> None:
    assert auc(np.array([1.0, 2.0]), np.array([1.0, 0.0])) == pytest.approx(0.875)


def test_evidence_begins_anew_after_a_pause_and_in_another_scene() -> None:
    rows = rows_of([1.0, 1.1, 1.2, 1.4, 2.0], [-1] * 5, [])

    evidence = decided_by(rows, np.full(5, 2.0))

    assert NONE < evidence[0] < evidence[1] < evidence[2] < evidence[3]
    assert evidence[4] == evidence[0]


def test_no_speaker_stands_on_both_sides(data: Path) -> None:
    clips = read(data)

    part = parts(clips, 3, seed=0)

    assert set(part) == {0, 1, 2}
    for seed in range(6):
        mine = {part[n] for n, clip in enumerate(clips) if clip.group == f"made voice{seed}"}
        assert len(mine) == 1
