"""Evidence over time: one moment that sounds like a shout is not enough, and a clear one need not wait."""

from device.hearing import figures as f

NONE = -30.0
"""Of what is too quiet to be judged."""


class Evidence:
    """A running mean of the judgements (log odds), one for each hop. It starts against a shout, forgets
    within some tenths of a second, and no single judgement counts beyond ``EVIDENCE_MOST``."""

    def __init__(self) -> None:
        self._mean = f.EVIDENCE_START
        self._missed = f.EVIDENCE_GAP

    def feed(self, judged: float | None, hops: int = 1) -> float:
        """The evidence after so many more hops, of which the newest was judged; ``judged`` is None when
        it was too quiet for that. Looking less often must not make it slower to change."""
        if judged is None:
            self._missed += 1
            return NONE
        if self._missed >= f.EVIDENCE_GAP:
            self._mean = f.EVIDENCE_START
        self._missed = 0
        counted = min(max(judged, -f.EVIDENCE_MOST), f.EVIDENCE_MOST)
        self._mean += (1.0 - f.EVIDENCE_KEEPS**hops) * (counted - self._mean)
        return self._mean
