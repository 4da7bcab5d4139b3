"""Every light of a unit and every pattern it can show: the one table.

Patterns differ by rhythm and lights by position, so that none needs colour to be told apart. A rhythm is
a cycle of milliseconds, on first: ``(250, 250)`` is 250 ms on, 250 ms off, for ever. ``()`` is dark, one
number is steady light. A rhythm that ``fades`` rises and falls (PWM) instead of switching. None flashes more
than twice in a second: the same table is drawn on pages, where WCAG 2.3.1 allows no more than three.
"""

from dataclasses import dataclass
from enum import StrEnum


class Light(StrEnum):
    """The lights of a unit, in the order they stand on it."""

    ALARM = "alarm"
    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    REC = "rec"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a light does, and what that means."""

    name: str
    rhythm_ms: tuple[int, ...]
    means: str
    """English; the pages translate it."""
    fades: bool = False


# The alarm light. Each says only what is known; see design, section 3.
OFF = Pattern("off", (), "No alarm")
WAITING = Pattern("waiting", (250, 250), "Sent, not yet stored by the hub")
STORED = Pattern("stored", (1000,), "The hub has the alarm")
COMING = Pattern("coming", (1500, 1500), "A named person is coming", fades=True)
UNANSWERED = Pattern("unanswered", (150, 150, 150, 1050), "Nobody has answered: use the telephone")
NEIGHBOUR = Pattern("neighbour", (80, 1920), "A neighbouring counter needs help")
IDENTIFY = Pattern("identify", (900, 300, 300, 300), "This unit shows where it is")
"""Every light of the unit at once, which no alarm does, and only while there is no alarm to show."""

# The other lights.
STEADY = Pattern("steady", (1000,), "On")
BLINK = Pattern("blink", (500, 500), "Past the grace time")
UNKNOWN = Pattern("unknown", (300, 2700), "How long the meeting has lasted is not known")
FAULT = Pattern("fault", (1850, 150), "This unit reports a fault")

ALARM_PATTERNS = (OFF, WAITING, STORED, COMING, UNANSWERED, NEIGHBOUR, IDENTIFY)
PATTERNS: dict[str, Pattern] = {p.name: p for p in (*ALARM_PATTERNS, STEADY, BLINK, UNKNOWN, FAULT)}


def lit_at(pattern: Pattern, elapsed_ms: float) -> float:
    """Brightness in 0..1 of ``pattern``, ``elapsed_ms`` after it began.

    A pattern that fades follows a triangle over its whole cycle: up during the first part, down in the rest.
    """
    rhythm = pattern.rhythm_ms
    if not rhythm:
        return 0.0
    if len(rhythm) == 1:
        return 1.0
    phase = elapsed_ms % sum(rhythm)
    if pattern.fades:
        up, down = rhythm
        return phase / up if phase < up else 1.0 - (phase - up) / down
    for index, span in enumerate(rhythm):
        if phase < span:
            return 0.0 if index % 2 else 1.0
        phase -= span
    raise AssertionError("a phase lies inside its cycle")
