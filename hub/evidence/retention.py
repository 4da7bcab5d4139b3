"""How long a recording is kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hub.evidence.linking import Span
from hub.evidence.recording import Recording


class Kept(StrEnum):
    """Classes of retention, from the weakest reason to keep to the strongest."""

    NONE = "none"
    """No incident at the counter in that time."""
    DISMISSED = "dismissed"
    """A person decided: a false alarm, a fault, a drill."""
    INCIDENT = "incident"
    """An incident whose outcome nobody has decided."""
    COMPLAINT = "complaint"
    """A legitimate complaint."""
    HARASSMENT = "harassment"
    CASE = "case"
    """Repeated incidents that are handled as one."""


_BY_OUTCOME = {
    "harassment": Kept.HARASSMENT,
    "legitimate-complaint": Kept.COMPLAINT,
    "false-alarm": Kept.DISMISSED,
    "drill": Kept.DISMISSED,
    "fault": Kept.DISMISSED,
}

DAYS: Mapping[Kept, int] = {
    Kept.NONE: 30,
    Kept.DISMISSED: 30,
    Kept.INCIDENT: 365,
    Kept.COMPLAINT: 365,
    Kept.HARASSMENT: 1825,
    Kept.CASE: 1825,
}
"""Where the settings say nothing."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a recording."""

    kept: Kept
    until: datetime | None
    """When it is deleted; None: not while things are as they are."""
    held: bool = False


def class_of(recording: Recording, spans: Iterable[Span]) -> Kept:
    """The strongest reason to keep it."""
    order = list(Kept)
    found = [Kept.CASE if recording.why == "case" else Kept.NONE]
    for span in spans:
        if span.severity == "drill":
            found.append(Kept.DISMISSED)
        else:
            found.append(_BY_OUTCOME.get(span.outcome or "", Kept.INCIDENT))
    return max(found, key=order.index)


def fate(recording: Recording, spans: Iterable[Span], days: Mapping[Kept, int]) -> Fate:
    """Days count from the end of the recording. Nothing is deleted that is held, or whose incident nobody has
    closed: the record of it is still being made."""
    spans = tuple(spans)
    kept = class_of(recording, spans)
    if recording.hold is not None:
        return Fate(kept, None, held=True)
    if any(not span.closed and span.severity != "drill" for span in spans):
        return Fate(kept, None)
    return Fate(kept, recording.ended + timedelta(days=days[kept]))
