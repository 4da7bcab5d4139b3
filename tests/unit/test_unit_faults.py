"""Faults of parts: each told once when it comes and once when it goes; later, if nobody could be told."""

from hypothesis import given
from hypothesis import strategies as st

from device.decisions import Decision, Send
from device.faults import BACKLOG, Faults
from device.inputs import BacklogFull, PartState
from device.telling import Identity, Telling
from tests.support.unit_heart import BOOT, EPOCH, START, reading
from wire.messages import Event
from wire.messages.events import FaultCleared, FaultRaised

PARTS = ("disk", "microphone", "lights")


class Told:
    """What the hub knows of faults by events alone, as it must be after each step."""

    def __init__(self) -> None:
        self.telling = Telling(Identity("testville", "c1", EPOCH, BOOT))
        self.faults = Faults(self.telling)
        self.at = START
        self.events: list[Event] = []
        self.raised: dict[str, str] = {}

    def part(self, part: str, fault: str | None) -> None:
        self.at += 1.0
        self._take(self.faults.part(PartState(part, fault), reading(self.at)))

    def backlog(self, *, full: bool) -> None:
        self.at += 1.0
        self._take(self.faults.backlog(BacklogFull(full), reading(self.at)))

    def _take(self, decided: list[Decision]) -> None:
        for each in decided:
            assert isinstance(each, Send)
            self.events.append(each.event)
            match each.event.content():
                case FaultRaised(part=part, detail=detail):
                    assert self.raised.get(part) != detail, "told once"
                    self.raised[part] = detail
                case FaultCleared(part=part):
                    del self.raised[part]


def test_what_came_while_only_alarms_were_accepted_is_told_afterwards_with_its_time() -> None:
    told = Told()
    told.part("disk", "it is full")
    told.backlog(full=True)
    told.part("microphone", "it is gone")
    microphone_at = told.at
    told.part("disk", None)
    disk_at = told.at
    assert told.raised == {"disk": "it is full", BACKLOG: told.raised[BACKLOG]}
    told.backlog(full=False)
    assert told.raised == {"microphone": "it is gone"}
    assert [event.uptime for event in told.events[-2:]] == [microphone_at, disk_at]


def test_what_came_and_went_meanwhile_is_not_told() -> None:
    told = Told()
    told.part("lights", "one does not obey")
    told.backlog(full=True)
    for _ in range(100):
        told.part("disk", "it is full")
        told.part("disk", None)
        told.part("lights", None)
        told.part("lights", "one does not obey")
    assert not told.faults._untold, "memory does not grow with what comes and goes"
    told.backlog(full=False)
    assert [event.type for event in told.events[-1:]] == [FaultCleared.TYPE], "of the backlog itself, no more"


def test_a_fault_that_has_become_another_one_meanwhile_is_told() -> None:
    told = Told()
    told.part("disk", "it is full")
    told.backlog(full=True)
    told.part("disk", None)
    told.part("disk", "it cannot be written")
    told.backlog(full=False)
    assert told.raised == {"disk": "it cannot be written"}


step = st.one_of(
    st.tuples(st.sampled_from(PARTS), st.sampled_from([None, "one way", "another way"])), st.booleans()
)


@given(steps=st.lists(step, max_size=40))
def test_whatever_happens_the_hub_knows_in_the_end_how_each_part_is(
    steps: list[tuple[str, str | None] | bool],
) -> None:
    told, truth = Told(), dict[str, str]()
    for each in steps:
        if isinstance(each, bool):
            told.backlog(full=each)
        else:
            part, fault = each
            if fault is None:
                truth.pop(part, None)
            else:
                truth.setdefault(
                    part, fault
                )  # a fault that goes on is one fault, whatever it is called later
            told.part(part, fault)
        assert len(told.faults._untold) <= len(PARTS)
    told.backlog(full=False)
    assert told.raised == truth
    sequences = [event.sequence for event in told.events]
    assert sequences == list(range(1, len(sequences) + 1)), "no hole"
