"""Whatever is pressed, found and done, in whatever order: no alarm is ever silent without a person."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.alarms import lamp_state
from hub.alerts import Alert
from hub.escalation import Tier
from hub.incidents import UNRESOLVED, Action, Already, Incident, Severity, State, act, escalate, gather

NOW = datetime(2026, 11, 22, 5, 5, 32, tzinfo=UTC)
LADDER = (Tier("a", "a", 30.0), Tier("b", "b", 60.0))
ALARMS = ("panic", "assist", "withdrawn")

ALERTS = st.builds(
    Alert,
    kind=st.sampled_from(["panic", "assist", "withdrawn", "shout", "bang"]),
    unit=st.just("c1"),
    event_id=st.integers(1, 99).map(lambda n: f"e-{n}"),
    happened=st.integers(-600, 600).map(lambda s: NOW + timedelta(seconds=s)),
    late_s=st.just(0.0),
    presses=st.integers(0, 5),
    phase=st.sampled_from(["start", "update", "end"]),
    level_dba=st.none() | st.floats(40, 120),
)
STEPS = st.lists(
    ALERTS | st.sampled_from([a for a in Action if a is not Action.CLOSE]) | st.integers(1, 200), max_size=40
)


@given(STEPS)
def test_an_alarm_is_on_the_ladder_until_a_person_takes_it(steps: list[Alert | Action | int]) -> None:
    now = NOW
    incident: Incident | None = None
    presses = 0
    for step in steps:
        if isinstance(step, int):
            now += timedelta(seconds=step)
            if incident is not None and (climbed := escalate(incident, LADDER, now)) is not None:
                incident = climbed[0]
        elif isinstance(step, Action):
            incident = _acted(incident, step, now)
        else:
            current = incident if incident and incident.state in UNRESOLVED else None
            presses = (presses if current else 0) + step.presses
            gathered = gather(current, step, LADDER, now)
            if step.kind in ALARMS:
                assert gathered is not None, "a button is never ignored"
                assert gathered[0].severity is Severity.ALARM
            incident = gathered[0] if gathered else incident
            if gathered:
                assert gathered[0].presses == presses
        _check(incident)


def _acted(incident: Incident | None, action: Action, now: datetime) -> Incident | None:
    if incident is None:
        return None
    try:
        return act(incident, action, "山田", now)[0]
    except Already:
        return incident


def _check(incident: Incident | None) -> None:
    if incident is None:
        assert lamp_state(incident) == "off"
        return
    alarm = incident.severity is Severity.ALARM
    assert (incident.standing is not None) == (alarm and incident.state is State.OPEN)
    assert (lamp_state(incident) == "off") == (not alarm or incident.state not in UNRESOLVED)
    if lamp_state(incident) == "coming":
        assert incident.acknowledged_by == "山田"
    assert incident.opened <= incident.last
    assert len(set(incident.kinds)) == len(incident.kinds)
