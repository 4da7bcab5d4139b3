"""The incident: which alerts open it, what it gathers, and what people may do with it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.alerts import Alert
from hub.escalation import Tier
from hub.incidents import (
    TRANSITIONS,
    Action,
    Already,
    Incident,
    Severity,
    State,
    act,
    escalate,
    gather,
    opens,
)

NOW = datetime(2026, 11, 22, 5, 5, 32, tzinfo=UTC)
LADDER = (Tier("係長", "Team leader", 30.0), Tier("課長", "Section head", 60.0))


def alert(kind: Any = "panic", second: float = 0, **changes: Any) -> Alert:
    presses = {"presses": 1} if kind == "panic" else {}
    phase = {"phase": "start"} if kind == "shout" else {}
    happened = NOW + timedelta(seconds=second)
    values: dict[str, Any] = {"late_s": 0.0, "event_id": f"e-{second:g}"} | presses | phase | changes
    return Alert(kind=kind, unit="c1", happened=happened, **values)


def opened(kind: Any = "panic", **changes: Any) -> Incident:
    gathered = gather(None, alert(kind, **changes), LADDER, NOW)
    assert gathered is not None
    return gathered[0]


def in_state(state: State) -> Incident:
    return replace(opened(), id=7, state=state, acknowledged_by="山田")


EXPECTED = {
    (State.OPEN, Action.ACKNOWLEDGE): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED, Action.ARRIVE): State.RESPONDING,
    (State.ACKNOWLEDGED, Action.RESOLVE): State.RESOLVED,
    (State.RESPONDING, Action.RESOLVE): State.RESOLVED,
    (State.RESOLVED, Action.CLOSE): State.CLOSED,
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_pair_of_state_and_action(state: State, action: Action) -> None:
    outcome = "false-alarm" if action is Action.CLOSE else None
    if (state, action) in EXPECTED:
        changed, entry = act(in_state(state), action, "佐藤", NOW, outcome)
        assert changed.state is EXPECTED[(state, action)]
        assert (entry.what, entry.who, entry.at) == (action.value, "佐藤", NOW)
    else:
        with pytest.raises(Already) as refused:
            act(in_state(state), action, "佐藤", NOW, outcome)
        assert (refused.value.by, refused.value.state) == ("山田", state)


def test_the_table_has_no_other_transition() -> None:
    assert dict(TRANSITIONS) == EXPECTED


def test_to_acknowledge_names_the_person_and_leaves_the_ladder() -> None:
    changed, _ = act(opened(), Action.ACKNOWLEDGE, "佐藤", NOW)
    assert (changed.acknowledged_by, changed.acknowledged_at, changed.standing) == ("佐藤", NOW, None)


def test_an_incident_is_closed_with_an_outcome_and_nothing_else_has_one() -> None:
    closed, entry = act(in_state(State.RESOLVED), Action.CLOSE, "佐藤", NOW, "legitimate-complaint")
    assert closed.outcome == "legitimate-complaint"
    assert entry.detail == {"outcome": "legitimate-complaint"}
    with pytest.raises(ValueError, match="outcome"):
        act(in_state(State.RESOLVED), Action.CLOSE, "佐藤", NOW)
    with pytest.raises(ValueError, match="outcome"):
        act(in_state(State.OPEN), Action.ACKNOWLEDGE, "佐藤", NOW, "false-alarm")


@pytest.mark.parametrize(
    ("kind", "severity"),
    [("panic", Severity.ALARM), ("assist", Severity.ALARM), ("shout", Severity.ATTENTION)],
)
def test_the_first_alert_opens_an_incident(kind: str, severity: Severity) -> None:
    incident = opened(kind)
    assert (incident.severity, incident.kinds, incident.state) == (severity, (kind,), State.OPEN)
    assert incident.presses == (1 if kind == "panic" else 0)
    assert (incident.standing is not None) == (severity is Severity.ALARM)


def test_a_bang_or_the_rest_of_a_shout_opens_nothing() -> None:
    for quiet in (alert("bang"), alert("shout", phase="update"), alert("shout", phase="end")):
        assert not opens(quiet)
        assert gather(None, quiet, LADDER, NOW) is None


@pytest.mark.parametrize("state", [State.OPEN, State.ACKNOWLEDGED, State.RESPONDING])
def test_a_press_joins_the_unresolved_incident(state: State) -> None:
    gathered = gather(in_state(state), alert("panic", 12, presses=3), LADDER, NOW)
    assert gathered is not None
    incident, entry = gathered
    assert (incident.id, incident.state, incident.presses) == (7, state, 4)
    assert (incident.opened, incident.last) == (NOW, NOW + timedelta(seconds=12))
    assert (incident.last_event, entry.what) == ("e-12", "panic")


def test_each_kind_is_named_once_in_the_order_it_came() -> None:
    incident = opened("shout", level_dba=81.0, calibrated=True)
    for kind in ("bang", "panic", "shout", "assist", "panic"):
        gathered = gather(incident, alert(kind), LADDER, NOW)
        assert gathered is not None
        incident = gathered[0]
    assert incident.kinds == ("shout", "bang", "panic", "assist")


def test_a_press_makes_an_alarm_of_an_attention_and_begins_the_ladder() -> None:
    later = NOW + timedelta(seconds=40)
    gathered = gather(opened("shout"), alert("panic", 40), LADDER, later)
    assert gathered is not None
    incident = gathered[0]
    assert incident.severity is Severity.ALARM
    assert incident.standing is not None
    assert incident.standing.due == later + timedelta(seconds=30)


def test_a_press_where_somebody_is_coming_does_not_begin_the_ladder() -> None:
    coming, _ = act(opened("shout"), Action.ACKNOWLEDGE, "佐藤", NOW)
    gathered = gather(coming, alert("panic", 5), LADDER, NOW)
    assert gathered is not None
    assert (gathered[0].severity, gathered[0].standing) == (Severity.ALARM, None)


def test_the_loudest_level_stays() -> None:
    incident = opened("shout", level_dba=81.0, calibrated=True)
    for level, calibrated, kept in ((79.0, False, (81.0, True)), (84.5, False, (84.5, False))):
        gathered = gather(incident, alert("shout", level_dba=level, calibrated=calibrated), LADDER, NOW)
        assert gathered is not None
        incident = gathered[0]
        assert (incident.level_dba, incident.calibrated) == kept


def test_an_earlier_press_that_arrives_later_is_when_it_began() -> None:
    gathered = gather(opened(), alert("panic", -90, late_s=90.0), LADDER, NOW)
    assert gathered is not None
    incident = gathered[0]
    assert (incident.opened, incident.last, incident.late_s) == (NOW - timedelta(seconds=90), NOW, 90.0)


def test_a_withdrawal_silences_nothing() -> None:
    gathered = gather(opened(), alert("withdrawn", 5, withdraws=("ab" * 4, 1)), LADDER, NOW)
    assert gathered is not None
    incident, entry = gathered
    assert (incident.withdrawn, incident.state, incident.severity) == (True, State.OPEN, Severity.ALARM)
    assert (incident.presses, incident.kinds, entry.what) == (1, ("panic",), "withdrawn")
    assert incident.standing is not None


def test_a_withdrawal_that_overtakes_its_press_opens_the_incident_that_the_press_joins() -> None:
    incident = opened("withdrawn", withdraws=("ab" * 4, 1))
    assert (incident.withdrawn, incident.severity, incident.presses) == (True, Severity.ALARM, 0)
    gathered = gather(incident, alert("panic", -3), LADDER, NOW)
    assert gathered is not None
    assert (gathered[0].presses, gathered[0].withdrawn) == (1, True)


def test_the_ladder_is_climbed_only_when_due_and_unanswered() -> None:
    incident = opened()
    assert escalate(incident, LADDER, NOW + timedelta(seconds=29.9)) is None
    climbed = escalate(incident, LADDER, NOW + timedelta(seconds=30))
    assert climbed is not None
    incident, entry = climbed
    assert incident.standing is not None
    assert (incident.standing.index, incident.standing.round) == (1, 1)
    assert entry.detail == {"index": 1, "round": 1, "name": "課長"}
    answered, _ = act(incident, Action.ACKNOWLEDGE, "佐藤", NOW)
    assert escalate(answered, LADDER, NOW + timedelta(days=1)) is None
