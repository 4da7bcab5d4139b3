"""Merging and splitting: only what is over, and nothing is lost by it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from hub.incidents import CannotJoin, Entry, Incident, Severity, State, merge, split
from tests.support.calling import NOON


def at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def incident(number: int, state: State = State.RESOLVED, **changes: object) -> Incident:
    made = Incident(
        number, "c1", Severity.ALARM, ("panic", "shout"), state, at(0), at(300), 3, True, 0.0, "e-1"
    )
    return replace(made, **changes)  # type: ignore[arg-type]


ALERTS = [
    (11, Entry("shout", at(0), detail={"level_dba": 81.0, "calibrated": True, "late_s": 7.0})),
    (12, Entry("panic", at(200))),
    (13, Entry("panic", at(250), detail={"presses": 2})),
    (14, Entry("withdrawn", at(300))),
]


@pytest.mark.parametrize("state", [State.RESOLVED, State.CLOSED])
@pytest.mark.parametrize("whole", State)
def test_what_is_over_becomes_a_part_of_another(state: State, whole: State) -> None:
    part, here, there = merge(incident(1, state), incident(2, whole), "佐藤", "person:sato", at(900))
    assert (part.state, part.merged_into, part.outcome) == (State.CLOSED, 2, None)
    assert (here.what, here.detail, there.what, there.detail) == (
        "merged-into",
        {"incident": 2},
        "merged",
        {"incident": 1},
    )


@pytest.mark.parametrize("state", [State.OPEN, State.ACKNOWLEDGED, State.RESPONDING])
def test_an_alarm_that_somebody_waits_for_never_disappears_into_another(state: State) -> None:
    with pytest.raises(CannotJoin, match="not over"):
        merge(incident(1, state), incident(2), "佐藤", "hub", at(0))
    with pytest.raises(CannotJoin, match="not over"):
        split(incident(1, state), ALERTS, {11})


def test_no_circles() -> None:
    with pytest.raises(CannotJoin, match="itself"):
        merge(incident(1), incident(1), "佐藤", "hub", at(0))
    for part, whole in ((incident(1, merged_into=3), incident(2)), (incident(1), incident(2, merged_into=1))):
        with pytest.raises(CannotJoin, match="is a part of"):
            merge(part, whole, "佐藤", "hub", at(0))


def test_split_puts_the_alerts_where_they_belong() -> None:
    stays, apart = split(incident(1), ALERTS, {11})
    assert (stays.id, stays.kinds, stays.opened, stays.last) == (1, ("panic",), at(200), at(300))
    assert (stays.presses, stays.withdrawn, stays.level_dba, stays.late_s) == (3, True, None, 0.0)
    assert (apart.id, apart.kinds, apart.severity, apart.state) == (
        0,
        ("shout",),
        Severity.ATTENTION,
        State.RESOLVED,
    )
    assert (apart.presses, apart.withdrawn, apart.level_dba, apart.calibrated, apart.late_s) == (
        0,
        False,
        81.0,
        True,
        7.0,
    )


@pytest.mark.parametrize(("taken", "told"), [(set(), "some"), ({11, 12, 13, 14}, "some"), ({11, 99}, "99")])
def test_some_stay_and_some_go(taken: set[int], told: str) -> None:
    with pytest.raises(CannotJoin, match=told):
        split(incident(1), ALERTS, taken)
