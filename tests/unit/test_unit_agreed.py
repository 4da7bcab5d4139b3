"""Meetings under what was agreed with a visitor: begun or taken over by command, recorded until they end."""

import pytest

from device.inputs import Button, PartState, RecorderTold, Recovered
from device.notes import Notes, SessionNote
from device.recording import Policy
from tests.support.unit_heart import START, Bench, orders, reading
from wire.lights import OFF, STEADY, Light
from wire.messages.commands import (
    NO_RECORDER,
    NO_SESSION_BUTTON,
    NOT_HEARING,
    NOT_RECORDED,
    RECORDER_FAILS,
)
from wire.messages.events import (
    Booted,
    CommandAnswered,
    SessionAgreed,
    SessionExtended,
    SessionStarted,
    SessionStopped,
)

NAME = "0123456789abcdef0123456789abcdef"


def bench(*, panic_s: float | None = None, sessions: bool = False) -> Bench:
    return Bench(microphone=True, recording=Policy(7200.0, panic_s, sessions))


def answer(unit: Bench) -> tuple[bool, str]:
    said = [one for one in unit.said() if isinstance(one, CommandAnswered)][-1]
    return said.done, said.why


def stores(unit: Bench, *, storing: bool = True) -> None:
    unit.tell(RecorderTold(1, NAME, storing, None if storing else "session"))


def lit(unit: Bench) -> set[Light]:
    return {light for light, pattern in unit.lights.items() if pattern is not OFF}


def test_a_meeting_begins_under_it_and_its_lights_follow_as_in_any_meeting() -> None:
    unit = bench()
    unit.command("meet", case=7, limit_s=900.0)
    [started] = [one for one in unit.said() if isinstance(one, SessionStarted)]
    assert started == SessionStarted(
        limit_s=900, warn_s=300, grace_s=300, case=7, command="0000000000000001", recorded=False
    )
    assert answer(unit) == (True, "")
    assert lit(unit) == {Light.GREEN}
    for at, light in ((599.0, Light.GREEN), (601.0, Light.AMBER), (901.0, Light.RED)):
        unit.until(at)
        assert lit(unit) == {light}
    assert orders(unit) == [], "nobody asked for a recording"
    unit.tap(Button.SESSION, 902.0)
    assert lit(unit) == set()
    assert isinstance(unit.said()[-1], SessionStopped), "staff end it as any other"


def test_a_short_limit_has_a_green_light_too() -> None:
    unit = bench()
    unit.command("meet", case=7, limit_s=240.0)
    assert lit(unit) == {Light.GREEN}
    unit.until(121.0)
    assert lit(unit) == {Light.AMBER}


def test_without_a_limit_of_its_own_it_has_the_counters() -> None:
    unit = bench()
    unit.command("meet", case=7)
    [started] = [one for one in unit.said() if isinstance(one, SessionStarted)]
    assert (started.limit_s, started.warn_s) == (1800, 300)


def test_the_meeting_that_goes_on_is_taken_over_with_its_beginning() -> None:
    unit = bench()
    unit.tap(Button.SESSION, 1.0)
    unit.until(1000.0)
    unit.command("meet", case=7, limit_s=900.0)
    [agreed] = [one for one in unit.said() if isinstance(one, SessionAgreed)]
    assert (agreed.case, agreed.limit_s, agreed.recorded) == (7, 900, False)
    assert lit(unit) == {Light.RED}, "counted from its start: the agreed time is over"
    unit.command("extend", 2, by_s=600.0)
    assert [one.limit_s for one in unit.said() if isinstance(one, SessionExtended)] == [1500]
    assert lit(unit) == {Light.GREEN}
    unit.command("meet", 3, case=8)
    agreed = [one for one in unit.said() if isinstance(one, SessionAgreed)][-1]
    assert (agreed.case, agreed.limit_s) == (8, 1500), "no limit agreed: as it is"


def test_it_is_recorded_from_its_start_to_its_end() -> None:
    unit = bench()
    unit.command("meet", case=7, record=True)
    assert orders(unit) == [("start", "case")]
    assert unit.lights[Light.REC] is OFF, "ordered is not stored"
    stores(unit)
    assert unit.lights[Light.REC] is STEADY
    [started] = [one for one in unit.said() if isinstance(one, SessionStarted)]
    assert started.recorded
    unit.until(60.0)
    unit.tap(Button.SESSION, 61.0)
    assert orders(unit)[1:] == [("stop", "session")]
    stores(unit, storing=False)
    assert unit.lights[Light.REC] is OFF


def test_events_keep_their_order_on_the_wire() -> None:
    unit = bench()
    unit.command("meet", case=7, record=True)
    assert [event.sequence for event in unit.events] == [1, 2]
    assert [type(one) for one in unit.said()] == [SessionStarted, CommandAnswered]


def test_a_recording_that_goes_on_becomes_the_meetings() -> None:
    unit = bench()
    unit.tap(Button.SESSION, 1.0)
    unit.tap(Button.RECORD, 2.0)
    unit.command("meet", case=7, record=True)
    assert answer(unit) == (True, "")
    unit.tap(Button.SESSION, 60.0)
    assert orders(unit) == [("start", "staff"), ("stop", "session")]


def test_what_the_panic_button_began_goes_on_until_the_meeting_ends() -> None:
    unit = bench(panic_s=60.0)
    unit.tap(Button.PANIC, 1.0)
    unit.command("meet", case=7, record=True)
    unit.until(200.0)
    assert orders(unit) == [("start", "panic")], "the panic button's time was over at 61 s"
    unit.tap(Button.SESSION, 201.0)
    assert orders(unit)[1:] == [("stop", "session")]


def test_staff_end_the_recording_by_their_button_and_the_meeting_goes_on() -> None:
    unit = bench()
    unit.command("meet", case=7, record=True)
    unit.tap(Button.RECORD, 30.0)
    assert orders(unit) == [("start", "case"), ("stop", "staff")]
    assert Light.GREEN in lit(unit)


@pytest.mark.parametrize("broken", ["none", "recorder", "microphone"])
def test_what_cannot_be_recorded_is_a_meeting_all_the_same_and_said_to_be_so(broken: str) -> None:
    unit = Bench(microphone=True) if broken == "none" else bench()
    if broken != "none":
        unit.tell(PartState(broken, "it has no room"))
    unit.command("meet", case=7, limit_s=900.0, record=True)
    why = {"none": NO_RECORDER, "recorder": RECORDER_FAILS, "microphone": NOT_HEARING}[broken]
    assert answer(unit) == (False, NOT_RECORDED + why)
    [started] = [one for one in unit.said() if isinstance(one, SessionStarted)]
    assert (started.limit_s, started.recorded) == (900, False)
    assert Light.GREEN in lit(unit)
    assert orders(unit) == []
    if broken == "none":
        return
    unit.tell(PartState(broken, None))
    unit.command("meet", 2, case=7, limit_s=900.0, record=True)
    assert answer(unit) == (True, "")
    assert orders(unit) == [("start", "case")], "asked again it is recorded from then on"


def test_without_a_session_button_nobody_could_end_it() -> None:
    unit = Bench(session_button=False)
    unit.command("meet", case=7)
    assert answer(unit) == (False, NO_SESSION_BUTTON)
    assert lit(unit) == set()


def test_where_all_meetings_are_recorded_so_is_this() -> None:
    unit = bench(sessions=True)
    unit.command("meet", case=7)
    assert orders(unit) == [("start", "session")]


def test_a_restart_of_the_program_goes_on_with_it_and_records_again() -> None:
    unit = bench()
    unit.command("meet", case=7, limit_s=900.0, record=True)
    note = unit.notes["session"]
    again = bench()
    again.tell(Recovered((), (), Notes(session=SessionNote.model_validate_json(note.model_dump_json()))))
    assert orders(again) == [("start", "case")]
    assert Light.GREEN in lit(again)
    going_on = again.heart._sessions.going_on(reading(START + 1.0))
    assert going_on is not None
    assert (going_on.case, going_on.limit_s) == (7, 900)


def test_after_a_power_cut_nothing_of_it_is_guessed() -> None:
    unit = bench()
    unit.command("meet", case=7, record=True)
    note = unit.notes["session"].model_copy(update={"boot": 16 * "c"})
    again = bench()
    again.tell(Recovered((), (), Notes(session=note)))
    assert orders(again) == []
    assert not any(isinstance(one, Booted) for one in again.said())


def test_a_note_of_an_older_program_is_read() -> None:
    note = '{"boot":"b00b00b00b00b00b","began":1.0,"limit_s":60.0,"warn_s":1.0,"grace_s":1.0}'
    read = SessionNote.model_validate_json(note)
    assert (read.case, read.recorded) == (None, False)
