"""A unit that has gone mad sends ten thousand messages a second: it is throttled and named, and nobody else
waits for it.
"""

import json
import time
from dataclasses import asdict, dataclass, replace

from tools.bench.figures import Round, percentile
from tools.bench.page import Chromium
from tools.bench.presses import Load, Sides, one_round
from tools.bench.senders import Log, Order
from tools.bench.sides import SITE, Beside, Side

PER_S = 10_000.0
OTHERS_GOAL_MS = 100.0
NAME = "rogue"
STARTS_S = 2.5
QUICK = Load("20 units, 20/s, beside a unit that sends 10,000 messages/s", 20, 1.0, 1, 3.0, 4.0)
LOAD = Load("100 units, 100/s, beside a unit that sends 10,000 messages/s", 100, 1.0, 1, 4.0, 8.0)


@dataclass
class Beset:
    """What one side made of it."""

    side: str
    others: Round
    rogue_sent: int
    troubles: list[str]
    """What the hub says of the unit."""


def measure(sides: Sides, chromium: Chromium, load: Load = LOAD) -> list[Beset]:
    """Floor, which throttles nobody, then ours."""
    found = []
    for side in sides:
        order = Order(
            port=side.broker.port,
            site=SITE,
            passwords={NAME: side.broker.password_of(NAME)},
            kind="steady",
            per_s=PER_S,
            seconds=load.warm_s + load.count_s + STARTS_S,
            settle_s=2.0,
        )
        senders = Beside("tools.bench.senders", json.dumps(asdict(order)))
        others = one_round(side, chromium, replace(load, warm_s=load.warm_s + STARTS_S), 1)
        troubles = _troubles(side, chromium)
        log = Log(**json.loads(senders.end(30.0)))
        found.append(Beset(side.name, others, log.sent, troubles))
    _print(load, found)
    return found


def _troubles(side: Side, chromium: Chromium) -> list[str]:
    if side.name == "floor":
        return []
    deadline = time.monotonic() + 5.0
    while True:
        told = chromium.json(f"{side.url}api/v1/troubles")["troubles"]
        named = [f"{one['part']} {one['detail']}".strip() for one in told if one["unit"] == NAME]
        if named or time.monotonic() > deadline:
            return named
        time.sleep(0.2)


def _print(load: Load, found: list[Beset]) -> None:
    print(f"\n{load.name}")
    for one in found:
        delays = one.others.delays_ms
        told = (
            f"p50 {percentile(delays, 0.5):.1f} ms, p99 {percentile(delays, 0.99):.1f} ms"
            if delays
            else "nothing"
        )
        print(
            f"  {one.side:5} the others: {told}; never shown {one.others.missing}, resent {one.others.resent}"
        )
        print(
            f"        the rogue sent {one.rogue_sent:,}; CPU s: "
            + ", ".join(f"{k} {v:.1f}" for k, v in one.others.cpu_s.items())
        )
    ours = found[-1]
    good = ours.others.delays_ms and not ours.others.missing
    good = good and percentile(ours.others.delays_ms, 0.99) <= OTHERS_GOAL_MS
    print(f"  goal p99 of the others ≤ {OTHERS_GOAL_MS:.0f} ms: {'met' if good else 'NOT met'}")
    print(f"  named: {', '.join(ours.troubles) or 'NO'}", flush=True)
