"""The incident: what people may do with it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hub.escalation.standing import Standing
from hub.incidents import TRANSITIONS, Action, Already, BadAct, Incident, Outcome, State, gather
from hub.incidents.acts import SNOOZE_MAX_S
from tests.support.incidents import ARRIVE_S, NOW, alert, did, opened


def in_state(state: State) -> Incident:
    standing = Standing(0, 1, NOW + timedelta(seconds=30)) if state is State.OPEN else None
    return replace(opened(), id=7, state=state, acknowledged_by="山田", standing=standing)


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
