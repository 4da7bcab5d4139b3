"""The incident: which alerts open it, and what it gathers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.alerts import Alert
from hub.incidents import Action, Incident, Severity, State, gather, opens
from hub.incidents.gathering import DRILL_SHOWN_S, QUIET_S, SECOND_SIGN_S
from tests.support.incidents import NOW, alert, did, opened


def in_state(state: State) -> Incident:
    return replace(opened(), id=7, state=state)


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
