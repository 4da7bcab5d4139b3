"""The incident: which alerts open it, what it gathers, and what people may do with it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.alerts import Alert
from hub.escalation.standing import Standing
from hub.incidents import (
    TRANSITIONS,
    Act,
    Action,
    Already,
    BadAct,
    Entry,
    Incident,
    Outcome,
    Severity,
    State,
    act,
    gather,
    opens,
)
from hub.incidents.acts import SNOOZE_MAX_S
from hub.incidents.gathering import DRILL_SHOWN_S, QUIET_S, SECOND_SIGN_S

NOW = datetime(2026, 11, 22, 5, 5, 32, tzinfo=UTC)
ARRIVE_S = 300.0


def alert(kind: Any = "panic", second: float = 0, **changes: Any) -> Alert:
    presses = {"presses": 1} if kind == "panic" else {}
    phase = {"phase": "start"} if kind == "shout" else {}
    happened = NOW + timedelta(seconds=second)
    values: dict[str, Any] = {"late_s": 0.0, "event_id": f"e-{second:g}"} | presses | phase | changes
    return Alert(kind=kind, unit="c1", happened=happened, **values)


def opened(kind: Any = "panic", **changes: Any) -> Incident:
    gathered = gather(None, alert(kind, **changes), NOW)
    assert gathered is not None
    return gathered[0]


def in_state(state: State) -> Incident:
    standing = Standing(0, 1, NOW + timedelta(seconds=30)) if state is State.OPEN else None
    return replace(opened(), id=7, state=state, acknowledged_by="山田", standing=standing)


def did(incident: Incident, action: Action, at: datetime = NOW, **words: Any) -> tuple[Incident, Entry]:
    needs: dict[Action, dict[str, Any]] = {
        Action.HAND_OVER: {"to": "鈴木"},
        Action.SNOOZE: {"until": at + timedelta(seconds=60), "note": "確認中"},
        Action.NOTE: {"note": "確認済み"},
        Action.REOPEN: {"note": "間違い"},
        Action.CLOSE: {"outcome": Outcome.FALSE_ALARM},
    }
    return act(incident, Act(action, "佐藤", "sato", **(needs.get(action, {}) | words)), at, ARRIVE_S)


EXPECTED = """
               open         acknowledged responding   resolved closed
acknowledge    acknowledged already      already      already  already
come           acknowledged acknowledged responding   already  already
arrive         responding   responding   already      already  already
hand-over      already      acknowledged acknowledged already  already
give-back      already      open         already      already  already
snooze         open         acknowledged already      already  already
note           open         acknowledged responding   resolved closed
resolve        already      resolved     resolved     already  already
close          already      already      already      closed   already
reopen         already      already      already      open     resolved
"""


@pytest.mark.parametrize("row", EXPECTED.strip().splitlines()[1:], ids=lambda row: row.split()[0])
@pytest.mark.parametrize("column", range(len(State)), ids=list(State))
def test_every_pair_of_state_and_action(row: str, column: int) -> None:
    name, *becomes = row.split()
    action, state = Action(name), list(State)[column]
    if becomes[column] == "already":
        with pytest.raises(Already) as refused:
            did(in_state(state), action)
        assert (refused.value.by, refused.value.state) == ("山田", state)
    else:
        changed, entry = did(in_state(state), action)
        assert changed.state is State(becomes[column])
        assert (entry.what, entry.who, entry.actor, entry.at) == (name, "佐藤", "person:sato", NOW)


def test_the_table_has_every_action() -> None:
    assert {action for _, action in TRANSITIONS} == set(Action)


def test_to_acknowledge_names_the_person_who_then_comes() -> None:
    changed, entry = did(opened(), Action.ACKNOWLEDGE, note="すぐ行く")
    assert (changed.acknowledged_by, changed.acknowledged_at, changed.helper) == ("佐藤", NOW, "佐藤")
    assert changed.arrive_by == NOW + timedelta(seconds=ARRIVE_S)
    assert (changed.standing, entry.detail) == (None, {"note": "すぐ行く"})


def test_of_two_who_answer_the_second_is_told_who_was_first() -> None:
    first, _ = did(opened(), Action.ACKNOWLEDGE)
    with pytest.raises(Already) as refused:
        did(first, Action.ACKNOWLEDGE)
    assert refused.value.by == "佐藤"


def test_a_new_sign_can_be_acknowledged_once_more() -> None:
    pressed = gather(did(opened(), Action.ACKNOWLEDGE)[0], alert("panic", 40), NOW + timedelta(seconds=40))
    assert pressed is not None
    seen, _ = did(pressed[0], Action.ACKNOWLEDGE)
    assert (seen.state, seen.sign_due, seen.acknowledged_by) == (State.ACKNOWLEDGED, None, "佐藤")


def test_handed_over_to_a_named_person_who_must_come() -> None:
    there, _ = did(did(opened(), Action.ACKNOWLEDGE)[0], Action.ARRIVE)
    later = NOW + timedelta(minutes=9)
    changed, entry = did(there, Action.HAND_OVER, later)
    assert (changed.helper, changed.state) == ("鈴木", State.ACKNOWLEDGED)
    assert changed.arrive_by == later + timedelta(seconds=ARRIVE_S)
    assert entry.detail == {"to": "鈴木"}


def test_who_cannot_come_gives_it_back() -> None:
    back, _ = did(did(opened(), Action.ACKNOWLEDGE)[0], Action.GIVE_BACK)
    assert (back.state, back.helper, back.arrive_by) == (State.OPEN, None, None)


@pytest.mark.parametrize(
    ("action", "words", "told"),
    [
        (Action.CLOSE, {"outcome": None}, "outcome"),
        (Action.ACKNOWLEDGE, {"outcome": Outcome.DRILL}, "outcome"),
        (Action.HAND_OVER, {"to": None}, "'to' belongs to hand-over"),
        (Action.COME, {"to": "鈴木"}, "'to' belongs to hand-over"),
        (Action.SNOOZE, {"until": None}, "'until' belongs to snooze"),
        (Action.SNOOZE, {"note": " "}, "snooze needs words"),
        (Action.SNOOZE, {"until": NOW}, "at most 600 s from now"),
        (Action.SNOOZE, {"until": NOW + timedelta(seconds=SNOOZE_MAX_S + 1)}, "at most 600 s from now"),
        (Action.REOPEN, {"note": ""}, "reopen needs words"),
        (Action.NOTE, {"note": "x" * 1001}, "at most 1000 characters; given: 1001"),
    ],
)
def test_an_act_has_all_that_it_needs_and_nothing_else(
    action: Action, words: dict[str, Any], told: str
) -> None:
    state = {Action.CLOSE: State.RESOLVED, Action.REOPEN: State.RESOLVED, Action.ACKNOWLEDGE: State.OPEN}
    with pytest.raises(BadAct, match=told):
        did(in_state(state.get(action, State.ACKNOWLEDGED)), action, **words)


def test_a_wrong_outcome_is_taken_back_by_opening_it_again() -> None:
    closed, entry = did(in_state(State.RESOLVED), Action.CLOSE, outcome=Outcome.COMPLAINT)
    assert (closed.outcome, entry.detail) == (Outcome.COMPLAINT, {"outcome": "legitimate-complaint"})
    again, _ = did(closed, Action.REOPEN)
    assert (again.state, again.outcome) == (State.RESOLVED, None)


def test_what_was_merged_is_left_alone() -> None:
    with pytest.raises(Already):
        did(replace(in_state(State.CLOSED), merged_into=3), Action.REOPEN)


@pytest.mark.parametrize(
    ("kind", "severity"),
    [("panic", Severity.ALARM), ("assist", Severity.ALARM), ("shout", Severity.ATTENTION)],
)
def test_the_first_alert_opens_an_incident(kind: str, severity: Severity) -> None:
    incident = opened(kind)
    assert (incident.severity, incident.kinds, incident.state) == (severity, (kind,), State.OPEN)
    assert incident.presses == (1 if kind == "panic" else 0)


def test_a_bang_or_the_rest_of_a_shout_opens_nothing() -> None:
    for quiet in (alert("bang"), alert("shout", phase="update"), alert("shout", phase="end")):
        assert not opens(quiet)
        assert gather(None, quiet, NOW) is None


@pytest.mark.parametrize("state", [State.OPEN, State.ACKNOWLEDGED, State.RESPONDING])
def test_a_press_joins_the_unresolved_incident(state: State) -> None:
    gathered = gather(in_state(state), alert("panic", 12, presses=3), NOW)
    assert gathered is not None
    incident, entry = gathered
    assert (incident.id, incident.state, incident.presses) == (7, state, 4)
    assert (incident.opened, incident.last) == (NOW, NOW + timedelta(seconds=12))
    assert (incident.last_event, entry.what) == ("e-12", "panic")


def test_each_kind_is_named_once_in_the_order_it_came() -> None:
    incident = opened("shout", level_dba=81.0, calibrated=True)
    for kind in ("bang", "panic", "shout", "assist", "panic"):
        gathered = gather(incident, alert(kind), NOW)
        assert gathered is not None
        incident = gathered[0]
    assert incident.kinds == ("shout", "bang", "panic", "assist")


@pytest.mark.parametrize(
    ("second", "rises"),
    [
        (alert("panic", 3000), True),
        (alert("assist", 3000), True),
        (alert("withdrawn", 3000, withdraws=("ab" * 4, 1)), True),
        (alert("shout", SECOND_SIGN_S), True),
        (alert("shout", SECOND_SIGN_S + 1), False),
        (alert("shout", -SECOND_SIGN_S), True),
        (alert("shout", -SECOND_SIGN_S - 1), False),
        (alert("bang", SECOND_SIGN_S), True),
        (alert("bang", SECOND_SIGN_S + 1), False),
        (alert("shout", 5, phase="update"), False),
        (alert("shout", 5, phase="end"), False),
    ],
)
def test_a_button_or_a_second_sign_within_two_minutes_makes_an_alarm_of_an_attention(
    second: Alert, rises: bool
) -> None:
    gathered = gather(opened("shout"), second, NOW)
    assert gathered is not None
    assert (gathered[0].severity is Severity.ALARM) == rises


def test_the_two_minutes_run_from_the_last_that_was_heard() -> None:
    going_on = gather(opened("shout"), alert("shout", 100, phase="update"), NOW)
    assert going_on is not None
    risen = gather(going_on[0], alert("bang", 200), NOW)
    assert risen is not None
    assert risen[0].severity is Severity.ALARM


def test_an_alarm_never_becomes_less() -> None:
    gathered = gather(opened("panic"), alert("shout", 5), NOW)
    assert gathered is not None
    assert gathered[0].severity is Severity.ALARM


def test_a_new_sign_where_somebody_is_coming_is_told_but_not_each_press_of_a_series() -> None:
    called = replace(opened(), called_at=NOW)
    coming, _ = did(called, Action.ACKNOWLEDGE)
    soon, later = NOW + timedelta(seconds=5), NOW + timedelta(seconds=90)
    gathered = gather(coming, alert("panic", 5), soon)
    assert gathered is not None
    assert gathered[0].sign_due == NOW + timedelta(seconds=QUIET_S)
    more = gather(gathered[0], alert("assist", 90), later)
    assert more is not None
    assert more[0].sign_due == NOW + timedelta(seconds=QUIET_S), "the first is not put off by the next"
    for quiet in (alert("bang", 5), alert("shout", 5, phase="update"), alert("withdrawn", 5)):
        joined = gather(coming, quiet, soon)
        assert joined is not None
        assert joined[0].sign_due is None


def test_where_an_answered_attention_rises_it_is_told_at_once() -> None:
    coming, _ = did(replace(opened("shout"), called_at=NOW), Action.ACKNOWLEDGE)
    gathered = gather(coming, alert("panic", 5), NOW + timedelta(seconds=5))
    assert gathered is not None
    assert (gathered[0].severity, gathered[0].sign_due) == (Severity.ALARM, NOW + timedelta(seconds=5))


def test_what_happened_before_somebody_answered_and_comes_late_is_no_new_sign() -> None:
    coming, _ = did(opened(), Action.ACKNOWLEDGE)
    for late_s, happened, new in ((90.0, -60, False), (90.0, 30, True), (0.0, -1, True)):
        gathered = gather(coming, alert("panic", happened, late_s=late_s), NOW + timedelta(seconds=60))
        assert gathered is not None
        assert (gathered[0].sign_due is not None) == new


def test_the_press_of_a_drill_opens_a_drill_that_ends_by_itself() -> None:
    incident = opened("panic", practice=True)
    assert incident.severity is Severity.DRILL
    assert incident.ends_at == NOW + timedelta(seconds=DRILL_SHOWN_S)


@pytest.mark.parametrize(
    ("second", "meant"),
    [
        (alert("panic", 5), True),
        (alert("assist", 5), True),
        (alert("shout", 5), True),
        (alert("assist", 5, practice=True), False),
        (alert("withdrawn", 5), False),
        (alert("bang", 5), False),
    ],
)
def test_pressed_twice_in_a_drill_is_meant(second: Alert, meant: bool) -> None:
    gathered = gather(opened("panic", practice=True), second, NOW)
    assert gathered is not None
    assert (gathered[0].severity is Severity.ALARM) == meant
    assert (gathered[0].ends_at is None) == meant


def test_the_loudest_level_stays() -> None:
    incident = opened("shout", level_dba=81.0, calibrated=True)
    for level, calibrated, kept in ((79.0, False, (81.0, True)), (84.5, False, (84.5, False))):
        gathered = gather(incident, alert("shout", level_dba=level, calibrated=calibrated), NOW)
        assert gathered is not None
        incident = gathered[0]
        assert (incident.level_dba, incident.calibrated) == kept


def test_an_earlier_press_that_arrives_later_is_when_it_began() -> None:
    gathered = gather(opened(), alert("panic", -90, late_s=90.0), NOW)
    assert gathered is not None
    incident = gathered[0]
    assert (incident.opened, incident.last, incident.late_s) == (NOW - timedelta(seconds=90), NOW, 90.0)


def test_a_withdrawal_silences_nothing() -> None:
    gathered = gather(opened(), alert("withdrawn", 5, withdraws=("ab" * 4, 1)), NOW)
    assert gathered is not None
    incident, entry = gathered
    assert (incident.withdrawn, incident.state, incident.severity) == (True, State.OPEN, Severity.ALARM)
    assert (incident.presses, incident.kinds, entry.what) == (1, ("panic",), "withdrawn")


def test_a_withdrawal_that_overtakes_its_press_opens_the_incident_that_the_press_joins() -> None:
    incident = opened("withdrawn", withdraws=("ab" * 4, 1))
    assert (incident.withdrawn, incident.severity, incident.presses) == (True, Severity.ALARM, 0)
    gathered = gather(incident, alert("panic", -3), NOW)
    assert gathered is not None
    assert (gathered[0].presses, gathered[0].withdrawn) == (1, True)
