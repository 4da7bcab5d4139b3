"""How many events a second are stored without growing delay: the offer is raised until it is too much."""

import json
import time
from dataclasses import asdict, dataclass, field

from tools.bench.presses import Sides
from tools.bench.processes import cpu_seconds
from tools.bench.senders import Log, Order
from tools.bench.sides import SITE, Beside, NotReady, Side

UNITS = 200
OFFERS = (2000, 4000, 6000, 7000, 8000, 8500, 9000, 9500, 10000, 10500, 11000, 12000)
SECONDS = 3.0
GOAL_PER_S = 6000
DRAINED_WITHIN_S = 20.0
LOOK_S = 0.05

GROWS_S = 0.15
"""Behind by so much more at the end than in the middle, in seconds of the offer: the delay grows."""


@dataclass
class Step:
    """One offer to one side."""

    offered: int
    sent: int
    stored_per_s: float
    """From the first event to the last one stored: with too much offered, what the side can do."""
    grew_s: float
    sender_late_s: float
    cpu_s: float

    @property
    def kept(self) -> bool:
        """Whether the side kept up."""
        return self.grew_s <= GROWS_S


@dataclass
class Result:
    """All offers, for each side."""

    steps: dict[str, list[Step]] = field(default_factory=lambda: {"floor": [], "ours": []})

    def kept(self, side: str) -> int:
        """The largest offer that a side kept up with; 0: none."""
        return max((step.offered for step in self.steps[side] if step.kept), default=0)

    def most(self, side: str) -> float:
        """The most events a second that a side ever stored."""
        return max(step.stored_per_s for step in self.steps[side])


def measure(sides: Sides, offers: tuple[int, ...] = OFFERS, seconds: float = SECONDS) -> Result:
    """Each side until the first offer that is too much for it; the two in turns."""
    result = Result()
    for offered in offers:
        for side, steps in zip(sides, result.steps.values(), strict=True):
            if all(step.kept for step in steps):
                steps.append(_step(side, offered, seconds))
    _print(result)
    return result


def _step(side: Side, offered: int, seconds: float) -> Step:
    order = Order(
        port=side.broker.port,
        site=SITE,
        passwords={unit: side.broker.password_of(unit) for unit in side.broker.units[:UNITS]},
        kind="steady",
        per_s=offered,
        seconds=seconds,
    )
    before = side.committed()
    assert side.child.pid is not None  # noqa: S101 it runs
    cpu = cpu_seconds(side.child.pid)
    senders = Beside("tools.bench.senders", json.dumps(asdict(order)))
    looks: list[tuple[float, int]] = []
    while senders.runs:
        looks.append((time.monotonic(), side.committed() - before))
        time.sleep(LOOK_S)
    log = Log(**json.loads(senders.end(10.0)))
    deadline = time.monotonic() + DRAINED_WITHIN_S
    while looks[-1][1] < log.sent and time.monotonic() < deadline:
        looks.append((time.monotonic(), side.committed() - before))
        time.sleep(LOOK_S)
    if looks[-1][1] < log.sent:
        raise NotReady(f"{side.name}: {log.sent - looks[-1][1]} of {log.sent} events were not stored")
    done = next(at for at, stored in looks if stored >= log.sent)
    return Step(
        offered,
        log.sent,
        stored_per_s=log.sent / (done - log.began),
        grew_s=_behind(log, looks, 1.0) - _behind(log, looks, 0.5),
        sender_late_s=log.late_s,
        cpu_s=cpu_seconds(side.child.pid) - cpu,
    )


def _behind(log: Log, looks: list[tuple[float, int]], part: float) -> float:
    """Seconds of the offer that were sent and not stored, in the middle of the five looks around a moment."""
    end = log.began + part * (log.ended - log.began)
    around = [look for look in looks if look[0] <= end][-5:]
    rate = log.sent / (log.ended - log.began)
    behind = sorted(
        max((sent for at, sent in log.steps if at <= moment), default=0) - stored for moment, stored in around
    )
    return behind[len(behind) // 2] / rate if behind else 0.0


def _print(result: Result) -> None:
    print("\nStored events a second without growing delay (200 units, panic)")
    for name, steps in result.steps.items():
        for step in steps:
            kept = "kept up" if step.kept else f"fell behind by {step.grew_s:.2f} s"
            late = f", the sender was late by {step.sender_late_s:.1f} s" if step.sender_late_s > 1 else ""
            print(
                f"  {name:5} offered {step.offered:5} /s: stored {step.stored_per_s:6.0f} /s, {kept}, "
                f"CPU {step.cpu_s:.1f} s{late}"
            )
    floor, ours = result.most("floor"), result.most("ours")
    ratio = ours / floor
    print(f"  most stored, kept up or not: floor {floor:.0f} /s, ours {ours:.0f} /s; ratio {ratio:.2f}")
    floor_kept, ours_kept = result.kept("floor"), result.kept("ours")
    print(f"  without growing delay: floor {floor_kept} /s, ours {ours_kept} /s")
    print(f"  goal ours ≥ floor: {'met' if ours_kept >= floor_kept else 'NOT met'}")
    print(f"  goal {GOAL_PER_S} /s: {'met' if ours_kept >= GOAL_PER_S else 'NOT met'}", flush=True)
