"""How far a call has gone up its ladder."""

from dataclasses import dataclass
from datetime import datetime

from hub.notices import Reason


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody is being called."""

    index: int
    """Tier that is being called, from 0."""
    round: int
    """How many times the ladder has been begun, from 1."""
    due: datetime
    """When the next tier is called, if nobody has answered by then; UTC."""
    reason: Reason = "alarm"
    """Why this tier was called."""

    @property
    def unanswered(self) -> bool:
        """Whether somebody was called, had their time, and nobody came."""
        return self.reason in ("escalation", "arrival")
