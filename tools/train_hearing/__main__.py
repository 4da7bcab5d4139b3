"""``python -m tools.train_hearing DATA``: fit the model of the hearing, and say what it is worth."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tools.train_hearing.boost import How
from tools.train_hearing.clips import Clip, DataRefused, read
from tools.train_hearing.figures import Figures, figures, twice
from tools.train_hearing.fit import Weights, cross, fit
from tools.train_hearing.rows import Rows, of_scenes
from tools.train_hearing.scenes import NONE, Change

PARAMETERS = Path(__file__).resolve().parents[2] / "device" / "hearing" / "parameters.json"

RECALL = 0.95
"""The threshold of the normal sensitivity finds this part of the shouts that the model has not learnt."""


def main() -> int:
    """The command. 0 well, 2 data refused."""
    parser = argparse.ArgumentParser(prog="make train-hearing", description=__doc__)
    parser.add_argument(
        "data", type=Path, help="folder with labels.csv and the recordings; see docs/hearing.md"
    )
    parser.add_argument("--out", type=Path, default=PARAMETERS, help="the parameter file")
    parser.add_argument("--name", default="shout-trees-2", help="name and version of the model")
    parser.add_argument(
        "--draws", type=int, default=4, help="scenes to learn from, each with every recording"
    )
    parser.add_argument("--judged", type=int, default=3, help="scenes to judge by")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    try:
        clips = read(chosen.data)
    except DataRefused as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 2
    print(
        f"{len(clips)} recordings of {len({clip.group for clip in clips})} speakers and sources", flush=True
    )
    learnt = of_scenes(clips, Change(), range(chosen.seed, chosen.seed + chosen.draws))
    print(f"learning from {learnt.hours:.1f} h of scenes, {len(learnt.at_s)} looks", flush=True)
    judged = of_scenes(clips, NONE, range(chosen.seed + 100, chosen.seed + 100 + chosen.judged))
    grow, weights = How(seed=chosen.seed), Weights()
    evidence = twice(judged, cross(learnt, judged, clips, grow, weights))
    worth = figures(judged, clips, evidence, RECALL)
    print(f"by parts left out, {judged.hours:.1f} h:\n{worth.text()}", flush=True)
    everything = np.ones(len(learnt.events), dtype=bool)
    parameters = fit(learnt, clips, everything, grow, weights)
    parameters |= {
        "version": chosen.name,
        "threshold": round(worth.threshold, 4),
        "made": made(clips, learnt, worth),
    }
    chosen.out.write_text(text_of(parameters))
    print(f"written: {chosen.out.name}")
    return 0


def made(clips: Sequence[Clip], learnt: Rows, worth: Figures) -> dict[str, object]:
    """How the parameters came about, for the reader of the file."""
    return {
        "by": "make train-hearing",
        "from": sorted({clip.source for clip in clips}),
        "hours": round(learnt.hours, 1),
        "recall": round(worth.recall, 3),
        "auc": round(worth.auc, 4),
        "false_per_h": round(worth.false_per_h, 1),
        "latency_s": [round(seconds, 2) for seconds in worth.latency_s],
    }


def text_of(parameters: dict[str, object]) -> str:
    """The file: one line for each tree."""
    trees = parameters["trees"]
    if not isinstance(trees, list):
        raise TypeError(f"trees is a list, not {type(trees).__name__}")
    head = json.dumps({name: value for name, value in parameters.items() if name != "trees"}, indent=1)
    lines = ",\n  ".join(json.dumps(tree) for tree in trees)
    return f'{head[:-2]},\n "trees": [\n  {lines}\n ]\n}}\n'


if __name__ == "__main__":
    sys.exit(main())
