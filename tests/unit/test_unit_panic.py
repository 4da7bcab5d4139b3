"""The panic and assist buttons: sent at once, gathered when mashed, withdrawn by a hold, stuck."""

import pytest

from device.inputs import Button, Edge, Stopping
from tests.support.unit_heart import EPOCH, NOON, START, Bench, reading
from wire.messages.events import Assist, FaultCleared, FaultRaised, Panic, Withdrawn


def test_the_first_edge_is_an_event_at_once() -> None:
    bench = Bench()
    bench.edge(Button.PANIC, True, 1.0)
    [event] = bench.events
    assert event.content() == Panic(presses=1)
    assert (event.epoch, event.sequence, event.uptime) == (EPOCH, 1, START + 1.0)
    assert (event.time - NOON).total_seconds() == pytest.approx(1.0)
    assert event.is_alarm


def test_mashing_is_gathered_and_none_is_lost() -> None:
    bench = Bench()
    for n in range(20):
        bench.tap(Button.PANIC, 1.0 + n * 0.2)
    bench.until(10.0)
    presses = [data.presses for data in bench.said() if isinstance(data, Panic)]
    assert presses[0] == 1
    assert sum(presses) == 20
    sent_at = [event.uptime for event in bench.events]
    assert len(presses) <= 6, "at most one event a second"
    assert sent_at == sorted(sent_at)


def test_gathered_presses_are_sent_within_a_second() -> None:
    bench = Bench()
    bench.tap(Button.PANIC, 1.0)
    bench.tap(Button.PANIC, 1.3)
    bench.until(1.9)
    assert len(bench.events) == 1
    bench.until(2.11)
    assert bench.said() == [Panic(presses=1), Panic(presses=1)]
    assert bench.events[1].uptime == pytest.approx(START + 1.3), "an event says when it happened"


def test_gathered_presses_are_sent_when_the_program_stops() -> None:
    bench = Bench()
    bench.tap(Button.PANIC, 1.0)
    bench.tap(Button.PANIC, 1.2)
    bench.tap(Button.PANIC, 1.4)
    bench.tell(Stopping())
    assert bench.said() == [Panic(presses=1), Panic(presses=2)]


def test_a_later_press_is_sent_at_once_again() -> None:
    bench = Bench()
    bench.tap(Button.PANIC, 1.0)
    bench.edge(Button.PANIC, True, 2.5)
    assert [event.uptime for event in bench.events] == [START + 1.0, START + 2.5]


def test_holding_withdraws_once() -> None:
    bench = Bench()
    bench.tap(Button.PANIC, 1.0)
    bench.hold(Button.PANIC, 3.0, 5.0)
    bench.until(20.0)
    panics = [event for event in bench.events if event.type == Panic.TYPE]
    withdrawn = [data for data in bench.said() if isinstance(data, Withdrawn)]
    assert withdrawn == [Withdrawn(panic_epoch=EPOCH, panic_sequence=panics[-1].sequence)]


def test_two_holds_of_one_series_withdraw_once_and_a_new_series_again() -> None:
    bench = Bench()
    bench.hold(Button.PANIC, 1.0, 3.5)
    bench.hold(Button.PANIC, 6.0, 3.5)
    assert len([data for data in bench.said() if isinstance(data, Withdrawn)]) == 1
    bench.hold(Button.PANIC, 15.0, 3.5)
    assert len([data for data in bench.said() if isinstance(data, Withdrawn)]) == 2


def test_a_hold_shorter_than_three_seconds_withdraws_nothing() -> None:
    bench = Bench()
    bench.hold(Button.PANIC, 1.0, 2.9)
    bench.until(10.0)
    assert bench.said() == [Panic(presses=1)]


def test_a_button_down_for_half_a_minute_is_a_fault_not_more_alarms() -> None:
    bench = Bench()
    bench.edge(Button.PANIC, True, 1.0)
    bench.until(60.0)
    assert [type(data) for data in bench.said()] == [Panic, Withdrawn, FaultRaised]
    assert bench.heart.faults == ["panic"]
    bench.edge(Button.PANIC, False, 61.0)
    assert bench.said()[-1] == FaultCleared(part="panic")
    assert bench.heart.faults == []


def test_assist_asks_for_a_colleague_at_most_once_a_second() -> None:
    bench = Bench()
    for at in (1.0, 1.2, 1.4, 3.0):
        bench.tap(Button.ASSIST, at)
    bench.until(6.0)
    assert bench.said() == [Assist(), Assist(), Assist()]


def test_sequences_have_no_holes() -> None:
    bench = Bench()
    for n in range(30):
        bench.tap((Button.PANIC, Button.ASSIST, Button.SESSION)[n % 3], 1.0 + n * 0.7)
    assert [event.sequence for event in bench.events] == list(range(1, len(bench.events) + 1))
    assert len(bench.events) >= 25


def test_an_unset_clock_is_said() -> None:
    bench = Bench()
    bench.tell(Edge(Button.PANIC, True, reading(START, synced=False)), synced=False)
    bench.tap(Button.ASSIST, 5.0)
    assert [event.clock for event in bench.events][:1] == ["unsynced"]
    assert bench.events[-1].clock == "synced"
