"""An alert: what an event says that matters for incidents, with the time at which it happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from wire.messages import Event
from wire.messages.events import Assist, Bang, EventData, Panic, Shout, Withdrawn

LATE_AFTER_S = 5.0
"""An event that is older than this when it arrives is told to be late, in seconds."""

Kind = Literal["panic", "assist", "withdrawn", "shout", "bang"]
PRESSES: tuple[Kind, ...] = ("panic", "assist")
"""Buttons of a unit by what their press is called: it proves that the button works."""
BUTTONS: tuple[Kind, ...] = (*PRESSES, "withdrawn")
"""What a person did with a button: the lamp answers it."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert of one unit."""

    kind: Kind
    unit: str
    event_id: str
    happened: datetime
    late_s: float
    presses: int = 0
    phase: str = ""
    """Of a shout: start, update, end."""
    level_dba: float | None = None
    calibrated: bool | None = None
    marked: bool = False
    """The unit says that a drill was on when the button was pressed."""
    practice: bool = False
    """The hub agrees: see ``hub.drills.is_practice``."""
    withdraws: tuple[str, int] | None = None
    """Epoch and sequence of the press that is withdrawn."""
    detail: Mapping[str, object] = field(default_factory=dict)
    """For the timeline."""


def happened_at(event: Event, received: datetime, began: datetime | None = None) -> datetime:
    """When it happened, as well as can be known.

    A unit whose clock is not set may say 1970; then its uptime tells, if it is known when its boot ``began``.
    Otherwise, as for a time to come, the moment of arrival is the best that is known. The event itself keeps
    what the unit said.
    """
    if event.clock == "synced":
        return min(event.time, received)
    return received if began is None else min(began + timedelta(seconds=event.uptime), received)


def lateness_s(happened: datetime, received: datetime) -> float:
    """How much later than it ``happened`` the hub heard of it, in seconds; 0 for what came at once."""
    late = (received - happened).total_seconds()
    return round(late, 3) if late >= LATE_AFTER_S else 0.0


def alert_of(
    unit: str, event: Event, content: EventData | None, received: datetime, began: datetime | None = None
) -> Alert | None:
    """The alert that an event carries; None for events that are none."""
    happened = happened_at(event, received, began)
    late_s = lateness_s(happened, received)
    detail: dict[str, object] = {"late_s": late_s} if late_s else {}
    if event.clock == "unsynced":
        detail["unsynced"] = event.time.isoformat().replace("+00:00", "Z")
    common = (unit, event.id, happened, late_s)
    match content:
        case Panic():
            return Alert(
                "panic",
                *common,
                presses=content.presses,
                marked=content.drill,
                detail=detail | _presses(content.presses) | _drill(content.drill),
            )
        case Assist():
            return Alert("assist", *common, marked=content.drill, detail=detail | _drill(content.drill))
        case Withdrawn():
            panic = (content.panic_epoch, content.panic_sequence)
            return Alert("withdrawn", *common, withdraws=panic, detail=detail)
        case Shout():
            return Alert(
                "shout",
                *common,
                phase=content.phase,
                level_dba=content.level_dba,
                calibrated=content.calibrated,
                detail=detail | _finding(content) | {"phase": content.phase},
            )
        case Bang():
            return Alert("bang", *common, detail=detail | _finding(content))
    return None


def _presses(presses: int) -> dict[str, object]:
    return {"presses": presses} if presses > 1 else {}


def _drill(marked: bool) -> dict[str, object]:
    return {"drill": True} if marked else {}


def _finding(content: Shout | Bang) -> dict[str, object]:
    """With its reasons: whoever looks into the incident can read why the unit said so."""
    reasons: dict[str, object] = {
        "finding": content.finding,
        "level_dba": content.level_dba,
        "background_dba": content.background_dba,
        "duration_s": content.duration_s,
        "score": content.score,
        "model": content.model,
        "calibrated": content.calibrated,
    }
    if isinstance(content, Shout):
        reasons["voice_share"] = content.voice_share
        reasons |= {
            name: value
            for name, value in (("pitch_hz", content.pitch_hz), ("tilt_db", content.tilt_db))
            if value is not None
        }
    return reasons
