"""Parts that do not work: each fault is told once when it comes and once when it goes."""

from device.decisions import Decision
from device.inputs import BacklogFull, Now, PartState
from device.telling import Telling
from wire.messages.events import FaultCleared, FaultRaised

BACKLOG = "backlog"
"""The part whose fault says that so much waits for the hub that only alarms are accepted."""


class Faults:
    """The open faults of one unit."""

    def __init__(self, telling: Telling) -> None:
        self._telling = telling
        self._open: dict[str, str] = {}

    def __contains__(self, part: str) -> bool:
        return part in self._open

    def __bool__(self) -> bool:
        return bool(self._open)

    @property
    def names(self) -> list[str]:
        """Parts with an open fault."""
        return sorted(self._open)

    def part(self, part: PartState, now: Now) -> list[Decision]:
        """Take how a part is."""
        if part.fault is not None and part.part not in self._open:
            self._open[part.part] = part.fault
            return [*self._telling.say(FaultRaised(part=part.part, detail=part.fault), now)]
        if part.fault is None and part.part in self._open:
            del self._open[part.part]
            return [*self._telling.say(FaultCleared(part=part.part), now)]
        return []

    def backlog(self, backlog: BacklogFull, now: Now) -> list[Decision]:
        """The fault itself is still accepted, so it is said before the door closes and after it opens."""
        self._telling.full = False
        fault = "too much waits for the hub: only alarms are accepted" if backlog.full else None
        decided = self.part(PartState(BACKLOG, fault), now)
        self._telling.full = backlog.full
        return decided
