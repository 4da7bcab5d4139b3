"""When a recording starts and ends: the button, the panic button, meetings, the hub, limits."""

from typing import Any

import pytest

from device.inputs import Button, PartState, RecorderTold, Recovered
from device.notes import Notes
from device.recording import Policy
from tests.support.unit_heart import Bench, orders
from wire.evidence.line import End
from wire.lights import IDENTIFY, OFF, STEADY, Light
from wire.messages.events import CommandAnswered, RecordingEnded, RecordingStarted, SessionStarted

NAME = "0123456789abcdef0123456789abcdef"


def bench(*, panic_s: float | None = None, sessions: bool = False, limit_s: float = 600.0) -> Bench:
    return Bench(microphone=True, recording=Policy(limit_s, panic_s, sessions))


def stores(bench: Bench, order: int = 1, *, end: End | None = None, storing: bool = True) -> None:
    """The recorder tells how an order stands."""
    bench.tell(RecorderTold(order, NAME, storing and end is None, end, 20.0, 35.0, 1.5))


def test_the_record_button_starts_and_ends() -> None:
    unit = bench()
    unit.tap(Button.RECORD, 1.0)
    assert unit.lights[Light.REC] is OFF, "ordered is not stored"
    stores(unit)
    assert unit.lights[Light.REC] is STEADY
    unit.tap(Button.RECORD, 9.0)
    assert unit.lights[Light.REC] is STEADY, "what was heard is still being written"
    stores(unit, end="staff")
    assert unit.lights[Light.REC] is OFF
    assert orders(unit) == [("start", "staff"), ("stop", "staff")]
    assert unit.said() == [
        RecordingStarted(recording=NAME, why="staff", pre_roll_s=20.0),
        RecordingEnded(recording=NAME, end="staff", stored_s=35.0, missing_s=1.5),
    ]
    assert unit.events[0].uptime == 1001.0, "the time of the wish"


def test_without_a_recorder_the_button_does_nothing() -> None:
    unit = Bench(microphone=True)
    unit.tap(Button.RECORD, 1.0)
    unit.tap(Button.PANIC, 2.0)
    assert orders(unit) == []


@pytest.mark.parametrize(
    ("panic_s", "expected"), [(None, []), (60.0, [("start", "panic"), ("stop", "limit")])]
)
def test_the_panic_button_records_only_where_it_was_settled(
    panic_s: float | None, expected: list[tuple[str, str]]
) -> None:
    unit = bench(panic_s=panic_s)
    unit.tap(Button.PANIC, 1.0)
    unit.until(60.9)
    assert ("stop", "limit") not in orders(unit)
    unit.until(61.2)
    assert orders(unit) == expected


def test_nobody_at_the_counter_ends_what_the_panic_button_keeps() -> None:
    unit = bench(panic_s=60.0)
    unit.tap(Button.RECORD, 1.0)
    unit.tap(Button.PANIC, 10.0)
    unit.tap(Button.RECORD, 20.0)
    assert orders(unit) == [("start", "staff")], "it goes on as it was begun"
    unit.tap(Button.PANIC, 50.0)
    unit.tap(Button.RECORD, 100.0)
    assert orders(unit) == [("start", "staff")], "every press keeps it for its time"
    unit.tap(Button.RECORD, 111.0)
    assert orders(unit)[1:] == [("stop", "staff")]


def test_at_the_limit_it_ends_and_goes_on_anew_while_the_panic_button_keeps_it() -> None:
    unit = bench(panic_s=60.0, limit_s=100.0)
    unit.tap(Button.RECORD, 1.0)
    unit.until(90.0)
    unit.tap(Button.PANIC, 95.0)
    unit.until(101.2)
    assert orders(unit) == [("start", "staff"), ("stop", "limit"), ("start", "panic")]
    unit.until(155.2)
    assert orders(unit)[3:] == [("stop", "limit")]


def test_meetings_are_recorded_where_it_was_settled_and_say_so() -> None:
    unit = bench(sessions=True)
    unit.tap(Button.SESSION, 1.0)
    unit.tap(Button.SESSION, 30.0)
    assert orders(unit) == [("start", "session"), ("stop", "session")]
    [started] = [said for said in unit.said() if isinstance(said, SessionStarted)]
    assert started.recorded


def test_a_meeting_that_is_not_recorded_says_that_and_leaves_a_recording_of_staff_alone() -> None:
    unit = bench()
    unit.tap(Button.SESSION, 1.0)
    unit.tap(Button.RECORD, 5.0)
    unit.tap(Button.SESSION, 30.0)
    assert orders(unit) == [("start", "staff")]
    [started] = [said for said in unit.said() if isinstance(said, SessionStarted)]
    assert not started.recorded


def test_a_meeting_that_ends_in_an_alarm_is_recorded_until_the_alarms_time_is_over() -> None:
    unit = bench(panic_s=60.0, sessions=True)
    unit.tap(Button.SESSION, 1.0)
    unit.tap(Button.PANIC, 20.0)
    unit.tap(Button.SESSION, 30.0)
    unit.until(79.8)
    assert orders(unit) == [("start", "session")]
    unit.until(80.2)
    assert orders(unit)[1:] == [("stop", "session")]


def test_a_meeting_that_goes_on_after_a_restart_is_recorded_again() -> None:
    unit = bench(sessions=True)
    unit.tap(Button.SESSION, 1.0)
    again = bench(sessions=True)
    again.at = 40.0
    again.tell(Recovered((), (), Notes(session=unit.notes["session"])))
    assert orders(again) == [("start", "session")]


def answers(unit: Bench) -> list[tuple[bool, str]]:
    return [(said.done, said.why) for said in unit.said() if isinstance(said, CommandAnswered)]


def test_the_hub_starts_and_ends_a_recording() -> None:
    unit = bench(panic_s=60.0)
    unit.command("record", number=1, why="case")
    stores(unit)
    [started] = [said for said in unit.said() if isinstance(said, RecordingStarted)]
    assert (started.why, started.command) == ("case", f"{1:016x}")
    unit.tap(Button.PANIC, 5.0)
    unit.command("stop-record", number=2)
    assert orders(unit) == [("start", "case"), ("stop", "hub")], "the hub may, whatever keeps it"
    assert answers(unit) == [(True, ""), (True, "")]


def test_a_recording_agreed_for_a_meeting_ends_with_it() -> None:
    unit = bench()
    unit.tap(Button.SESSION, 1.0)
    unit.command("record", why="session")
    unit.tap(Button.SESSION, 30.0)
    assert orders(unit) == [("start", "session"), ("stop", "session")]


@pytest.mark.parametrize(
    ("before", "name", "arguments", "why"),
    [
        ([], "record", {"why": "session"}, "no meeting goes on"),
        ([Button.RECORD], "record", {}, "a recording goes on"),
        ([], "record", {"why": "fun"}, "why: "),
        ([], "stop-record", {}, "nothing is recorded"),
        ([PartState("microphone", "silent")], "record", {}, "no microphone that hears"),
    ],
)
def test_what_cannot_be_is_answered_with_the_reason(
    before: list[Any], name: str, arguments: dict[str, Any], why: str
) -> None:
    unit = bench()
    for each in before:
        if isinstance(each, Button):
            unit.tap(each, 1.0)
        else:
            unit.tell(each)
    unit.command(name, **arguments)
    [(done, told)] = answers(unit)
    assert not done
    assert told.startswith(why)


def test_a_recorder_that_fails_puts_the_light_out_and_can_be_asked_again() -> None:
    unit = bench()
    unit.tap(Button.RECORD, 1.0)
    stores(unit)
    stores(unit, end="disk")
    assert unit.lights[Light.REC] is OFF
    unit.tap(Button.RECORD, 5.0)
    unit.tell(RecorderTold(2, None, False, "disk"))
    assert orders(unit) == [("start", "staff"), ("start", "staff")]
    assert len([said for said in unit.said() if isinstance(said, RecordingEnded)]) == 1, "what never began"


def test_one_that_stands_still_puts_the_light_out_until_it_goes_on() -> None:
    unit = bench()
    unit.tap(Button.RECORD, 1.0)
    stores(unit)
    stores(unit, storing=False)
    assert unit.lights[Light.REC] is OFF
    stores(unit)
    assert unit.lights[Light.REC] is STEADY
    assert len(unit.said()) == 1, "nothing begins or ends by that"


def test_a_recording_that_the_power_ended_is_told_at_the_next_start() -> None:
    unit = bench()
    unit.tell(RecorderTold(0, NAME, False, "power", 0.0, 120.0))
    assert unit.said() == [RecordingEnded(recording=NAME, end="power", stored_s=120.0, missing_s=0.0)]


def test_showing_where_it_is_leaves_the_rec_light_alone() -> None:
    unit = bench()
    unit.tap(Button.RECORD, 1.0)
    stores(unit)
    unit.command("identify")
    assert unit.lights[Light.REC] is STEADY
    assert unit.lights[Light.GREEN] is IDENTIFY
    stores(unit, end="hub")
    assert unit.lights[Light.REC] is OFF
