"""Troubles, drills, orders, buttons and absences in the database, on SQLite and on PostgreSQL."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from hub.drills import Drill
from hub.escalation.roster import Absence, Recipient
from hub.escalation.standing import Standing
from hub.house import House
from hub.incidents import Severity
from hub.notices import Target
from hub.orders import order
from hub.store import absences, drills, incidents, orders, troubles
from hub.store.drills import NoSuchDrill
from hub.store.orders import Desired
from hub.store.record import Transaction
from hub.store.settle import Changes
from hub.store.troubles import NoSuchMaintenance, NoSuchTrouble
from hub.troubles import Maintenance, Trouble, TroubleState
from hub.troubles.trouble import UNSTEADY_WITHIN_S
from tests.support.hub_store import LADDER, Database, arrived
from tests.support.messages import MOMENT, SITE, UNIT
from wire.messages.events import CommandAnswered, Panic, Withdrawn

HOUSE = House(SITE, (LADDER,), area_of={UNIT: "desk", "c2": "desk"})


def at(second: float) -> datetime:
    return MOMENT + timedelta(seconds=second)


def trouble(part: str = "disk", **changes: object) -> Trouble:
    made = Trouble(0, UNIT, part, "12 MB", MOMENT, changed_at=(MOMENT, at(1)))
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_trouble_comes_back_as_it_was(store: Database) -> None:
    told = (Recipient(Target("mail", "a@city.example")), Recipient(Target("tower", "hall"), "en"))
    full = trouble(unsteady=True, standing=Standing(1, 2, at(60), "trouble"), calls=4, told=told)
    (kept,) = store.do(lambda tx: troubles.keep(tx, SITE, [full]))
    assert kept == replace(full, id=kept.id)
    assert store.do(lambda tx: troubles.get(tx, SITE, kept.id)) == kept
    known = replace(kept, state=TroubleState.ACKNOWLEDGED, acknowledged_by="佐藤", standing=None)
    store.do(lambda tx: troubles.keep(tx, SITE, [known]))
    assert store.do(lambda tx: troubles.watched(tx, SITE, MOMENT)) == {(UNIT, "disk"): known}
    with pytest.raises(NoSuchTrouble):
        store.do(lambda tx: troubles.get(tx, SITE, 999))


def test_many_are_kept_at_once_and_each_gets_its_own_number(store: Database) -> None:
    first, second = store.do(lambda tx: troubles.keep(tx, SITE, [trouble("heat"), trouble("power")]))
    changed = replace(first, detail="80 °C")
    mixed = store.do(lambda tx: troubles.keep(tx, SITE, [trouble("disk"), changed, trouble("vad")]))
    assert [(one.part, one.detail) for one in mixed] == [
        ("disk", "12 MB"),
        ("heat", "80 °C"),
        ("vad", "12 MB"),
    ]
    found = store.do(lambda tx: troubles.watched(tx, SITE, MOMENT))
    assert {one.part: one.id for one in found.values()} == {
        one.part: one.id for one in (first, second, mixed[0], mixed[2])
    }
    assert found[UNIT, "heat"] == changed


def test_what_is_over_is_remembered_while_it_may_come_back(store: Database) -> None:
    store.do(lambda tx: troubles.keep(tx, SITE, [trouble(state=TroubleState.OVER, ended=MOMENT)]))
    for second, watched in ((UNSTEADY_WITHIN_S - 1, 1), (UNSTEADY_WITHIN_S + 1, 0)):
        found = store.do(lambda tx, s=second: troubles.watched(tx, SITE, at(s)))  # type: ignore[misc]
        assert len(found) == watched
    assert store.do(lambda tx: troubles.open_count(tx, SITE)) == 0
    assert len(store.do(lambda tx: troubles.shown(tx, SITE, over=True))) == 1


def test_maintenance_ends_by_itself_or_by_a_person(store: Database) -> None:
    work = Maintenance(0, None, "desk", at(0), at(100), "佐藤", "配線工事")
    planned = store.do(lambda tx: troubles.plan_maintenance(tx, SITE, work))
    assert store.do(lambda tx: troubles.works(tx, SITE, at(99))) == [planned]
    assert store.do(lambda tx: troubles.works(tx, SITE, at(100))) == []
    store.do(lambda tx: troubles.end_maintenance(tx, SITE, planned.id, at(50)))
    assert store.do(lambda tx: troubles.works(tx, SITE, at(51))) == []
    with pytest.raises(NoSuchMaintenance):
        store.do(lambda tx: troubles.end_maintenance(tx, SITE, planned.id, at(60)))


def test_an_absence_ends_by_itself_or_is_taken_back(store: Database) -> None:
    away = Absence("aoki", at(0), at(100))
    number = store.do(lambda tx: absences.add(tx, SITE, away, "佐藤"))
    assert store.do(lambda tx: absences.current(tx, SITE, at(99))) == {number: away}
    assert store.do(lambda tx: absences.current(tx, SITE, at(100))) == {}
    assert [store.do(lambda tx: absences.remove(tx, SITE, number)) for _ in range(2)] == [True, False]


def running_drill(store: Database) -> Drill:
    drill = Drill(0, None, "desk", at(0), 600.0, "佐藤")
    planned = store.do(lambda tx: drills.add(tx, SITE, drill))
    assert store.do(lambda tx: drills.start(tx, planned.id, at(1)))
    assert not store.do(lambda tx: drills.start(tx, planned.id, at(1))), "one hub starts it"
    return store.do(lambda tx: drills.get(tx, SITE, planned.id))


def press(store: Database, sequence: int, second: float, **words: object) -> Changes:
    data = Panic(**{"drill": True, **words})  # type: ignore[arg-type]
    event = arrived(sequence, data, received=at(second + 0.5), time=at(second))
    return store.do(lambda tx: Transaction(tx, HOUSE, at(second + 0.5)).record([event]))


def test_a_press_in_a_drill_is_proven_and_calls_nobody(store: Database) -> None:
    drill = running_drill(store)
    changes = press(store, 1, 31)
    assert [(i.severity, i.standing) for i in changes.incidents] == [(Severity.DRILL, None)]
    assert [lamp.state for lamp in changes.lamps] == ["stored"], "who pressed sees that it arrived"
    (proof,) = store.do(lambda tx: drills.presses(tx, drill.id))
    assert (proof.unit, proof.button, proof.pressed, proof.after_s, proof.took_s) == (
        UNIT,
        "panic",
        at(31),
        30.0,
        0.5,
    )
    (number,) = [i.id for i in changes.incidents]
    ended = store.do(lambda tx: Transaction(tx, HOUSE, at(60)).wake(number))
    assert [(i.state.value, i.outcome) for i in ended.incidents] == [("closed", "drill")]
    assert [lamp.state for lamp in ended.lamps] == ["off"]


def test_pressed_twice_in_a_drill_is_an_alarm_at_once_or_later(store: Database) -> None:
    running_drill(store)
    press(store, 1, 31)
    (again,) = press(store, 2, 35).incidents
    assert (again.severity, again.presses) == (Severity.ALARM, 2)
    assert again.standing is not None


def test_pressed_again_after_the_first_was_over_is_an_alarm(store: Database) -> None:
    running_drill(store)
    (first,) = press(store, 1, 31).incidents
    store.do(lambda tx: Transaction(tx, HOUSE, at(60)).wake(first.id))
    (again,) = press(store, 2, 200).incidents
    assert (again.severity, again.id != first.id) == (Severity.ALARM, True)


@pytest.mark.parametrize("words", [{"presses": 2}, {"drill": False}])
def test_mashed_or_unmarked_is_an_alarm_during_a_drill_too(store: Database, words: dict[str, object]) -> None:
    running_drill(store)
    (incident,) = press(store, 1, 31, **words).incidents
    assert incident.severity is Severity.ALARM


def test_what_a_unit_calls_a_drill_is_an_alarm_where_the_hub_knows_of_none(store: Database) -> None:
    (before,) = press(store, 1, 31).incidents
    assert before.severity is Severity.ALARM


def test_a_press_withdrawn_after_its_drill_has_ended_is_noted_and_opens_nothing(store: Database) -> None:
    running_drill(store)
    (first,) = press(store, 1, 31).incidents
    store.do(lambda tx: Transaction(tx, HOUSE, at(60)).wake(first.id))
    withdrawn = arrived(2, Withdrawn(panic_epoch=first.last_event[:16], panic_sequence=1), received=at(61))
    store.do(lambda tx: Transaction(tx, HOUSE, at(61)).record([withdrawn]))
    assert store.do(lambda tx: incidents.unresolved(tx, SITE)) == []


def test_a_drill_is_ended_once(store: Database) -> None:
    drill = running_drill(store)
    assert store.do(lambda tx: drills.end(tx, SITE, drill.id, at(50))).until == at(50)
    with pytest.raises(NoSuchDrill):
        store.do(lambda tx: drills.end(tx, SITE, drill.id, at(51)))
    assert [d.id for d in store.do(lambda tx: drills.current(tx, SITE, at(60)))] == [drill.id], "late presses"
    assert store.do(lambda tx: drills.current(tx, SITE, at(100_000))) == []


def test_an_order_is_answered_once_by_its_unit(store: Database) -> None:
    asked = order("ab" * 8, UNIT, "identify", {"seconds": 5.0}, by="佐藤", now=MOMENT)
    store.do(lambda tx: orders.add(tx, SITE, [asked]))
    assert store.do(lambda tx: orders.unanswered(tx, SITE, at(29))) == [asked]
    assert store.do(lambda tx: orders.unanswered(tx, SITE, at(30))) == []
    said = CommandAnswered(command="ab" * 8, name="identify", done=False, why="expired")

    def answer(sequence: int, unit: str) -> None:
        store.record(arrived(sequence, said, unit=unit, time=at(3)))

    answer(1, "c2")
    assert store.do(lambda tx: orders.get(tx, SITE, asked.id)) == asked, "another unit cannot answer for it"
    answer(1, UNIT)
    store.record(arrived(2, said.model_copy(update={"done": True, "why": ""}), time=at(9)))
    answered = store.do(lambda tx: orders.get(tx, SITE, asked.id))
    assert answered is not None
    assert (answered.state(at(10)), answered.why, answered.answered) == ("refused", "expired", at(0))
    assert store.do(lambda tx: orders.shown(tx, SITE, UNIT)) == [answered]


def test_configurations_have_versions_that_ascend_for_each_unit(store: Database) -> None:
    def desire(unit: str, version: int) -> None:
        one = Desired(unit, version, {"limit_s": 60.0 * version}, "佐藤", MOMENT)
        store.do(lambda tx: orders.desire(tx, SITE, one))

    for unit, version in ((UNIT, 1), (UNIT, 2), ("c2", 1)):
        desire(unit, version)
    found = store.do(lambda tx: orders.all_desired(tx, SITE))
    assert {unit: (one.version, one.settings) for unit, one in found.items()} == {
        UNIT: (2, {"limit_s": 120.0}),
        "c2": (1, {"limit_s": 60.0}),
    }
    with pytest.raises(IntegrityError):
        desire(UNIT, 2)

    def last(tx: Connection) -> int:
        return orders.last_version(tx, SITE, UNIT)

    assert store.do(last) == 2
