"""The alarm light never claims more than the hub has said, whatever happens in whatever order.

The model here knows nothing of the unit's code: it keeps the plain sets of what was pressed, receipted and
said, and judges each pattern that is shown.
"""

from typing import Any, Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from device.inputs import AlarmKey, Button, Edge, Recovered, Tick
from tests.support.proofs import size
from tests.support.unit_heart import EPOCH, OLD_EPOCH, START, Bench, reading
from wire.lights import COMING, NEIGHBOUR, OFF, STORED, UNANSWERED, WAITING
from wire.limits import DELIVERY_WARNING_S
from wire.messages.events import Assist, Panic, Withdrawn

Key = tuple[str, int]
ASKING = (Panic.TYPE, Assist.TYPE)
States = Literal["off", "stored", "coming", "unanswered"]

sequences = st.integers(1, 12)
epochs = st.sampled_from([EPOCH, EPOCH, EPOCH, OLD_EPOCH, "cafecafecafecafe"])
steps = st.one_of(
    st.tuples(st.just("wait"), st.sampled_from([0.01, 0.1, 0.6, 1.1, 3.0, 11.0])),
    st.tuples(st.just("edge"), st.sampled_from([Button.PANIC, Button.ASSIST, Button.SESSION]), st.booleans()),
    st.tuples(
        st.just("receipt"), epochs, st.integers(0, 12), st.lists(st.tuples(sequences, sequences), max_size=2)
    ),
    st.tuples(st.just("lamp"), epochs, st.one_of(st.none(), sequences), st.sampled_from(States.__args__)),  # type: ignore[attr-defined]
    st.tuples(st.just("area"), st.booleans()),
    st.tuples(st.just("tap"), st.sampled_from([Button.PANIC, Button.ASSIST]), st.sampled_from([0.3, 1.2])),
    st.just(("store all",)),
    st.tuples(st.just("answer"), st.booleans(), st.integers(-2, 1), st.sampled_from(States.__args__)),  # type: ignore[attr-defined]
)
restarts = st.one_of(st.none(), st.tuples(sequences, st.sampled_from([0.0, 1.0, 60.0, float("inf")])))


class Told:
    """What the hub has said so far."""

    def __init__(self) -> None:
        self.made: dict[Key, float] = {}
        self.asked: list[Key] = []
        self.stored: set[Key] = set()
        self.lamp: tuple[States, Key | None] = ("off", None)
        self.neighbour = False
        self.seen = 0

    def receipt(self, epoch: str, through: int, beyond: list[tuple[int, int]]) -> None:
        for key in self.made:
            if key[0] == epoch and (key[1] <= through or any(a <= key[1] <= b for a, b in beyond)):
                self.stored.add(key)

    def notice(self, bench: Bench) -> None:
        for event in bench.events[self.seen :]:
            if event.type in (*ASKING, Withdrawn.TYPE):
                self.made[event.epoch, event.sequence] = event.uptime
                if event.type in ASKING:
                    self.asked.append((event.epoch, event.sequence))
        self.seen = len(bench.events)

    def judge(self, bench: Bench) -> None:
        shown, now = bench.alarm_light, START + bench.at
        unstored = [at for key, at in self.made.items() if key not in self.stored]
        state, covers = self.lamp
        last = self.asked[-1] if self.asked else None
        answered = last is None or (
            covers is not None
            and covers[0] in (EPOCH, OLD_EPOCH)
            and ((covers[0] == EPOCH, covers[1]) >= (last[0] == EPOCH, last[1]))
        )
        if unstored:
            late = now - min(unstored) >= DELIVERY_WARNING_S
            assert shown is (UNANSWERED if late else WAITING)
        if shown is STORED:
            assert last is not None or state == "stored"
            assert not unstored
        if shown is COMING:
            assert state == "coming"
            assert answered
            assert not unstored
        if shown in (OFF, NEIGHBOUR):
            assert not unstored
            assert answered
            assert state == "off"
            assert self.neighbour is (shown is NEIGHBOUR)
        if last is not None and not unstored and not answered and shown is not WAITING:
            assert shown in (STORED, UNANSWERED)


def apply(bench: Bench, told: Told, step: tuple[Any, ...]) -> None:
    match step:
        case ("wait", seconds):
            bench.until(bench.at + seconds)
        case ("edge", button, pressed):
            bench.tell(Edge(button, pressed, reading(START + bench.at)))
        case ("tap", button, after):
            bench.tap(button, bench.at)
            bench.until(bench.at + after)
        case ("store all",):
            told.notice(bench)
            for epoch in (OLD_EPOCH, EPOCH):
                through = max((n for e, n in told.made if e == epoch), default=0)
                told.receipt(epoch, through, [])
                bench.receipt(through, epoch=epoch)
        case ("answer", old, beyond, state):
            told.notice(bench)
            if told.asked and told.asked[-1][1] + beyond >= 1:
                epoch, sequence = told.asked[-1]
                epoch = OLD_EPOCH if old else epoch
                told.lamp = (state, (epoch, sequence + beyond))
                bench.lamp(state, sequence + beyond, epoch=epoch)
        case ("receipt", epoch, through, beyond):
            ranges = [(min(pair), max(pair)) for pair in beyond]
            told.notice(bench)
            told.receipt(epoch, through, ranges)
            bench.receipt(through, ranges, epoch=epoch)
        case ("lamp", epoch, covers, state):
            told.lamp = (state, (epoch, covers) if covers is not None else None)
            bench.lamp(state, covers, epoch=epoch)
        case ("area", here):
            told.neighbour = here
            bench.area_alarm(*(["c2"] if here else []), "c1")


@settings(max_examples=size(400, 10_000), deadline=None)
@given(restarts, st.lists(steps, max_size=40))
def test_the_light_claims_no_more_than_the_hub_has_said(
    left: tuple[int, float] | None, script: list[tuple[Any, ...]]
) -> None:
    bench, told = Bench(), Told()
    alarms: tuple[tuple[AlarmKey, float], ...] = ()
    if left is not None:
        sequence, age_s = left
        alarms = ((AlarmKey(OLD_EPOCH, sequence), age_s),)
        told.made[OLD_EPOCH, sequence] = START - age_s
        told.asked.append((OLD_EPOCH, sequence))
    bench.tell(Recovered((OLD_EPOCH,), alarms))
    for step in script:
        apply(bench, told, step)
        told.notice(bench)
        bench.tell(Tick())
        told.notice(bench)
        if bench.heart._panics.first_at is None and bench.heart._assists.first_at is None:
            told.judge(bench)
        else:
            assert bench.alarm_light in (WAITING, UNANSWERED)
