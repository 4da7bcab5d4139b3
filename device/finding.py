"""What the hearing found, in the contract's words."""

from typing import Any

from device.hearing.findings import Heard
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
