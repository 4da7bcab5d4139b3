"""Which recordings belong to which incidents: of the same counter, at the same time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.evidence.recording import Recording

NEAR = timedelta(seconds=60)
"""A recording that was begun by the press of an incident belongs to it although its start was reckoned by
another clock; beyond this it is another one's."""


@dataclass(frozen=True, slots=True)
class Span:
    """When an incident went on."""

    incident: int
    unit: str
    opened: datetime
    over: datetime | None
    """When it was resolved; None: it goes on."""
    outcome: str | None = None
    closed: bool = False
    severity: str = "alarm"


def belongs(recording: Recording, span: Span, now: datetime) -> bool:
    """Whether the recording holds something of the incident."""
    if recording.unit != span.unit:
        return False
    over = max(span.opened, span.over or now)
    until = recording.ended if recording.end is not None else max(recording.ended, recording.started)
    near = NEAR if recording.why == "panic" else timedelta(0)
    return recording.started - near <= over and span.opened <= until + near
