"""The incident: opened by the first alert at a counter, gathers what follows, ended by a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from hub.alerts import BUTTONS, Alert
from hub.escalation import Standing, Tier, begin, climb, due


class State(StrEnum):
    """How far the answer has come."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESPONDING = "responding"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Action(StrEnum):
    """What a person does with an incident."""

    ACKNOWLEDGE = "acknowledge"
    ARRIVE = "arrive"
    RESOLVE = "resolve"
    CLOSE = "close"


TRANSITIONS: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.OPEN, Action.ACKNOWLEDGE): State.ACKNOWLEDGED,
        (State.ACKNOWLEDGED, Action.ARRIVE): State.RESPONDING,
        (State.ACKNOWLEDGED, Action.RESOLVE): State.RESOLVED,
        (State.RESPONDING, Action.RESOLVE): State.RESOLVED,
        (State.RESOLVED, Action.CLOSE): State.CLOSED,
    }
)

UNRESOLVED = frozenset({State.OPEN, State.ACKNOWLEDGED, State.RESPONDING})
"""States in which an incident gathers what follows at its counter."""


class Severity(StrEnum):
    """How loud it is shown."""

    ALARM = "alarm"
    """Somebody pressed a button."""
    ATTENTION = "attention"
    """The hearing found a shout; nobody pressed anything."""


class Already(Exception):
    """The action does not fit the state: somebody was faster, or the page was old."""

    def __init__(self, incident: "Incident") -> None:
        super().__init__(f"incident {incident.id} is {incident.state}")
        self.by = incident.acknowledged_by
        self.state = incident.state


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident, as far as it has come."""

    id: int
    """0 until it is stored."""
    unit: str
    severity: Severity
    kinds: tuple[str, ...]
    """What happened, each kind once, in the order of its first alert."""
    state: State
    opened: datetime
    last: datetime
    """Time of the latest alert; both are the times at which it happened, UTC."""
    presses: int
    withdrawn: bool
    late_s: float
    """How much later than ``opened`` the hub heard of it, in seconds; 0 for what came at once."""
    last_event: str
    """``{epoch}-{sequence}`` of the alert that came last."""
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    standing: Standing | None = None
    """Place on the ladder while nobody has answered the alarm."""
    level_dba: float | None = None
    """The loudest that was found."""
    calibrated: bool | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an incident's timeline."""

    what: str
    at: datetime
    """When it happened, UTC."""
    who: str | None = None
    """Name of the person who did it; None for what machines did."""
    detail: Mapping[str, object] = field(default_factory=dict)


def opens(alert: Alert) -> bool:
    """Whether an alert begins an incident where there is none. A bang alone does not, and of a shout only
    its beginning: what goes on after a person has resolved the incident is not a new one."""
    return alert.kind in BUTTONS or (alert.kind == "shout" and alert.phase == "start")


def gather(
    current: Incident | None, alert: Alert, ladder: Sequence[Tier], now: datetime
) -> tuple[Incident, Entry] | None:
    """The incident after ``alert``; None when the alert belongs to no incident.

    ``current`` is the counter's unresolved incident, if there is one.
    """
    if current is None:
        if not opens(alert):
            return None
        current = _opened(alert)
    # A withdrawal stands for the press that it withdraws, which may arrive after it.
    kind = "panic" if alert.kind == "withdrawn" else alert.kind
    earlier = alert.happened < current.opened
    incident = replace(
        current,
        severity=Severity.ALARM if kind in ("panic", "assist") else current.severity,
        kinds=current.kinds if kind in current.kinds else (*current.kinds, kind),
        opened=alert.happened if earlier else current.opened,
        late_s=alert.late_s if earlier else current.late_s,
        last=max(current.last, alert.happened),
        presses=current.presses + alert.presses,
        withdrawn=current.withdrawn or alert.kind == "withdrawn",
        last_event=alert.event_id,
    )
    if alert.level_dba is not None and (current.level_dba is None or alert.level_dba > current.level_dba):
        incident = replace(incident, level_dba=alert.level_dba, calibrated=alert.calibrated)
    if incident.severity is Severity.ALARM and incident.state is State.OPEN and incident.standing is None:
        incident = replace(incident, standing=begin(ladder, now))
    return incident, Entry(alert.kind, alert.happened, detail=alert.detail)


def withdraw(incident: Incident, alert: Alert) -> tuple[Incident, Entry]:
    """A press that a person has already dealt with is withdrawn: it is noted, and opens nothing."""
    return replace(incident, withdrawn=True), Entry(alert.kind, alert.happened, detail=alert.detail)


def act(
    incident: Incident, action: Action, who: str, now: datetime, outcome: str | None = None
) -> tuple[Incident, Entry]:
    """What a person did. Raises ``Already`` when it does not fit the state."""
    state = TRANSITIONS.get((incident.state, action))
    if state is None:
        raise Already(incident)
    if (action is Action.CLOSE) != (outcome is not None):
        raise ValueError(f"an outcome belongs to {Action.CLOSE} and to nothing else; given: {action}")
    changed = replace(incident, state=state, standing=None, outcome=outcome)
    if action is Action.ACKNOWLEDGE:
        changed = replace(changed, acknowledged_by=who, acknowledged_at=now)
    return changed, Entry(action.value, now, who, {"outcome": outcome} if outcome else {})


def escalate(incident: Incident, ladder: Sequence[Tier], now: datetime) -> tuple[Incident, Entry] | None:
    """The incident with the next tier called; None when it is not (or no longer) due."""
    standing = incident.standing
    if standing is None or not due(standing, now):
        return None
    standing = climb(standing, ladder, now)
    called = {"index": standing.index, "round": standing.round, "name": ladder[standing.index].name}
    return replace(incident, standing=standing), Entry("tier", now, detail=called)


def _opened(alert: Alert) -> Incident:
    return Incident(
        id=0,
        unit=alert.unit,
        severity=Severity.ATTENTION,
        kinds=(),
        state=State.OPEN,
        opened=alert.happened,
        last=alert.happened,
        presses=0,
        withdrawn=False,
        late_s=alert.late_s,
        last_event=alert.event_id,
    )
