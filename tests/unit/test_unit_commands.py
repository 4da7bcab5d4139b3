"""What people ask from afar: done or told why not, once, and never in the way of an alarm."""

from typing import Any

import pytest

from device.configuration import Everybody
from device.decisions import Decision, Restart, WatchLevel
from device.inputs import BacklogFull, Button, PartState, Recovered
from device.notes import COMMANDS_NOTED, CommandsNote, Notes
from tests.support.unit_heart import START, Bench
from wire.lights import IDENTIFY, OFF, WAITING, Light
from wire.messages.events import Assist, CommandAnswered, Panic, SessionExtended, SessionStarted


def answers(bench: Bench) -> list[tuple[str, bool, str]]:
    return [(x.name, x.done, x.why) for x in bench.said() if isinstance(x, CommandAnswered)]


def why_not(bench: Bench, name: str, **arguments: Any) -> str:
    """Ask; the reason why it was not done."""
    bench.command(name, **arguments)
    [(named, done, why)] = answers(bench)
    assert (named, done) == (name, False)
    assert why
    return why


def kinds(decided: list[Decision]) -> list[type[Decision]]:
    return [type(each) for each in decided]


def test_identify_shows_every_light_and_ends_by_itself() -> None:
    bench = Bench()
    bench.until(1.0)
    before = dict(bench.lights)
    bench.command("identify", seconds=5)
    assert answers(bench) == [("identify", True, "")]
    lit = {light for light, pattern in bench.lights.items() if pattern is IDENTIFY}
    assert lit == set(Light) - {Light.REC}, "the REC light says nothing but that something is stored"
    bench.until(5.9)
    assert bench.lights[Light.ALARM] is IDENTIFY
    bench.until(6.1)
    assert bench.lights == before


def test_an_alarm_wins_over_identify_and_ends_it() -> None:
    bench = Bench()
    bench.command("identify", seconds=60)
    bench.edge(Button.PANIC, True, 1.0)
    assert bench.lights[Light.ALARM] is WAITING
    assert IDENTIFY not in bench.lights.values()
    bench.edge(Button.PANIC, False, 1.2)
    bench.receipt(bench.events[-1].sequence)
    bench.lamp("off", bench.events[-1].sequence)
    assert bench.lights[Light.ALARM] is OFF


def test_identify_is_refused_while_the_alarm_light_speaks() -> None:
    bench = Bench()
    bench.area_alarm("c2")
    assert "alarm light" in why_not(bench, "identify")
    assert IDENTIFY not in bench.lights.values()


def test_the_level_is_watched_for_a_while() -> None:
    bench = Bench(microphone=True)
    decided = bench.command("watch-level", seconds=30)
    assert WatchLevel(START + 30.0) in decided
    assert answers(bench) == [("watch-level", True, "")]


@pytest.mark.parametrize("fitted", [True, False])
def test_without_a_microphone_that_hears_there_is_no_level(fitted: bool) -> None:
    bench = Bench(microphone=fitted)
    if fitted:
        bench.tell(PartState("microphone", "failed: gone"))
    assert "no microphone" in why_not(bench, "watch-level")


def test_a_meeting_is_extended_and_the_event_names_the_command() -> None:
    bench = Bench()
    bench.tap(Button.SESSION, 1.0)
    bench.command("extend", number=1, by_s=300)
    bench.command("extend", number=2)
    extended = [data for data in bench.said() if isinstance(data, SessionExtended)]
    assert extended == [
        SessionExtended(by_s=300.0, limit_s=2100.0, command=f"{1:016x}"),
        SessionExtended(by_s=600.0, limit_s=2700.0, command=f"{2:016x}"),
    ]
    assert bench.notes["session"].limit_s == 2700.0
    sequences = [event.sequence for event in bench.events]
    assert sequences == sorted(sequences), "events go out in the order of their sequences"


def test_no_meeting_no_extension() -> None:
    assert "no meeting" in why_not(Bench(), "extend")


def test_a_meeting_is_not_extended_beyond_a_day() -> None:
    bench = Bench()
    bench.tap(Button.SESSION, 1.0)
    assert "at most 86400 s" in why_not(bench, "extend", by_s=86_000)
    assert isinstance(bench.said()[0], SessionStarted)
    assert bench.notes["session"].limit_s == 1800.0


def test_presses_in_a_drill_are_alarms_that_are_marked() -> None:
    bench = Bench()
    bench.command("drill", seconds=60)
    bench.tap(Button.PANIC, 1.0)
    assert bench.lights[Light.ALARM] is WAITING
    bench.tap(Button.ASSIST, 2.0)
    bench.tap(Button.PANIC, 61.0)
    told = [data for data in bench.said() if isinstance(data, Panic | Assist)]
    assert told == [Panic(drill=True), Assist(drill=True), Panic(drill=False)]


def test_a_series_that_leaves_the_drill_is_serious() -> None:
    bench = Bench()
    bench.command("drill", seconds=10)
    bench.tap(Button.PANIC, 9.5)
    bench.tap(Button.PANIC, 9.9)
    bench.until(12.0)
    told = [data for data in bench.said() if isinstance(data, Panic)]
    assert told == [Panic(presses=1, drill=True), Panic(presses=1, drill=False)]


def test_a_drill_can_be_ended() -> None:
    bench = Bench()
    bench.command("drill", number=1)
    bench.command("drill", number=2, seconds=0)
    bench.tap(Button.PANIC, 1.0)
    assert bench.said()[-1] == Panic(drill=False)


def test_a_restart_is_answered_and_noted_before_the_program_ends() -> None:
    bench = Bench()
    decided = bench.command("restart")
    assert [kind.__name__ for kind in kinds(decided)][:3] == ["Note", "Send", "Restart"]
    assert answers(bench) == [("restart", True, "")]
    again = Bench()
    again.tell(Recovered((), (), Notes(commands=bench.notes["commands"])))
    assert Restart not in kinds(again.command("restart"))
    assert again.events == [], "it would restart for ever"


@pytest.mark.parametrize("name", ["record", "stop-record"])
def test_without_a_recorder_nothing_is_recorded(name: str) -> None:
    bench = Bench()
    assert "no recorder" in why_not(bench, name)
    assert bench.lights[Light.REC] is OFF


def test_an_expired_command_is_not_done() -> None:
    bench = Bench()
    bench.tap(Button.SESSION, 1.0)
    assert why_not(bench, "extend", expires_s=-0.1) == "expired"


def test_an_unset_clock_cannot_know_and_does_nothing() -> None:
    bench = Bench()
    decided = bench.command("restart", synced=False)
    assert Restart not in kinds(decided)
    [(_, done, why)] = answers(bench)
    assert not done
    assert "clock is not set" in why


def test_the_same_command_is_done_and_answered_once() -> None:
    bench = Bench()
    bench.tap(Button.SESSION, 1.0)
    for _ in range(3):
        bench.command("extend", number=7)
    assert len(answers(bench)) == 1
    assert bench.notes["session"].limit_s == 2400.0


def test_only_the_newest_answers_are_remembered_and_fit_their_note() -> None:
    bench = Bench()
    for number in range(1, COMMANDS_NOTED + 11):
        bench.command("record", number=number)
    noted = bench.notes["commands"]
    assert noted == CommandsNote(ids=[f"{number:016x}" for number in range(11, COMMANDS_NOTED + 11)])


def test_what_was_answered_before_the_disk_could_be_read_is_noted_beside_what_it_had() -> None:
    bench = Bench()
    bench.command("record", number=2)
    bench.tell(Recovered((), (), Notes(commands=CommandsNote(ids=[f"{1:016x}"]))))
    assert bench.notes["commands"] == CommandsNote(ids=[f"{1:016x}", f"{2:016x}"]), "the older ones first"
    for number in (1, 2):
        assert bench.command("restart", number=number) == []


def test_what_cannot_be_answered_is_not_done() -> None:
    bench = Bench()
    bench.tell(BacklogFull(True))
    assert Restart not in kinds(bench.command("restart"))
    bench.tell(BacklogFull(False))
    assert Restart in kinds(bench.command("restart")), "it may be asked again"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("identify", {"seconds": 0}),
        ("identify", {"seconds": 61}),
        ("identify", {"seconds": -1}),
        ("identify", {"seconds": "10"}),
        ("identify", {"seconds": True}),
        ("identify", {"seconds": None}),
        ("identify", {"seconds": float("inf")}),
        ("identify", {"seconds": [10]}),
        ("identify", {"colour": "red"}),
        ("identify", {"x\x00<script>" * 20: 1}),
        ("watch-level", {"seconds": 1e308}),
        ("extend", {"by_s": -600}),
        ("extend", {"by_s": 0}),
        ("drill", {"seconds": 3601}),
        ("restart", {"force": True}),
        ("record", {"seconds": 5}),
    ],
)
def test_hostile_arguments_are_refused_with_the_reason(name: str, arguments: dict[Any, Any]) -> None:
    bench = Bench(microphone=True, trust=Everybody())
    bench.tap(Button.SESSION, 1.0)
    before = dict(bench.lights)
    assert Restart not in kinds(bench.command(name, **arguments))
    [(_, done, why)] = answers(bench)
    assert not done
    assert 0 < len(why) <= 300
    assert why.isprintable()
    assert bench.lights == before
    assert bench.notes["session"].limit_s == 1800.0


def test_two_commands_of_a_day_ago_and_of_now() -> None:
    bench = Bench()
    bench.command("record", number=1, expires_s=-86_400)
    bench.command("record", number=2)
    assert [why for _, _, why in answers(bench)] == ["expired", "this unit has no recorder"]
