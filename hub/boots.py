"""When units' computers were started, by the hub's clock: it tells the true time where theirs was not set."""

from datetime import datetime, timedelta

UNITS_MAX = 5000
"""Units that are remembered; the broker decides who may speak, this bounds a mistake."""


class Boots:
    """What status messages and heartbeats tell, as they come."""

    def __init__(self) -> None:
        self._began: dict[str, tuple[str, datetime]] = {}

    def tell(self, unit: str, boot: str, uptime_s: float, received: datetime) -> None:
        """``uptime_s`` was sent just now. What waited on the way only makes the start seem later: the
        earliest of all tellings is the best.
        """
        began = received - timedelta(seconds=uptime_s)
        known = self._began.get(unit)
        if known is None and len(self._began) >= UNITS_MAX:
            return
        if known is not None and known[0] == boot:
            began = min(began, known[1])
        self._began[unit] = (boot, began)

    def began(self, unit: str, boot: str) -> datetime | None:
        """When this boot began; None when nothing has been told of it."""
        known = self._began.get(unit)
        return known[1] if known is not None and known[0] == boot else None
