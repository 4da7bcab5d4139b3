"""What a model is worth, told by event: recall, false alarms by class, how soon."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from device.hearing.evidence import NONE, Evidence
from device.hearing.figures import EVIDENCE_GAP, FRAME_S, HOP
from tools.train_hearing.clips import Clip
from tools.train_hearing.rows import Rows

Array = npt.NDArray[np.float64]

HOP_S = HOP * FRAME_S


@dataclass(frozen=True, slots=True)
class Figures:
    """At one threshold."""

    threshold: float
    auc: float
    recall: float
    recall_80: float
    """Of shouts of at least 80 dB(A)."""
    false_per_h: float
    latency_s: tuple[float, float]
    """From the beginning of a shout to its finding: half, and 95 %, are found sooner."""
    tripped: dict[str, str]
    """By class: how many of how many."""
    found: dict[str, str]
    """Shouts by class and source."""

    def text(self) -> str:
        half, most = self.latency_s
        tripped = "  ".join(f"{name} {share}" for name, share in self.tripped.items())
        found = "  ".join(f"{name} {share}" for name, share in self.found.items())
        return (
            f"AUC {self.auc:.4f}  recall {self.recall:.3f}, from 80 dB(A) {self.recall_80:.3f}  "
            f"false {self.false_per_h:.1f}/h  latency {half:.2f}/{most:.2f} s  "
            f"threshold {self.threshold:.3f}\n  tripped by {tripped}\n  found {found}"
        )


def decided_by(rows: Rows, judged: Array) -> Array:
    """The evidence that the hearing has at each row, from the judgements of the rows."""
    evidence = np.empty(len(judged))
    mean = Evidence()
    for number, one in enumerate(judged.tolist()):
        apart = number == 0 or rows.scene[number] != rows.scene[number - 1]
        missed = EVIDENCE_GAP if apart else round((rows.at_s[number] - rows.at_s[number - 1]) / HOP_S) - 1
        for _ in range(min(missed, EVIDENCE_GAP)):
            mean.feed(None)
        evidence[number] = mean.feed(one)
    return evidence


def figures(
    rows: Rows, clips: Sequence[Clip], evidence: Array, recall: float = 0.95, threshold: float | None = None
) -> Figures:
    """``evidence``: what is decided by, for each row. ``recall`` gives the threshold, unless it is given."""
    events = rows.events
    owner = rows.placed
    best = np.full(len(events), NONE)
    np.maximum.at(best, owner[owner >= 0], evidence[owner >= 0])
    kind = np.array([clips[place.clip].kind for place in events])
    level = np.array([place.level_dba for place in events])
    shout = kind == "shout"
    at = float(np.quantile(best[shout], 1.0 - recall, method="lower")) if threshold is None else threshold
    over = best >= at
    room = owner < 0
    loud_pieces = {
        (s, int(t // 10))
        for s, t, e in zip(rows.scene[room], rows.at_s[room], evidence[room], strict=True)
        if e >= at
    }
    delays = []
    for number in np.flatnonzero(shout & over):
        first = rows.at_s[(owner == number) & (evidence >= at)][0]
        delays.append(first - events[number].start_s)
    return Figures(
        threshold=at,
        auc=auc(best[shout], best[kind == "neg"]),
        recall=float(over[shout].mean()),
        recall_80=float(over[shout & (level >= 80.0)].mean()),
        false_per_h=(int(over[~shout].sum()) + len(loud_pieces)) / rows.hours,
        latency_s=(float(np.median(delays)), float(np.percentile(delays, 95))),
        tripped=_shares([clips[p.clip].name for p in events], over, ~shout) | {"room": str(len(loud_pieces))},
        found=_shares([f"{clips[p.clip].name}/{clips[p.clip].source}" for p in events], over, shout),
    )


def auc(positive: Array, negative: Array) -> float:
    """How often a shout scores higher than another sound."""
    below = np.searchsorted(np.sort(negative), positive, "left")
    upto = np.searchsorted(np.sort(negative), positive, "right")
    return float((below + upto).mean() / 2.0 / len(negative))


def _shares(
    names: Sequence[str], over: npt.NDArray[np.bool_], which: npt.NDArray[np.bool_]
) -> dict[str, str]:
    total = Counter(name for name, counts in zip(names, which, strict=True) if counts)
    some = Counter(name for name, yes in zip(names, over & which, strict=True) if yes)
    return {name: f"{some[name]}/{total[name]}" for name in sorted(total)}
