"""What the hearing found, in the contract's words."""

from typing import Any

from device.decisions import Send
from device.hearing.findings import Heard
from device.inputs import Now
from device.telling import Telling
from wire.messages.events import Bang, Shout


def finding_of(heard: Heard) -> Bang | Shout:
    """The event's data."""
    shared: dict[str, Any] = {
        "finding": heard.finding,
        "level_dba": heard.level_dba,
        "background_dba": heard.background_dba,
        "duration_s": heard.duration_s,
        "score": heard.score,
        "calibrated": heard.calibrated,
        "model": heard.model,
    }
    if heard.kind == "bang":
        return Bang(**shared)
    return Shout(
        **shared,
        phase=heard.phase,
        voice_share=heard.voice_share,
        pitch_hz=heard.pitch_hz,
        tilt_db=heard.tilt_db,
    )


def tell_finding(heard: Heard, telling: Telling, now: Now) -> list[Send]:
    """Its event. An update is worth less than a place in a backlog that overflows; start and end are not."""
    said = finding_of(heard)
    if isinstance(said, Bang) or said.phase == "update":
        return telling.say(said, now)
    return [telling.event(said, now)]
