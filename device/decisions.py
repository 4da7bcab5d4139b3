"""What the heart decides; hands carry it out."""

from dataclasses import dataclass

from wire.lights import Light, Pattern
from wire.messages import Event


@dataclass(frozen=True, slots=True)
class Send:
    """Publish this event and write it to the outbox, side by side."""

    event: Event


@dataclass(frozen=True, slots=True)
class Show:
    """From now on ``light`` shows ``pattern``."""

    light: Light
    pattern: Pattern


Decision = Send | Show
