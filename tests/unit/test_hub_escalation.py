"""Who is called when: the ladder goes round for ever, gives each tier its time, and never calls nobody."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.alerts import Alert
from hub.escalation.calls import begin, climb
from hub.escalation.ladder import (
    DEFAULT_TIERS,
    BadCallee,
    Callee,
    Ladder,
    Tier,
    choose,
)
from hub.escalation.notices import notices
from hub.escalation.plan import Plan, deadline, plan
from hub.escalation.roster import Absence, Recipient, Roster
from hub.incidents import Act, Action, Incident, Outcome, Severity, State, act, gather
from hub.notices import Both, Target
from tests.support.calling import LADDER, NOON, PLACE, ROSTER, mail

PAGE_LADDER = Ladder("page", (Tier("a", "a", 30.0), Tier("b", "b", 60.0), Tier("c", "c", 5.0)))
HALL = Recipient(Target("tower", "hall"))


def at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def alert(kind: Any = "panic", second: float = 0, **changes: Any) -> Alert:
    values: dict[str, Any] = {"late_s": 0.0, "event_id": "e-1", "presses": 1} | changes
    return Alert(kind, "c1", happened=at(second), **values)


def opened(kind: Any = "panic", ladder: Ladder | None = LADDER, **changes: Any) -> Plan:
    gathered = gather(None, alert(kind, **changes), NOON)
    assert gathered is not None
    return plan(NOON, replace(gathered[0], id=7), ladder, ROSTER)


def away(*logins: str) -> Roster:
    gone = tuple(Absence(login, NOON - timedelta(1), NOON + timedelta(1)) for login in logins)
    return replace(ROSTER, absences=gone)


def people(planned: Plan) -> list[tuple[str, set[str]]]:
    return [(call.reason, {r.target.address for r in call.recipients}) for call in planned.calls]


def answered(incident: Incident, second: float, action: Action = Action.ACKNOWLEDGE) -> Plan:
    changed, _ = act(incident, Act(action, "佐藤"), at(second), LADDER.arrive_within_s)
    return plan(at(second), changed, LADDER, ROSTER)


def test_every_tier_is_called_in_turn_and_then_again() -> None:
    (standing, call), now, called = begin(PAGE_LADDER, Roster(), NOON), NOON, []
    for _ in range(7):
        called.append((call.reason, standing.index, standing.round, (standing.due - now).total_seconds()))
        now = standing.due
        standing, call = climb(standing, PAGE_LADDER, Roster(), now)
    assert called == [
        ("alarm", 0, 1, 30),
        *(("escalation", *rest) for rest in ((1, 1, 60), (2, 1, 5), (0, 2, 30), (1, 2, 60), (2, 2, 5))),
        ("escalation", 0, 3, 30),
    ]


def test_after_a_long_time_down_the_next_tier_still_gets_its_whole_time() -> None:
    back = NOON + timedelta(hours=3)
    standing, _ = climb(begin(PAGE_LADDER, Roster(), NOON)[0], PAGE_LADDER, Roster(), back)
    assert (standing.index, standing.due) == (1, back + timedelta(seconds=60))


def test_a_ladder_that_became_shorter_begins_its_next_round() -> None:
    last, _ = begin(PAGE_LADDER, Roster(), NOON)
    for _ in range(2):
        last, _ = climb(last, PAGE_LADDER, Roster(), NOON)
    shorter = Ladder("page", PAGE_LADDER.tiers[:2])
    standing, _ = climb(last, shorter, Roster(), NOON)
    assert (standing.index, standing.round) == (0, 2)


def test_a_tier_calls_its_people_groups_and_devices() -> None:
    standing, call = begin(LADDER, ROSTER, NOON)
    assert set(call.recipients) == {Recipient(mail("aoki")), HALL}
    _, call = climb(standing, LADDER, ROSTER, NOON)
    assert set(call.recipients) == {Recipient(mail("chiba")), Recipient(mail("doi"))}


def test_a_tier_that_reaches_nobody_is_passed_over_at_once() -> None:
    standing, _ = begin(LADDER, ROSTER, NOON)
    standing, call = climb(standing, LADDER, away("chiba", "doi"), NOON)
    assert (standing.index, standing.round, call.last_resort) == (2, 1, False)
    assert call.recipients == (Recipient(mail("endo")),)


def test_a_ladder_that_reaches_nobody_calls_everybody_who_is_left_and_says_so() -> None:
    people_only = replace(LADDER, tiers=LADDER.tiers[1:])
    roster = replace(away("chiba", "doi", "endo"), fallback=(Callee("mail", "guard@city.example"),))
    standing, call = begin(people_only, roster, NOON)
    assert {r.target.address for r in call.recipients} == {"endo@city.example", "guard@city.example"}
    assert (call.last_resort, standing.index) == (True, 0)
    _, again = climb(standing, people_only, roster, standing.due)
    assert again.recipients == call.recipients


def test_an_alarm_calls_the_first_tier_at_once_and_the_next_when_it_is_due() -> None:
    first = opened()
    assert people(first) == [("alarm", {"aoki@city.example", "hall"})]
    assert deadline(first.incident) == at(30)
    assert plan(at(29.9), first.incident, LADDER, ROSTER).calls == ()
    second = plan(at(30), first.incident, LADDER, ROSTER)
    assert people(second) == [("escalation", {"chiba@city.example", "doi@city.example"})]
    assert second.entries[0].detail["name"] == "課長"


def test_a_plan_made_twice_is_the_same_so_that_a_kill_in_between_changes_nothing() -> None:
    incident = opened().incident
    assert plan(at(31), incident, LADDER, ROSTER) == plan(at(31), incident, LADDER, ROSTER)
    assert plan(at(31), opened().incident, LADDER, ROSTER).calls


def test_an_attention_calls_nobody_unless_a_ladder_is_for_it() -> None:
    quiet = opened("shout", ladder=None, phase="start", presses=0)
    assert (quiet.calls, deadline(quiet.incident)) == ((), None)
    told = opened("shout", phase="start", presses=0)
    assert people(told)[0][0] == "attention"


def test_an_attention_that_rises_begins_the_ladder_of_the_alarm() -> None:
    for ladder, reason in ((None, "alarm"), (LADDER, "rise")):
        incident = opened("shout", ladder=ladder, phase="start", presses=0).incident
        gathered = gather(incident, alert("panic", 20), at(20))
        assert gathered is not None
        risen = plan(at(20), gathered[0], LADDER, ROSTER)
        assert [call.reason for call in risen.calls] == [reason]
        assert risen.incident.standing is not None
        assert risen.incident.standing.index == 0


def test_who_was_called_learns_that_somebody_answers_and_nobody_is_called_further() -> None:
    both = plan(at(30), opened().incident, LADDER, ROSTER).incident
    stood_down = answered(both, 40)
    everybody = {"aoki@city.example", "hall", "chiba@city.example", "doi@city.example"}
    assert people(stood_down) == [("answered", everybody)]
    assert plan(at(41), stood_down.incident, LADDER, ROSTER).calls == ()
    assert deadline(stood_down.incident) == at(40 + LADDER.arrive_within_s)


def test_a_helper_who_does_not_come_is_called_for_again_from_the_foot_of_the_ladder() -> None:
    coming = answered(opened().incident, 10).incident
    late = plan(at(10 + LADDER.arrive_within_s), coming, LADDER, ROSTER)
    assert people(late) == [("arrival", {"aoki@city.example", "hall"})]
    assert [entry.what for entry in late.entries] == ["not-arrived", "tier"]
    assert (late.incident.state, late.incident.helper) == (State.OPEN, None)
    assert late.incident.standing is not None
    assert late.incident.standing.unanswered


def test_a_helper_who_came_is_not_called_for() -> None:
    there = answered(answered(opened().incident, 10).incident, 60, Action.ARRIVE).incident
    assert deadline(there) is None
    assert plan(at(5000), there, LADDER, ROSTER).calls == ()


def test_a_helper_who_gives_it_back_is_replaced_at_once() -> None:
    coming = answered(opened().incident, 10).incident
    back = answered(coming, 15, Action.GIVE_BACK)
    assert people(back) == [("arrival", {"aoki@city.example", "hall"})]


def test_a_new_sign_at_an_answered_alarm_calls_until_somebody_has_seen_it() -> None:
    coming = answered(opened().incident, 10).incident
    gathered = gather(coming, alert("panic", 20), at(20))
    assert gathered is not None
    waiting = plan(at(20), gathered[0], LADDER, ROSTER)
    assert (waiting.calls, deadline(waiting.incident)) == ((), at(30))
    called = plan(at(30), waiting.incident, LADDER, ROSTER)
    assert people(called) == [("sign", {"aoki@city.example", "hall"})]
    assert called.incident.state is State.ACKNOWLEDGED
    further = plan(at(60), called.incident, LADDER, ROSTER)
    assert [call.reason for call in further.calls] == ["escalation"]
    seen = answered(further.incident, 70)
    assert [call.reason for call in seen.calls] == ["answered"]


def test_a_snooze_puts_the_next_call_off_and_a_new_sign_ends_it() -> None:
    first = opened().incident
    snooze = Act(Action.SNOOZE, "佐藤", note="電話中", until=at(200))
    snoozed = plan(at(5), act(first, snooze, at(5), 300.0)[0], LADDER, ROSTER).incident
    assert deadline(snoozed) == at(200)
    gathered = gather(snoozed, alert("panic", 50), at(50))
    assert gathered is not None
    assert people(plan(at(50), gathered[0], LADDER, ROSTER))[0][0] == "escalation"


def test_what_is_over_calls_nobody_and_tells_those_who_were_called() -> None:
    coming = answered(opened().incident, 10).incident
    over = answered(coming, 20, Action.RESOLVE)
    assert (over.calls, deadline(over.incident)) == ((), None)
    gathered = gather(coming, alert("panic", 20), at(40))
    assert gathered is not None
    called = plan(at(40), gathered[0], LADDER, ROSTER)
    assert [call.reason for call in called.calls] == ["sign"]
    assert people(answered(called.incident, 50, Action.RESOLVE))[0][0] == "stand_down"


def test_what_is_opened_again_calls_from_the_foot_of_the_ladder() -> None:
    over = answered(answered(opened().incident, 10).incident, 20, Action.RESOLVE).incident
    changed, _ = act(over, Act(Action.REOPEN, "佐藤", note="間違い"), at(30), 300.0)
    again = plan(at(30), changed, LADDER, ROSTER)
    assert people(again) == [("alarm", {"aoki@city.example", "hall"})]
    assert again.incident.calls > over.calls, "its notices have ids of their own"


def test_a_drill_calls_nobody_and_ends_by_itself() -> None:
    drill = opened(practice=True)
    assert (drill.incident.severity, drill.calls) == (Severity.DRILL, ())
    end = deadline(drill.incident)
    assert end is not None
    ended = plan(end, drill.incident, LADDER, ROSTER)
    assert (ended.incident.state, ended.incident.outcome) == (State.CLOSED, Outcome.DRILL)
    assert deadline(ended.incident) is None


def test_a_notice_says_all_that_is_known() -> None:
    planned = opened(level_dba=None, presses=2)
    told = notices(planned, PLACE, NOON, url="http://hub.example/incidents/7")
    assert len(told) == len({notice.id for notice in told}) == 2
    (notice,) = [each for each in told if each.target.channel == "mail"]
    assert (notice.reason, notice.severity, notice.incident, notice.presses) == ("alarm", "alarm", 7, 2)
    assert (notice.tier, notice.round) == (Both("係長", "Team leader"), 1)
    assert (notice.place, notice.unit, notice.answered_by) == (PLACE, "c1", None)
    again = notices(planned, PLACE, NOON, url=None)
    assert [each.id for each in again] == [each.id for each in told]
    further = notices(plan(at(90), planned.incident, LADDER, ROSTER), PLACE, at(90), url=None)
    assert not {each.id for each in further} & {each.id for each in told}


def test_a_signal_goes_out_when_somebody_answers() -> None:
    stood_down = answered(opened().incident, 10)
    (tower,) = [n for n in notices(stood_down, PLACE, at(10), url=None) if n.target.channel == "tower"]
    assert (tower.reason, tower.severity, tower.answered_by) == ("answered", "none", "佐藤")


def test_the_ladder_of_the_area_comes_before_the_one_for_everywhere() -> None:
    desk = Ladder("desk", DEFAULT_TIERS, frozenset({"alarm"}), frozenset({"desk"}))
    anywhere = Ladder("anywhere", DEFAULT_TIERS, frozenset({"alarm", "attention"}))
    troubles = Ladder("troubles", DEFAULT_TIERS, frozenset({"trouble"}))
    ladders = (anywhere, desk, troubles)
    assert choose(ladders, "alarm", "desk") is desk
    assert choose(ladders, "alarm", "tax") is anywhere
    assert choose(ladders, "attention", "desk") is anywhere
    assert choose(ladders, "trouble", None) is troubles
    assert choose((desk,), "alarm", "tax") is None


@pytest.mark.parametrize("text", ["", "person", "person:", "police:110", "page:live", ":x"])
def test_only_known_kinds_can_be_called(text: str) -> None:
    with pytest.raises(BadCallee, match="person:…"):
        Callee.parse(text)


def test_the_default_ladder_has_tiers_that_wait() -> None:
    assert len(DEFAULT_TIERS) >= 2
    assert all(tier.seconds >= 1 and tier.name and tier.name_en for tier in DEFAULT_TIERS)
    assert NOON.tzinfo is UTC
