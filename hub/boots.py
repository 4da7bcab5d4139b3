"""When units' computers were started, by the hub's clock: it tells the true time where theirs was not set."""

from datetime import datetime, timedelta

UNITS_MAX = 5000
"""Units that are remembered; the broker decides who may speak, this bounds a mistake."""

CORRECT_S = 1.0
"""What is known to have happened earlier by less than this keeps its time, in seconds."""


def corrected(received: datetime, late_s: float, uptime_s: float, began: datetime) -> float | None:
    """How late an event was when it was ``received``, now that it is known when its boot ``began``. None
    where ``late_s``, which was thought, may stay: nothing moves to a later time.
    """
    late = (received - began).total_seconds() - uptime_s
    return late if late - late_s >= CORRECT_S else None


class Boots:
    """What status messages and heartbeats tell, as they come."""

    def __init__(self) -> None:
        self._began: dict[str, tuple[str, datetime]] = {}

    def tell(self, unit: str, boot: str, uptime_s: float, received: datetime) -> bool:
        """``uptime_s`` was sent just now. What waited on the way only makes the start seem later: the
        earliest of all tellings is the best. True when an earlier one has turned out to be wrong by so much
        that what was reckoned by it must be corrected.
        """
        began = received - timedelta(seconds=uptime_s)
        known = self._began.get(unit)
        if known is None and len(self._began) >= UNITS_MAX:
            return False
        wrong = False
        if known is not None and known[0] == boot:
            wrong = (known[1] - began).total_seconds() >= CORRECT_S
            began = min(began, known[1])
        self._began[unit] = (boot, began)
        return wrong

    def began(self, unit: str, boot: str) -> datetime | None:
        """When this boot began; None when nothing has been told of it."""
        known = self._began.get(unit)
        return known[1] if known is not None and known[0] == boot else None
