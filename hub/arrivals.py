"""What has arrived and is not read yet: alarms stand in front of everything else."""

from collections import deque

from hub.flood import looks_like_alarm
from wire.link import Delivery


class Arrivals:
    """One thread puts, another takes. A unit's alarm may come before what it sent earlier: the hub stores
    events in any order, and a thousand units that come back must keep no press waiting."""

    def __init__(self) -> None:
        self._alarms: deque[Delivery] = deque()
        self._others: deque[Delivery] = deque()

    def __len__(self) -> int:
        return len(self._alarms) + len(self._others)

    def put(self, delivery: Delivery) -> None:
        """Add one at the end of its line."""
        (self._alarms if looks_like_alarm(delivery.payload) else self._others).append(delivery)

    def take(self) -> Delivery:
        """The next one. Raises ``IndexError`` when there is none."""
        return self._alarms.popleft() if self._alarms else self._others.popleft()
