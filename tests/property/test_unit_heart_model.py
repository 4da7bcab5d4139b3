"""Anything that can happen to a unit, in any order, against a model: no press lost, no light that lies.

Presses, chatter, lost connections, receipts late and partial, lamps stale and of other epochs, neighbours,
clock jumps, restarts in order and by power cuts, disks that open late, time in any portions; meetings that go
on through restarts or are lost in them, commands repeated and expired, drills, desired limits.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar, get_args

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from device.inputs import AreaAlarmArrived, BacklogFull, Button, LampArrived, PartState, Tick
from tests.support.proofs import size
from tests.support.unit_heart import NOON, heard
from tests.support.unit_truths import LampState
from tests.support.unit_world import World, event_of, presses_of
from wire.messages import AreaAlarm, Command, Config, Lamp, Receipt
from wire.messages.hub import Covers

DAY_S = 86_400.0
COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("drill", {"seconds": 30.0}),
    ("drill", {"seconds": 0.0}),
    ("extend", {}),
    ("extend", {"by_s": 120.0}),
    ("identify", {"seconds": 5.0}),
    ("meet", {"case": 7, "limit_s": 400.0, "record": True}),
    ("meet", {"case": 8, "record": True}),
    ("meet", {"case": 9, "limit_s": 1500.0}),
    ("record", {}),
    ("stop-record", {}),
    ("restart", {}),
]
STRANGE = "cafecafecafecafe"
"""An epoch that this unit never had."""

spans = st.one_of(
    st.floats(0.001, 0.2),
    st.floats(0.2, 4.0),
    st.floats(4.0, 40.0),
    # Around the moments at which the timer's lights change.
    st.sampled_from([10.0, 290.0, 300.0, 310.0, 1490.0, 1500.0, 1790.0, 2100.0]),
)
gaps = st.floats(0.0001, 0.045)
lags = st.sampled_from([0.0, 0.0, 0.001, 0.02])
buttons = st.sampled_from([Button.PANIC, Button.PANIC, Button.ASSIST, Button.SESSION, Button.RECORD])
sequences = st.integers(1, 12)
ranges = st.lists(st.tuples(sequences, sequences), max_size=2)


class AnUnit(RuleBasedStateMachine):
    """With a hub that tells the truth, sooner or later or never."""

    honest: ClassVar[bool] = True
    steps: ClassVar[int] = 0
    restarts: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.world = World()

    # Time and clocks.

    @rule(seconds=spans, fine=st.booleans())
    def time_passes(self, seconds: float, fine: bool) -> None:
        # Ten ticks a second for a while is what a unit does; one tick after long is a busy machine.
        self.world.passes(seconds, tick_s=max(0.1, seconds / 40) if fine else float("inf"))

    @rule(by_s=st.sampled_from([DAY_S, -DAY_S, 1.0, -1.0, 0.01]), synced=st.booleans())
    def the_clock_jumps(self, by_s: float, synced: bool) -> None:
        self.world.sets_clock(by_s)
        self.world.synced = synced

    # Hands.

    @rule(button=buttons, edges=st.integers(1, 6), gap_s=gaps, lag_s=lags)
    def a_contact_moves(self, button: Button, edges: int, gap_s: float, lag_s: float) -> None:
        self.world.train(button, edges, gap_s, lag_s)

    @rule(button=buttons, held_s=st.sampled_from([0.0, 0.1, 1.5, 1.6, 3.0, 3.1, 31.0]))
    def a_finger_presses_and_lets_go(self, button: Button, held_s: float) -> None:
        self.world.train(button, 1, 0.0, 0.0)
        self.world.passes(held_s)
        self.world.train(button, 1, 0.0, 0.0)

    @rule(times=st.integers(2, 12), lag_s=st.sampled_from([0.0, 0.5]))
    def somebody_mashes(self, times: int, lag_s: float) -> None:
        for _ in range(2 * times):
            self.world.train(Button.PANIC, 1, 0.0, lag_s)

    # What the unit notices.

    @rule(kind=st.sampled_from(["shout", "bang"]), phase=st.sampled_from(["start", "update", "end"]))
    def the_hearing_finds(self, kind: str, phase: str) -> None:
        self.world.tell(heard(kind, phase))  # type: ignore[arg-type]

    @rule(
        part=st.sampled_from(["disk", "microphone"]),
        fault=st.sampled_from([None, "it does not work", "it is gone"]),
    )
    def a_part_fails_or_works(self, part: str, fault: str | None) -> None:
        self.world.truth.part_told(part, fault)
        self.world.tell(PartState(part, fault))

    @rule(full=st.booleans())
    def too_much_waits(self, full: bool) -> None:
        self.world.truth.only_alarms(full)
        self.world.tell(BacklogFull(full))

    @rule(how=st.sampled_from(["works", "works", "stalls", "fails"]))
    def the_recorder(self, how: str) -> None:
        recorder = self.world.truth.recorder
        told = {"works": recorder.works, "stalls": recorder.stalls, "fails": recorder.fails}[how]()
        for each in told:
            self.world.tell(each)

    # The network and the hub.

    @rule(connected=st.booleans())
    def the_link_changes(self, connected: bool) -> None:
        self.world.connects(connected)

    @rule(lost=st.lists(st.booleans(), min_size=1, max_size=12))
    def events_are_under_way(self, lost: list[bool]) -> None:
        self.world.delivers(lost)

    @rule()
    def the_hub_has_everything(self) -> None:
        self.world.connects(True)
        self.world.delivers([False] * 200)
        for epoch in self.world.truth.epochs:
            self.world.receipt(self.world.hub.receipt(epoch))

    @rule(back=st.integers(0, 3))
    def a_receipt_is_made_and_comes(self, back: int) -> None:
        epochs = self.world.truth.epochs
        self.world.receipt(self.world.hub.receipt(epochs[-1 - back % len(epochs)]))

    @precondition(lambda self: self.world.hub.receipts)
    @rule(which=st.integers(0, 1000))
    def a_receipt_comes_late_or_again(self, which: int) -> None:
        receipts = self.world.hub.receipts
        self.world.receipt(receipts[which % len(receipts)])

    @rule(
        state=st.sampled_from(get_args(LampState)),
        which=st.sampled_from([None, 0, 0, 0, 1, 3]),
        strange=st.booleans(),
        beyond=st.sampled_from([0, 0, 0, -1, 1]),
    )
    def a_lamp_comes(self, state: LampState, which: int | None, strange: bool, beyond: int) -> None:
        asked, covers = self.world.truth.calls, None
        if which is not None and asked:
            epoch, sequence = asked[-1 - which % len(asked)]
            covers = Covers(epoch=STRANGE if strange else epoch, sequence=max(1, sequence + beyond))
        lamp = Lamp(state=state, covers=covers, time=NOON)
        self.world.truth.lamp(lamp)
        self.world.tell(LampArrived(lamp))

    @rule(units=st.sampled_from([(), ("c1",), ("c2",), ("c1", "c2")]))
    def the_area_has_an_alarm(self, units: tuple[str, ...]) -> None:
        self.world.truth.area("c2" in units)
        self.world.tell(AreaAlarmArrived(AreaAlarm(units=list(units), time=NOON)))

    # What people ask from afar.

    @rule(
        number=st.integers(1, 20),
        asked=st.sampled_from(COMMANDS),
        expires_s=st.sampled_from([60.0, 60.0, 60.0, -1.0]),
    )
    def a_command_comes(self, number: int, asked: tuple[str, dict[str, Any]], expires_s: float) -> None:
        name, arguments = asked
        expires = self.world.now().wall + timedelta(seconds=expires_s)
        self.world.asks(
            Command.model_validate(
                {"id": f"{number:016x}", "name": name, "expires": expires, "arguments": arguments}
            )
        )

    @rule(
        version=st.integers(1, 6),
        limit_s=st.sampled_from([None, 200.0, 900.0]),
        warn_s=st.sampled_from([None, 100.0, 300.0]),
    )
    def a_configuration_comes(self, version: int, limit_s: float | None, warn_s: float | None) -> None:
        settings = {
            name: value for name, value in (("limit_s", limit_s), ("warn_s", warn_s)) if value is not None
        }
        self.world.desires(Config(version=version, settings=settings, signature=""))

    # The disk and the program.

    @rule()
    def the_disk_writes(self) -> None:
        self.world.disk_writes()

    @precondition(lambda self: not self.world.opened)
    @rule()
    def the_disk_opens_late(self) -> None:
        self.world.disk_opens()

    @rule(reboot=st.booleans(), disk_opens=st.booleans())
    def the_program_starts_again(self, reboot: bool, disk_opens: bool) -> None:
        self.world.stops()
        self.starts(reboot=reboot, disk_opens=disk_opens)

    @rule(reboot=st.booleans(), disk_opens=st.booleans())
    def the_power_goes(self, reboot: bool, disk_opens: bool) -> None:
        self.world.power_cut()
        self.starts(reboot=reboot, disk_opens=disk_opens)

    def starts(self, *, reboot: bool, disk_opens: bool) -> None:
        AnUnit.restarts += 1
        self.world.start(reboot=reboot, disk_opens=disk_opens)

    # What must be.

    @invariant()
    def the_lights_tell_the_truth(self) -> None:
        AnUnit.steps += 1
        self.world.tell(Tick())
        self.world.truth.judge(self.world.shown, self.world.uptime)

    def teardown(self) -> None:
        """In the end all goes well for a while: then the hub has everything that no power cut took."""
        if not self.honest:
            return
        world = self.world
        world.stops()
        world.connects(True)
        for _ in range(100):
            if not len(world.backlog):
                break
            world.delivers([False] * 200)
            for epoch in world.truth.epochs:
                world.receipt(world.hub.receipt(epoch))
            world.passes(31.0)
        assert world.hub.stored.keys() == world.made.keys() - world.lost
        told = sum(presses_of(event_of(payload)) for payload in world.hub.stored.values())
        assert told == world.pressed - world.pressed_in_vain
        world.truth.judge(world.shown, world.uptime)


class WithAHubThatSaysAnything(AnUnit):
    """Its receipts speak of events that it never saw: what it says is shown, and nothing else."""

    honest = False

    @rule(epoch=st.sampled_from(["own", "older", STRANGE]), through=st.integers(0, 12), beyond=ranges)
    def a_receipt_of_anything_comes(self, epoch: str, through: int, beyond: list[tuple[int, int]]) -> None:
        epochs = self.world.truth.epochs
        meant = {"own": epochs[-1], "older": epochs[0]}.get(epoch, epoch)
        spread = [(min(pair), max(pair)) for pair in beyond]
        self.world.receipt(Receipt(epoch=meant, through=through, beyond=spread))


@pytest.mark.parametrize("machine", [AnUnit, WithAHubThatSaysAnything], ids=["honest hub", "any hub"])
def test_no_press_is_lost_and_no_light_lies(
    machine: type[AnUnit], record_property: Callable[[str, object], None]
) -> None:
    AnUnit.steps = AnUnit.restarts = 0
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=size(100, 700),
            stateful_step_count=size(40, 60),
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    record_property("proved", f"{AnUnit.steps:,} steps, {AnUnit.restarts:,} restarts")
    assert AnUnit.steps >= size(1500, 20_000)
