"""Whatever is pressed, found and done, in whatever order: no alarm is ever silent without a person."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.alarms import lamp_state
from hub.alerts import Alert
from hub.escalation.ladder import Callee, Ladder, Tier
from hub.escalation.plan import deadline, plan
from hub.escalation.roster import Member, Roster
from hub.incidents import UNRESOLVED, Act, Action, Already, BadAct, Incident, Severity, State, act, gather
from hub.notices import Target

NOW = datetime(2026, 11, 22, 5, 5, 32, tzinfo=UTC)
LADDER = Ladder("one", (Tier("a", "a", 30.0, (Callee("person", "aoki"),)), Tier("b", "b", 60.0)))
ROSTER = Roster({"aoki": Member("aoki", "青木", (Target("mail", "aoki@city.example"),))})
BUTTONS = ("panic", "assist", "withdrawn")

ALERTS = st.builds(
    Alert,
    kind=st.sampled_from(["panic", "assist", "withdrawn", "shout", "bang"]),
    unit=st.just("c1"),
    event_id=st.integers(1, 99).map(lambda n: f"e-{n}"),
    happened=st.integers(-600, 600).map(lambda s: NOW + timedelta(seconds=s)),
    late_s=st.sampled_from([0.0, 60.0]),
    presses=st.integers(0, 5),
    phase=st.sampled_from(["start", "update", "end"]),
    level_dba=st.none() | st.floats(40, 120),
    practice=st.booleans(),
)
ACTIONS = [action for action in Action if action is not Action.CLOSE]
STEPS = st.lists(ALERTS | st.sampled_from(ACTIONS) | st.integers(1, 200), max_size=40)


@given(STEPS, st.booleans())
def test_an_alarm_is_on_the_ladder_until_a_person_takes_it(
    steps: list[Alert | Action | int], told_of_attention: bool
) -> None:
    now, presses = NOW, 0
    incident: Incident | None = None
    for step in steps:
        before = incident
        if isinstance(step, int):
            now += timedelta(seconds=step)
        elif isinstance(step, Action):
            incident = _acted(incident, step, now)
        else:
            current = incident if incident and incident.state in UNRESOLVED else None
            presses = (presses if current else 0) + step.presses
            gathered = gather(current, step, now)
            incident = gathered[0] if gathered else incident
            if step.kind in BUTTONS:
                assert gathered is not None, "a button is never ignored"
                meant = not step.practice or (current is not None and current.severity is Severity.ALARM)
                if meant and step.kind != "withdrawn":
                    assert gathered[0].severity is Severity.ALARM
            if gathered:
                assert gathered[0].presses == presses
        if incident is not None:
            called = incident.severity is Severity.ALARM or told_of_attention
            planned = plan(now, incident, LADDER if called else None, ROSTER)
            assert plan(now, planned.incident, LADDER if called else None, ROSTER).calls == (), "told twice"
            incident = planned.incident
            _check(incident, now, called=called)
        if before is not None and incident is not None and before.severity is Severity.ALARM:
            assert incident.severity is Severity.ALARM or before.state not in UNRESOLVED


def _acted(incident: Incident | None, action: Action, now: datetime) -> Incident | None:
    if incident is None:
        return None
    to = "鈴木" if action is Action.HAND_OVER else None
    until = now + timedelta(seconds=90) if action is Action.SNOOZE else None
    try:
        return act(incident, Act(action, "山田", note="理由", to=to, until=until), now, 120.0)[0]
    except (Already, BadAct):
        return incident


def _check(incident: Incident, now: datetime, *, called: bool) -> None:
    unresolved = incident.state in UNRESOLVED
    rings = incident.severity is not Severity.DRILL and called
    if rings and incident.state is State.OPEN:
        assert incident.standing is not None, "somebody is called until somebody answers"
    if incident.standing is None:
        assert incident.told == (), "who was called knows that somebody answers"
    due = deadline(incident)
    assert due is None or due > now
    if incident.state is State.ACKNOWLEDGED and incident.severity is not Severity.DRILL:
        assert due is not None, "a helper who does not come is noticed"
    light = lamp_state(incident)
    assert (light == "off") == (not unresolved or incident.severity is Severity.ATTENTION)
    if light == "coming":
        assert incident.helper in ("山田", "鈴木")
    assert incident.opened <= incident.last
    assert len(set(incident.kinds)) == len(incident.kinds)
