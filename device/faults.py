"""Parts that do not work: each fault is told once when it comes and once when it goes.

While only alarms are accepted no event tells it, and the heartbeat alone does. Afterwards each part that is
not as it was last told is told as it is then, with the time at which it became so.
"""

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
        self._told: dict[str, str] = {}
        self._untold: dict[str, tuple[str | None, Now]] = {}
        """Part to how it is and since when, where no event has told that: one for each part at most."""

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
        if (part.fault is None) is (part.part not in self._open):
            return []
        if part.fault is None:
            del self._open[part.part]
        else:
            self._open[part.part] = part.fault
        return self._tell(part, now)

    def backlog(self, backlog: BacklogFull, now: Now) -> list[Decision]:
        """The fault itself is still accepted, so it is said before the door closes and after it opens."""
        self._telling.full = False
        fault = "too much waits for the hub: only alarms are accepted" if backlog.full else None
        decided = self.part(PartState(BACKLOG, fault), now)
        self._telling.full = backlog.full
        if not backlog.full:
            untold, self._untold = self._untold, {}
            for part, (state, since) in untold.items():
                decided += self._tell(PartState(part, state), since)
        return decided

    def _tell(self, part: PartState, since: Now) -> list[Decision]:
        self._untold.pop(part.part, None)
        if self._told.get(part.part) == part.fault:
            return []  # it is again as it was told
        if self._telling.full:
            self._untold[part.part] = (part.fault, since)
            return []
        if part.fault is None:
            del self._told[part.part]
            return [*self._telling.say(FaultCleared(part=part.part), since)]
        self._told[part.part] = part.fault
        return [*self._telling.say(FaultRaised(part=part.part, detail=part.fault), since)]
