"""The shout: a sound far above the room that the model takes for a raised voice.

Two stages. The level is looked at always. Only while it is high enough that a shout is possible, the model
judges the newest two and a half seconds every tenth of a second; its judgements add up to evidence. Once the
shout is found, it is asked less often.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from device.hearing import figures as f
from device.hearing.evidence import NONE, Evidence
from device.hearing.features import NAMES, NO_PITCH, Array
from device.hearing.findings import Heard, Reasons
from device.hearing.memory import Memory
from device.hearing.model import Model
from device.hearing.moment import Moment

_PITCH, _TILT, _VOICED = (NAMES.index(name) for name in ("pitch", "tilt", "voiced"))


def share(evidence: float) -> float:
    """The score of this evidence: 0 to 1, 0.5 on the threshold of the normal sensitivity."""
    return 1.0 / (1.0 + math.exp(-min(max(evidence, NONE), -NONE)))


@dataclass(slots=True)
class _Finding:
    token: str
    began_s: float
    last_loud_s: float
    told_s: float
    level_dba: float
    evidence: float
    reasons: Reasons
    loud: int
    voiced: int


class ShoutFinder:
    """Feed it moments; it says when a shout begins, goes on and ends."""

    def __init__(
        self, calibrated: bool, new_token: Callable[[], str], model: Model, sensitivity: f.Sensitivity
    ) -> None:
        self.evidence = NONE
        """Log odds of the newest tenth of a second; 0 lies on the threshold of the normal sensitivity."""
        self.features: Array | None = None
        """What the newest evidence was judged by; None when it was too quiet to be looked at."""
        self._calibrated = calibrated
        self._new_token = new_token
        self._model = model
        self.sensitivity = sensitivity
        """Can be set at any moment, from any thread."""
        self.memory = Memory()
        self._mean = Evidence()
        self._hops = 0
        self._began_s = 0.0
        self._loud = self._voiced = 0
        self._top_dba = f.UNHEARD_DBA
        self._finding: _Finding | None = None

    def feed(self, now: Moment) -> Heard | None:
        """The next step of a finding, or None."""
        self._count(now)
        judges = self._finding is None or (self._hops + 1) % f.JUDGE_AGAIN == 0
        hop = self.memory.feed(now, look=judges)
        if hop:
            self._hops += 1
            if judges:
                self._judge(now)
        if self._finding is not None:
            return self._go_on(self._finding, now)
        if not hop or (reasons := self.reasons) is None or self._top_dba < now.threshold_dba:
            return None
        return self._begin(now, reasons) if share(self.evidence) >= self.sensitivity.score else None

    def _count(self, now: Moment) -> None:
        """What is known of the loud sound that goes on."""
        if not now.listened:
            self._loud = self._voiced = 0
            return
        if not self._loud:
            self._began_s = now.at_s - f.FRAME_S
            self._top_dba = now.level_dba
        self._loud += 1
        self._voiced += now.voice
        self._top_dba = max(self._top_dba, now.level_dba)

    @property
    def reasons(self) -> Reasons | None:
        """What the newest sound was like; None when it was too quiet to be looked at."""
        if self.features is None:
            return None
        pitch = float(self.features[_PITCH])
        return Reasons(
            None if pitch <= NO_PITCH else 2.0**pitch,
            float(self.features[_TILT]),
            float(self.features[_VOICED]),
        )

    def _judge(self, now: Moment) -> None:
        judged: float | None = None
        self.features = None
        if now.listened and self.memory.loudest_dba >= f.JUDGE_DBA:
            self.features = self.memory.features()
            judged = float(self._model.judge(self.features[None])[0])
        hops = 1 if self._finding is None else f.JUDGE_AGAIN
        self.evidence = self._mean.feed(judged, hops) - self._model.threshold

    def _begin(self, now: Moment, reasons: Reasons) -> Heard:
        self._finding = _Finding(
            token=self._new_token(),
            began_s=self._began_s,
            last_loud_s=now.at_s,
            told_s=now.at_s,
            level_dba=self._top_dba,
            evidence=self.evidence,
            reasons=reasons,
            loud=self._loud,
            voiced=self._voiced,
        )
        return self._tell(self._finding, now, "start")

    def _weigh(self, finding: _Finding) -> None:
        """The clearest moment gives the reasons."""
        if self.evidence > finding.evidence and (reasons := self.reasons) is not None:
            finding.evidence, finding.reasons = self.evidence, reasons

    def _go_on(self, finding: _Finding, now: Moment) -> Heard | None:
        self._weigh(finding)
        if now.level_dba >= max(now.threshold_dba, finding.level_dba - f.RELEASE_DB):
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
            score=share(finding.evidence),
            voice_share=finding.voiced / finding.loud,
            pitch_hz=finding.reasons.pitch_hz,
            tilt_db=finding.reasons.tilt_db,
            calibrated=self._calibrated,
            model=self._model.version,
        )
