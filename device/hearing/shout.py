"""The shout: a sound that stays far above the room and has the character of a raised voice.

The level decides most. What is dark (calm speech near the microphone), flat (a bang, a sneeze), without a
pitch (a cough) or sharp (a hiss) has decibels taken off before it is compared with the threshold. A crying
baby passes all of these; telling it apart needs a longer look than this rule takes.
"""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from device.hearing import figures as f
from device.hearing.cues import Character, Cues, look, together
from device.hearing.findings import Heard
from device.hearing.moment import Moment

MODEL = "shout-level-character-1"

_SUSTAINED = round(f.SUSTAINED_S / f.FRAME_S)


@dataclass(slots=True)
class _Finding:
    token: str
    began_s: float
    last_loud_s: float
    told_s: float
    level_dba: float
    evidence_db: float
    loud: int
    voiced: int


@dataclass(slots=True)
class _Run:
    """Loud frames without a gap."""

    levels: deque[float] = field(default_factory=lambda: deque(maxlen=_SUSTAINED))
    cues: deque[Cues] = field(default_factory=lambda: deque(maxlen=round(f.CUES_S / f.FRAME_S)))
    began_s: float = 0.0
    loud: int = 0
    voiced: int = 0


def discount_db(character: Character) -> float:
    """Decibels by which a sound of this character counts as quieter than it is; 0 for a clear shout."""
    dark = f.DARK_COST * (f.DARK_BELOW_DB - character.tilt_db)
    sharp = f.SHARP_COST * (character.sharpness_db - f.SHARP_ABOVE_DB)
    flat = f.NOISE_COST * (character.flatness_db - f.NOISE_ABOVE_DB)
    aperiodic = f.APERIODIC_COST * (f.APERIODIC_BELOW - character.periodicity)
    return (
        min(max(dark, 0.0), f.DARK_COST_MAX_DB)
        + min(max(sharp, 0.0), f.SHARP_COST_MAX_DB)
        + min(max(flat, 0.0), f.NOISE_COST_MAX_DB)
        + min(max(aperiodic, 0.0), f.NOISE_COST_MAX_DB)
    )


class ShoutFinder:
    """Feed it moments; it says when a shout begins, goes on and ends."""

    def __init__(self, calibrated: bool, new_token: Callable[[], str]) -> None:
        self.evidence_db = -math.inf
        """How far the newest sound lies above the threshold, after the discount; -inf when not sustained."""
        self._calibrated = calibrated
        self._new_token = new_token
        self._run = _Run()
        self._finding: _Finding | None = None

    def feed(self, now: Moment) -> Heard | None:
        """The next step of a finding, or None."""
        self.evidence_db = self._evidence(now)
        if self._finding is None:
            return self._begin(now) if self.evidence_db >= 0.0 else None
        return self._go_on(self._finding, now)

    def _evidence(self, now: Moment) -> float:
        if now.level_dba < now.threshold_dba:
            if self._run.loud:
                self._run = _Run()
            return -math.inf
        run = self._run
        if not run.loud:
            run.began_s = now.at_s - f.FRAME_S
        run.loud += 1
        run.voiced += now.voice
        run.levels.append(now.level_dba)
        run.cues.append(look(now.window, now.energy))
        if len(run.levels) < _SUSTAINED:
            return -math.inf
        return min(run.levels) - now.threshold_dba - discount_db(together(run.cues))

    def _begin(self, now: Moment) -> Heard:
        run = self._run
        self._finding = _Finding(
            token=self._new_token(),
            began_s=run.began_s,
            last_loud_s=now.at_s,
            told_s=now.at_s,
            level_dba=max(run.levels),
            evidence_db=self.evidence_db,
            loud=run.loud,
            voiced=run.voiced,
        )
        return self._tell(self._finding, now, "start")

    def _go_on(self, finding: _Finding, now: Moment) -> Heard | None:
        finding.evidence_db = max(finding.evidence_db, self.evidence_db)
        if now.level_dba >= now.threshold_dba - f.RELEASE_DB:
            finding.last_loud_s = now.at_s
            finding.level_dba = max(finding.level_dba, now.level_dba)
            finding.loud += 1
            finding.voiced += now.voice
        elif now.at_s - finding.last_loud_s >= f.RELEASE_S:
            self._finding = None
            return self._tell(finding, now, "end")
        if now.at_s - finding.told_s >= f.UPDATE_S:
            finding.told_s = now.at_s
            return self._tell(finding, now, "update")
        return None

    def _tell(self, finding: _Finding, now: Moment, phase: Literal["start", "update", "end"]) -> Heard:
        return Heard(
            kind="shout",
            phase=phase,
            finding=finding.token,
            level_dba=finding.level_dba,
            background_dba=now.background_dba,
            duration_s=finding.last_loud_s - finding.began_s,
            score=1.0 / (1.0 + math.exp(-finding.evidence_db / f.SCORE_STEP_DB)),
            voice_share=finding.voiced / finding.loud,
            calibrated=self._calibrated,
            model=MODEL,
        )
