"""What the heart makes of parts, findings and a backlog that overflows."""

import pytest

from device.inputs import BacklogFull, Button, PartState, Started
from tests.support.unit_heart import Bench, heard
from wire.codec import decode, encode
from wire.messages.events import Assist, Bang, Booted, FaultCleared, FaultRaised, Panic, Shout, Withdrawn
from wire.topics import Channel, unit_topic


def test_the_start_is_told_with_its_self_test() -> None:
    bench = Bench()
    bench.tell(Started("0.1.0", "simulated", ("buttons", "disk"), ("clock: not synchronised",)))
    [said] = bench.said()
    assert said == Booted(
        version="0.1.0",
        hardware="simulated",
        passed=["buttons", "disk"],
        failed=["clock: not synchronised"],
    )
    assert bench.events[0].sequence == 1


def test_a_shout_and_a_bang_become_events() -> None:
    bench = Bench()
    bench.tell(heard("shout"))
    bench.tell(heard("shout", "end"))
    bench.tell(heard("bang"))
    shout, end, bang = bench.said()
    assert isinstance(shout, Shout)
    assert (shout.phase, shout.level_dba, shout.voice_share) == ("start", 84.5, 0.7)
    assert isinstance(end, Shout)
    assert end.phase == "end"
    assert isinstance(bang, Bang)
    assert bang.finding == "0123456789abcdef"


def test_a_shout_is_no_light_at_the_counter() -> None:
    bench = Bench()
    bench.until(0.2)
    before = dict(bench.lights)
    bench.tell(heard("shout"))
    bench.until(5.0)
    assert bench.lights == before


def test_a_fault_is_one_event_until_it_clears() -> None:
    bench = Bench()
    for fault in ("failed: gone", "failed: still gone", None, None, "silent: zero"):
        bench.tell(PartState("microphone", fault))
    assert bench.said() == [
        FaultRaised(part="microphone", detail="failed: gone"),
        FaultCleared(part="microphone"),
        FaultRaised(part="microphone", detail="silent: zero"),
    ]


def test_a_full_backlog_accepts_alarms_only_and_leaves_no_hole() -> None:
    bench = Bench()
    bench.tell(BacklogFull(True))
    bench.tell(PartState("microphone", "failed"))
    bench.tap(Button.SESSION, 1.0)
    bench.tell(heard("shout", "start"))
    bench.tell(heard("shout", "update"))
    bench.tell(heard("shout", "end"))
    bench.tell(heard("bang"))
    bench.hold(Button.PANIC, 2.0, 3.5)
    bench.tap(Button.ASSIST, 7.0)
    bench.tell(BacklogFull(False))
    bench.tell(heard("bang"))
    kinds = [type(data) for data in bench.said()]
    assert kinds == [FaultRaised, Shout, Shout, Panic, Withdrawn, Assist, FaultCleared, FaultRaised, Bang]
    assert bench.said()[7] == FaultRaised(part="microphone", detail="failed"), "told as soon as there is room"
    assert [event.sequence for event in bench.events] == list(range(1, 10))


@pytest.mark.parametrize("button", list(Button))
def test_every_event_passes_the_contract(button: Button) -> None:
    bench = Bench()
    bench.tell(heard("shout"))
    bench.tell(PartState("disk", "x" * 300))
    bench.hold(button, 1.0, 31.0)
    bench.tap(button, 40.0)
    assert bench.events
    topic = unit_topic("testville", "c1", Channel.EVENT)
    for event in bench.events:
        assert decode(topic, encode(event))[1] == event


def test_the_record_button_does_nothing_in_this_version() -> None:
    bench = Bench()
    bench.hold(Button.RECORD, 1.0, 5.0)
    assert bench.events == []
