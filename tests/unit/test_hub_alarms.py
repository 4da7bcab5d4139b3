"""What the lamp and the neighbours are told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hub.alarms import AREA_UNITS_MAX, Covered, area_alarms, is_alarm, lamp_state, later
from hub.escalation.standing import Standing
from hub.incidents import Incident, Severity, State

NOW = datetime(2026, 11, 22, 5, 5, 32, tzinfo=UTC)


def incident(unit: str = "c1", severity: Severity = Severity.ALARM, state: State = State.OPEN) -> Incident:
    return Incident(
        id=1,
        unit=unit,
        severity=severity,
        kinds=("panic",),
        state=state,
        opened=NOW,
        last=NOW,
        presses=1,
        withdrawn=False,
        late_s=0.0,
        last_event="e-1",
        standing=Standing(0, 1, NOW) if state is State.OPEN else None,
    )


@pytest.mark.parametrize(
    ("state", "lamp"),
    [
        (State.OPEN, "stored"),
        (State.ACKNOWLEDGED, "coming"),
        (State.RESPONDING, "coming"),
        (State.RESOLVED, "off"),
        (State.CLOSED, "off"),
    ],
)
def test_the_lamp_follows_the_alarm(state: State, lamp: str) -> None:
    assert lamp_state(incident(state=state)) == lamp


@pytest.mark.parametrize("standing", [Standing(1, 1, NOW, "escalation"), Standing(0, 1, NOW, "arrival")])
def test_the_lamp_says_so_when_nobody_answered_the_first_call(standing: Standing) -> None:
    assert lamp_state(replace(incident(), standing=standing)) == "unanswered"


@pytest.mark.parametrize("state", State)
def test_attention_lights_nothing(state: State) -> None:
    assert lamp_state(incident(severity=Severity.ATTENTION, state=state)) == "off"


def test_a_call_that_began_higher_up_has_not_gone_unanswered() -> None:
    """The first tier may have had nobody to call."""
    assert lamp_state(replace(incident(), standing=Standing(1, 1, NOW))) == "stored"


def test_the_press_of_a_drill_is_lit_while_it_is_shown_and_is_no_neighbours_business() -> None:
    pressed = incident(severity=Severity.DRILL)
    assert (lamp_state(pressed), is_alarm(pressed)) == ("stored", False)
    assert lamp_state(replace(pressed, state=State.CLOSED)) == "off"


def test_no_incident_lights_nothing() -> None:
    assert lamp_state(None) == "off"


def covered(epoch: str, sequence: int, boot: str, uptime: float, second: float) -> Covered:
    return Covered(epoch, sequence, boot, uptime, NOW + timedelta(seconds=second))


FIRST = covered("aa", 5, "b1", 100.0, 0)


@pytest.mark.parametrize(
    "newer",
    [
        covered("aa", 6, "b1", 90.0, -60),  # one epoch: the sequence, whatever the clocks say
        covered("bb", 1, "b1", 101.0, -3600),  # one boot: the uptime, whatever the wall clock says
        covered("bb", 1, "b2", 2.0, 60),  # else only the wall clock
    ],
)
def test_the_lamp_covers_the_later_event_in_whatever_order_they_arrive(newer: Covered) -> None:
    assert later(FIRST, newer) == newer
    assert later(newer, FIRST) == newer
    assert later(None, FIRST) == FIRST


def test_an_area_hears_of_its_units_with_an_unresolved_alarm() -> None:
    area_of = {"c1": "desk", "c2": "desk", "t1": "tax", "s1": "school"}
    incidents = [
        incident("c2", state=State.RESPONDING),
        incident("c1"),
        incident("t1", severity=Severity.ATTENTION),
        incident("s1", state=State.RESOLVED),
        incident("nowhere"),
    ]
    told = area_alarms(area_of, {one.unit for one in incidents if is_alarm(one)})
    assert told == {"desk": ("c1", "c2"), "tax": (), "school": ()}


def test_an_area_message_never_outgrows_the_contract() -> None:
    units = [f"c{n}" for n in range(AREA_UNITS_MAX + 5)]
    told = area_alarms(dict.fromkeys(units, "desk"), set(units))
    assert len(told["desk"]) == AREA_UNITS_MAX
