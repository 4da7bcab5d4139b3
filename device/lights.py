"""What the alarm light and the link light say: truth tables over what is known, never over what is hoped."""

from dataclasses import dataclass
from typing import Literal

from wire.lights import COMING, FAULT, NEIGHBOUR, OFF, STEADY, STORED, UNANSWERED, WAITING, Pattern
from wire.limits import DELIVERY_WARNING_S

_LAMP = {"stored": STORED, "coming": COMING, "unanswered": UNANSWERED}


@dataclass(frozen=True, slots=True)
class Known:
    """All that the alarm light may depend on."""

    unstored_s: float | None
    """Age of the oldest own alarm without a receipt, in seconds; None when the hub has them all."""
    answered: bool
    """Whether the lamp takes our last own alarm into account; True when there is none."""
    lamp: Literal["off", "stored", "coming", "unanswered"]
    """What the hub last said; "off" before it said anything."""
    neighbour: bool
    """Whether another unit of the area has an alarm."""


def alarm_light(known: Known) -> Pattern:
    """The first line that applies decides.

    An own alarm that the hub has not stored outweighs everything, then one that the lamp does not yet speak
    of; only then the lamp, and a neighbour last.
    """
    if known.unstored_s is not None:
        return UNANSWERED if known.unstored_s >= DELIVERY_WARNING_S else WAITING
    if not known.answered:
        return STORED
    if known.lamp != "off":
        return _LAMP[known.lamp]
    return NEIGHBOUR if known.neighbour else OFF


def link_light(connected: bool, fault: bool) -> Pattern:
    """Dark without a connection, whatever else is wrong: a lit light would say that help can be called."""
    if not connected:
        return OFF
    return FAULT if fault else STEADY
