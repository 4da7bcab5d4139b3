"""The heart of the hub with a dictionary for a database: fast enough for thousands of histories."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hub.alerts import Alert
from hub.escalation.plan import deadline, plan
from hub.escalation.roster import Absence, Roster
from hub.incidents import UNRESOLVED, Act, Incident, State, act, gather
from tests.support.calling import NOON, PEOPLE_LADDER, ROSTER
from tests.support.histories import Killed, Told


def moment(at: float) -> datetime:
    return NOON + timedelta(seconds=at)


class MemoryHub:
    """One counter."""

    def __init__(self) -> None:
        self.roster: Roster = ROSTER
        self.incident: Incident | None = None
        self._events = 0

    def press(self, kind: str, at: float, happened: float, *, kill: bool) -> list[Told]:
        self._events += 1
        late = at - happened
        alert = Alert(
            kind,  # type: ignore[arg-type]
            "c1",
            f"e-{self._events}",
            moment(happened),
            late if late >= 5 else 0.0,
            presses=1 if kind == "panic" else 0,
            phase="start" if kind == "shout" else "",
        )

        def step(current: Incident | None) -> Incident:
            gathered = gather(current, alert, moment(at))
            assert gathered is not None
            return gathered[0]

        return self._commit(at, step, kill=kill)

    def act(self, act_: Act, at: float, *, kill: bool) -> list[Told]:
        def step(current: Incident | None) -> Incident:
            assert current is not None
            return act(current, act_, moment(at), PEOPLE_LADDER.arrive_within_s)[0]

        return self._commit(at, step, kill=kill)

    def wake(self, at: float, *, kill: bool) -> list[Told]:
        due = self.due()
        if due is None or due > at or self.incident is None:
            return []
        return self._commit(at, lambda current: current or self._must(), kill=kill)

    def due(self) -> float | None:
        due = deadline(self.incident) if self.incident is not None else None
        return None if due is None else (due - NOON).total_seconds()

    def state(self) -> State | None:
        if self.incident is None or self.incident.state not in UNRESOLVED:
            return None
        return self.incident.state

    def absent(self, absences: Sequence[Absence]) -> None:
        self.roster = replace(ROSTER, absences=tuple(absences))

    def _must(self) -> Incident:
        raise AssertionError("only an incident has a deadline")

    def _commit(self, at: float, step: Callable[[Incident | None], Incident], *, kill: bool) -> list[Told]:
        changed = step(self.incident if self.state() is not None else None)
        planned = plan(moment(at), changed, PEOPLE_LADDER, self.roster)
        if kill:
            raise Killed
        self.incident = planned.incident
        return [
            Told(at, call.reason, tuple(r.target.address.partition("@")[0] for r in call.recipients))
            for call in planned.calls
        ]
