"""The model of a unit's recorder: what it was told to do, what it does, and what must be told of it."""

from dataclasses import dataclass, field
from math import inf

from device.decisions import StartRecording, StopRecording
from device.inputs import RecorderTold
from device.recording import Policy
from wire.evidence.line import End
from wire.lights import OFF, STEADY, Pattern
from wire.messages.events import RecordingEnded, RecordingStarted

POLICY = Policy(limit_s=600.0, panic_s=120.0, sessions=True)


@dataclass
class Order:
    """One order and what has become of it."""

    number: int
    began: float
    end: End | None = None
    """Ordered, or what the recorder made of it."""
    storing: bool = False
    begun: bool = False


@dataclass
class Recorder:
    """Of one run of the program."""

    run: int = 0
    orders: dict[int, Order] = field(default_factory=dict)
    """Those whose end the recorder has not told."""
    wanted: Order | None = None
    kept_until: float = -inf
    """By the panic button, unless the recorder failed or the hub asked to stop."""
    full: bool = False
    """Whether only alarms are accepted: then no event tells of recordings."""
    _starts: set[str] = field(default_factory=set)
    _ends: set[str] = field(default_factory=set)

    def name(self, number: int) -> str:
        """The recording that an order makes."""
        return f"{self.run:016x}{number:016x}"

    of_meeting: bool = False
    """Whether what is wanted ends with the meeting."""

    # Orders.

    def keeps_for_meeting(self, hears: bool) -> bool:
        """It was agreed to record a meeting; whether that can be."""
        if self.wanted is not None:
            self.of_meeting = True
            return True
        return hears

    def ordered(self, decision: StartRecording | StopRecording, now: float) -> None:
        """The unit decided."""
        if isinstance(decision, StartRecording):
            assert self.wanted is None, "one at a time"
            assert decision.order not in self.orders
            self.wanted = self.orders[decision.order] = Order(decision.order, now)
            self.of_meeting = decision.why in ("session", "case")
        else:
            assert self.wanted is not None
            assert self.wanted.number == decision.order
            self.wanted.end, self.wanted = decision.end, None

    # What the recorder does.

    def works(self) -> list[RecorderTold]:
        """It does what it was told."""
        return [self._told(order, storing=order.end is None) for order in list(self.orders.values())]

    def stalls(self) -> list[RecorderTold]:
        """It stands still: nothing is stored, nothing is ended."""
        return [self._state(order, storing=False, end=None) for order in self.orders.values() if order.begun]

    def fails(self) -> list[RecorderTold]:
        """Nothing can be stored any more."""
        self.kept_until = -inf
        for order in self.orders.values():
            order.end = order.end or "disk"
        self.wanted = None
        return [self._told(order, storing=False) for order in list(self.orders.values())]

    def _told(self, order: Order, *, storing: bool) -> RecorderTold:
        name = self.name(order.number)
        if storing and not order.begun:
            order.begun = True
            if not self.full:
                self._starts.add(name)
        if order.end is not None and order.begun and not self.full:
            self._ends.add(name)
        told = self._state(order, storing=storing, end=order.end)
        if order.end is not None:
            del self.orders[order.number]
        return told

    def _state(self, order: Order, *, storing: bool, end: End | None) -> RecorderTold:
        order.storing = storing
        name = self.name(order.number) if order.begun else None
        return RecorderTold(order.number, name, storing, end)

    # What must be.

    def made(self, said: RecordingStarted | RecordingEnded) -> None:
        """The unit told a start or an end."""
        owed = self._starts if isinstance(said, RecordingStarted) else self._ends
        assert said.recording in owed, "told once, and only of what is true"
        owed.discard(said.recording)

    def judge(self, shown: Pattern, now: float, *, meeting: bool) -> None:
        """After a tick."""
        assert not self._starts, "every start is told"
        assert not self._ends, "every end is told"
        storing = any(order.storing for order in self.orders.values())
        assert shown is (STEADY if storing else OFF), "lit exactly while something is stored"
        if self.wanted is not None:
            assert now < self.wanted.began + POLICY.limit_s, "no longer than the limit"
            kept = meeting or now < self.kept_until
            assert kept or not self.of_meeting, "what was for the meeting ends with it"
        if now < self.kept_until:
            assert self.wanted is not None, "nobody at the counter ends what the panic button keeps"
