"""A meeting through restarts, power cuts and clocks that are set."""

from datetime import timedelta

import pytest

from device.decisions import Beep, Note, Send
from device.inputs import BacklogFull, Button, Edge, Now, Recovered, Started, Tick
from device.notes import Notes, SessionNote
from tests.support.unit_heart import BOOT, EPOCH, OLD_EPOCH, START, Bench, reading
from wire.lights import BLINK, OFF, STEADY, UNKNOWN, Light
from wire.messages.events import (
    Booted,
    GoingOn,
    Panic,
    SessionExtended,
    SessionStarted,
    SessionStopped,
    SessionUnknown,
)

STARTED = Started("0.1.0", "simulated", (), ())


def note(began: float, *, limit_s: float = 2400.0, boot: str = BOOT, unknown: bool = False) -> SessionNote:
    """Of a meeting that an earlier run began at ``began`` of the bench's time."""
    return SessionNote(
        boot=boot,
        began=START + began,
        limit_s=limit_s,
        warn_s=300.0,
        grace_s=300.0,
        epoch=OLD_EPOCH,
        sequence=5,
        unknown=unknown,
    )


def restarted(kept: SessionNote | None, at: float = 0.0) -> Bench:
    bench = Bench()
    bench.at = at
    bench.tell(Recovered((OLD_EPOCH,), (), Notes(session=kept)))
    bench.tell(STARTED)
    return bench


def booted(bench: Bench) -> Booted:
    [said] = [data for data in bench.said() if isinstance(data, Booted)]
    return said


def test_each_step_of_a_meeting_is_noted_and_its_end_too() -> None:
    bench = Bench()
    bench.tap(Button.SESSION, 1.0)
    assert bench.notes["session"] == SessionNote(
        boot=BOOT, began=START + 1.0, limit_s=1800.0, warn_s=300.0, grace_s=300.0, epoch=EPOCH, sequence=1
    )
    bench.hold(Button.SESSION, 5.0, 2.0)
    assert bench.notes["session"].limit_s == 2400.0
    bench.tap(Button.SESSION, 10.0)
    assert bench.notes["session"] is None


def test_the_note_of_a_start_comes_before_its_event() -> None:
    bench = Bench()
    decided = bench.tell(Edge(Button.SESSION, True, reading(START)))
    kinds = [type(each) for each in decided if isinstance(each, Note | Send)]
    assert kinds == [Note, Send]


def test_a_restart_goes_on_with_the_meeting_and_the_start_names_it() -> None:
    bench = restarted(note(began=-700.0, limit_s=1100.0), at=10.0)
    assert booted(bench).session == GoingOn(
        epoch=OLD_EPOCH, sequence=5, lasted_s=710.0, limit_s=1100.0, warn_s=300.0, grace_s=300.0
    )
    assert bench.lights[Light.GREEN] is STEADY
    bench.until(101.0)
    assert (bench.lights[Light.GREEN], bench.lights[Light.AMBER]) == (OFF, STEADY)
    bench.hold(Button.SESSION, 102.0, 2.0)
    bench.tap(Button.SESSION, 110.0)
    extended, stopped = bench.said()[1:]
    assert extended == SessionExtended(by_s=600.0, limit_s=1700.0)
    assert isinstance(stopped, SessionStopped)
    assert stopped.lasted_s == pytest.approx(810.1)
    assert bench.notes["session"] is None


def test_an_extension_after_a_restart_keeps_the_meetings_name() -> None:
    bench = restarted(note(began=-10.0))
    bench.hold(Button.SESSION, 5.0, 2.0)
    assert (bench.notes["session"].epoch, bench.notes["session"].sequence) == (OLD_EPOCH, 5)
    assert bench.notes["session"].began == START - 10.0


def test_nothing_goes_on_where_nothing_was_noted() -> None:
    bench = restarted(None)
    assert booted(bench).session is None
    assert {bench.lights[light] for light in (Light.GREEN, Light.AMBER, Light.RED)} == {OFF}


@pytest.mark.parametrize("kept", [note(-60.0, boot="c0ffee00c0ffee00"), note(+60.0)])
def test_after_a_power_cut_it_is_said_to_be_unknown_and_not_guessed(kept: SessionNote) -> None:
    bench = restarted(kept)
    assert bench.said()[0] == SessionUnknown(epoch=OLD_EPOCH, sequence=5)
    assert booted(bench).session is None
    assert bench.lights[Light.AMBER] is UNKNOWN
    assert (bench.lights[Light.GREEN], bench.lights[Light.RED]) == (OFF, OFF)
    bench.until(90_000.0)
    assert bench.lights[Light.AMBER] is UNKNOWN
    assert bench.notes["session"].unknown


def test_the_unknown_is_told_once_and_its_light_ends_with_the_next_meeting() -> None:
    bench = restarted(note(-60.0, boot="c0ffee00c0ffee00", unknown=True))
    assert [type(data) for data in bench.said()] == [Booted]
    assert bench.lights[Light.AMBER] is UNKNOWN
    bench.tap(Button.SESSION, 1.0)
    assert (bench.lights[Light.GREEN], bench.lights[Light.AMBER]) == (STEADY, OFF)
    bench.tap(Button.SESSION, 5.0)
    assert bench.lights[Light.AMBER] is OFF
    assert bench.notes["session"] is None


def test_what_the_disk_tells_too_late_is_unknown_since_the_hub_took_it_for_ended() -> None:
    bench = Bench()
    bench.tell(STARTED)
    bench.tell(Recovered((OLD_EPOCH,), (), Notes(session=note(-60.0))))
    assert [type(data) for data in bench.said()] == [Booted, SessionUnknown]
    assert bench.lights[Light.AMBER] is UNKNOWN


def test_a_meeting_that_began_meanwhile_is_not_replaced_by_an_old_one() -> None:
    bench = Bench()
    bench.tap(Button.SESSION, 1.0)
    bench.tell(Recovered((OLD_EPOCH,), (), Notes(session=note(-60.0))))
    bench.tap(Button.SESSION, 3.0)
    stopped = bench.said()[-1]
    assert isinstance(stopped, SessionStopped)
    assert stopped.lasted_s == pytest.approx(2.1)


def test_a_meeting_that_began_and_ended_meanwhile_leaves_no_question_about_an_old_one() -> None:
    bench = Bench()
    bench.tell(STARTED)
    bench.tap(Button.SESSION, 1.0)
    bench.tap(Button.SESSION, 3.0)
    bench.tell(Recovered((OLD_EPOCH,), (), Notes(session=note(-60.0))))
    assert SessionUnknown not in [type(data) for data in bench.said()]
    assert bench.lights[Light.AMBER] is OFF
    assert bench.notes["session"] is None


def test_what_was_said_to_be_unknown_stays_so_although_this_boot_still_knows_it() -> None:
    bench = restarted(note(-60.0, unknown=True))
    assert booted(bench).session is None, "the hub has ended it"
    assert bench.lights[Light.AMBER] is UNKNOWN


def test_a_meeting_whose_start_could_not_be_told_goes_on_without_a_name() -> None:
    bench = Bench()
    bench.tell(BacklogFull(True))
    bench.tap(Button.SESSION, 1.0)
    assert bench.notes["session"].epoch is None
    again = restarted(bench.notes["session"], at=5.0)
    assert booted(again).session is None
    assert again.lights[Light.GREEN] is STEADY


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(days=-1)])
def test_setting_the_clock_changes_no_meeting(jump: timedelta) -> None:
    def jumped(at: float) -> Now:
        now = reading(START + at)
        return Now(now.monotonic, now.wall + jump, now.synced)

    bench, plain = Bench(), Bench()
    bench.tap(Button.SESSION, 1.0)
    plain.tap(Button.SESSION, 1.0)
    for at in (100.0, 1501.5, 1801.5, 2101.5):
        bench.heart.handle(Tick(), jumped(at))
        plain.until(at)
        assert bench.heart._shown == plain.lights
    assert plain.lights[Light.RED] is BLINK
    decided = bench.heart.handle(Edge(Button.SESSION, True, jumped(2200.0)), jumped(2200.0))
    decided += bench.heart.handle(Edge(Button.SESSION, False, jumped(2200.1)), jumped(2200.1))
    [stopped] = [each.event.content() for each in decided if isinstance(each, Send)]
    assert isinstance(stopped, SessionStopped)
    assert stopped.lasted_s == pytest.approx(2199.1)


def beeps(bench: Bench) -> list[int]:
    return [each.times for each in bench.decided if isinstance(each, Beep)]


def test_the_buzzer_sounds_as_the_amber_and_the_red_light_come_on() -> None:
    bench = Bench()
    bench.tap(Button.SESSION, 0.0)
    bench.until(1499.0)
    assert beeps(bench) == []
    bench.until(1501.0)
    assert beeps(bench) == [1]
    bench.until(1801.0)
    assert beeps(bench) == [1, 2]
    bench.until(2200.0)
    bench.tap(Button.SESSION, 2201.0)
    assert beeps(bench) == [1, 2]


def test_the_buzzer_is_silent_for_an_alarm_and_while_there_is_one() -> None:
    bench = Bench()
    bench.tap(Button.SESSION, 0.0)
    bench.until(1490.0)
    bench.tap(Button.PANIC, 1491.0)
    bench.tap(Button.ASSIST, 1492.0)
    bench.until(1900.0)
    bench.area_alarm("c2")
    bench.until(2200.0)
    assert beeps(bench) == []


def test_a_restart_sounds_nothing_for_what_is_past() -> None:
    bench = restarted(note(began=-890.0, limit_s=900.0))
    bench.until(5.0)
    assert beeps(bench) == []
    bench.until(11.0)
    assert beeps(bench) == [2]


def test_session_and_panic_at_the_same_moment_both_count() -> None:
    bench = Bench()
    for button in (Button.SESSION, Button.PANIC, Button.ASSIST):
        bench.edge(button, True, 1.0)
    assert {type(data).__name__ for data in bench.said()} == {"SessionStarted", "Panic", "Assist"}
    assert isinstance(bench.said()[0], SessionStarted)
    assert isinstance(bench.said()[1], Panic)
