"""What the alarm light and the link light say, case by case."""

import pytest

from device.inputs import AlarmKey, Button, Connection, PartState, Recovered
from device.lights import link_light
from tests.support.unit_heart import EPOCH, OLD_EPOCH, Bench
from wire.lights import COMING, FAULT, NEIGHBOUR, OFF, STEADY, STORED, UNANSWERED, WAITING, Light, Pattern
from wire.limits import DELIVERY_WARNING_S


def pressed() -> Bench:
    bench = Bench()
    bench.tap(Button.PANIC, 1.0)
    return bench


def test_a_press_waits_until_its_receipt_then_is_stored() -> None:
    bench = pressed()
    assert bench.alarm_light is WAITING
    bench.receipt(1)
    assert bench.alarm_light is STORED


def test_without_a_receipt_the_telephone_within_three_seconds() -> None:
    bench = pressed()
    bench.until(1.0 + DELIVERY_WARNING_S - 0.05)
    assert bench.alarm_light is WAITING
    bench.until(1.0 + DELIVERY_WARNING_S + 0.1)
    assert bench.alarm_light is UNANSWERED


def test_the_lamp_is_followed_once_it_covers_the_alarm() -> None:
    bench = pressed()
    bench.receipt(1)
    for state, pattern in (("coming", COMING), ("unanswered", UNANSWERED), ("stored", STORED), ("off", OFF)):
        bench.lamp(state, covers=1)  # type: ignore[arg-type]
        assert bench.alarm_light is pattern


@pytest.mark.parametrize("state", ["off", "coming", "unanswered"])
def test_a_lamp_of_an_earlier_alarm_does_not_answer_this_one(state: str) -> None:
    bench = pressed()
    bench.tap(Button.PANIC, 5.0)
    bench.receipt(2)
    bench.lamp(state, covers=1)  # type: ignore[arg-type]
    assert bench.alarm_light is STORED
    bench.lamp(state, covers=None)  # type: ignore[arg-type]
    assert bench.alarm_light is STORED


def test_a_new_press_while_somebody_comes_waits_again() -> None:
    bench = pressed()
    bench.receipt(1)
    bench.lamp("coming", covers=1)
    bench.edge(Button.ASSIST, True, 5.0)
    assert bench.alarm_light is WAITING
    bench.receipt(2)
    assert bench.alarm_light is STORED
    bench.lamp("coming", covers=2)
    assert bench.alarm_light is COMING


def test_presses_that_are_still_gathered_are_not_stored() -> None:
    bench = pressed()
    bench.receipt(1)
    bench.lamp("off", covers=1)
    bench.tap(Button.PANIC, 1.4)
    assert len(bench.events) == 1
    assert bench.alarm_light is WAITING


def test_a_withdrawal_must_be_stored_but_needs_no_answer() -> None:
    bench = Bench()
    bench.hold(Button.PANIC, 1.0, 3.5)
    bench.lamp("coming", covers=1)
    bench.receipt(1)
    assert bench.alarm_light is WAITING
    bench.receipt(2)
    assert bench.alarm_light is COMING


def test_a_receipt_with_a_hole_leaves_the_hole_waiting() -> None:
    bench = pressed()
    bench.tap(Button.PANIC, 3.0)
    bench.receipt(0, [(2, 2)])
    assert bench.alarm_light is WAITING


def test_a_neighbour_shows_only_where_there_is_no_own_alarm() -> None:
    bench = Bench()
    bench.area_alarm("c1")
    assert bench.alarm_light is OFF, "our own name is no neighbour"
    bench.area_alarm("c1", "c2")
    assert bench.alarm_light is NEIGHBOUR
    bench.tap(Button.PANIC, 1.0)
    assert bench.alarm_light is WAITING
    bench.receipt(1)
    assert bench.alarm_light is STORED
    bench.lamp("off", covers=1)
    assert bench.alarm_light is NEIGHBOUR
    bench.area_alarm()
    assert bench.alarm_light is OFF


def test_after_a_restart_the_lamp_of_the_old_epoch_is_shown() -> None:
    bench = Bench()
    bench.tell(Recovered((OLD_EPOCH,), ()))
    bench.lamp("coming", covers=7, epoch=OLD_EPOCH)
    assert bench.alarm_light is COMING


def test_after_a_restart_alarms_of_the_outbox_count_with_their_age() -> None:
    bench = Bench()
    bench.tell(Recovered((OLD_EPOCH,), ((AlarmKey(OLD_EPOCH, 7), 0.5),)))
    bench.lamp("off", covers=6, epoch=OLD_EPOCH)
    assert bench.alarm_light is WAITING
    bench.until(2.2)
    assert bench.alarm_light is UNANSWERED
    bench.receipt(7, epoch=OLD_EPOCH)
    assert bench.alarm_light is STORED
    bench.lamp("off", covers=7, epoch=OLD_EPOCH)
    assert bench.alarm_light is OFF


def test_an_alarm_from_before_the_reboot_says_telephone_at_once() -> None:
    bench = Bench()
    bench.tell(Recovered((OLD_EPOCH,), ((AlarmKey(OLD_EPOCH, 7), float("inf")),)))
    assert bench.alarm_light is UNANSWERED


def test_a_lamp_of_the_old_epoch_does_not_answer_a_new_press() -> None:
    bench = Bench()
    bench.tell(Recovered((OLD_EPOCH,), ()))
    bench.lamp("coming", covers=99, epoch=OLD_EPOCH)
    bench.tap(Button.PANIC, 1.0)
    bench.receipt(1)
    assert bench.alarm_light is STORED


def test_a_lamp_of_an_unknown_epoch_answers_nothing() -> None:
    bench = pressed()
    bench.receipt(1)
    bench.lamp("off", covers=99, epoch="cafecafecafecafe")
    assert bench.alarm_light is STORED


def test_a_lamp_of_a_newer_epoch_answers_an_alarm_of_an_older_one() -> None:
    bench = Bench()
    oldest = "aaaaaaaaaaaaaaaa"
    bench.tell(Recovered((oldest, OLD_EPOCH), ((AlarmKey(oldest, 9), 60.0),)))
    bench.receipt(9, epoch=oldest)
    bench.lamp("off", covers=1, epoch=OLD_EPOCH)
    assert bench.alarm_light is OFF


@pytest.mark.parametrize(
    ("connected", "fault", "pattern"),
    [(True, False, STEADY), (True, True, FAULT), (False, False, OFF), (False, True, OFF)],
)
def test_link_light(connected: bool, fault: bool, pattern: Pattern) -> None:
    assert link_light(connected, fault) is pattern


def test_the_link_light_follows_connection_and_faults() -> None:
    bench = Bench()
    bench.until(1.0)
    assert bench.lights[Light.LINK] is OFF
    bench.connect()
    assert bench.lights[Light.LINK] is STEADY
    bench.tell(PartState("microphone", "failed: gone"))
    assert bench.lights[Light.LINK] is FAULT
    bench.tell(Connection(False, 1))
    assert bench.lights[Light.LINK] is OFF
    assert bench.events[0].epoch == EPOCH
