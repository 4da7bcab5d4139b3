"""The broker was away: a thousand units come back at once with ten events each, and somebody presses."""

import json
import time
from dataclasses import asdict, dataclass

from tools.bench import fleet
from tools.bench.figures import delays_ms
from tools.bench.page import Chromium
from tools.bench.presses import Sides
from tools.bench.senders import Log, Order
from tools.bench.sides import SITE, Beside, NotReady, Side

UNITS = 1000
EACH = 10
STORED_GOAL_S = 2.5
PRESS_GOAL_MS = 300.0
PRESSES_PER_S = 4.0
PRESSED_S = 8.0
READY_S = 3.0
"""The unit that presses has connected by then, in seconds, and presses all the time."""
PRESSER = "presser"
LOOK_S = 0.02
AFTERWARDS_S = 1.0


@dataclass
class Return:
    """What one side made of it."""

    side: str
    stored_s: float
    """From the first connection to the last COMMIT."""
    connected_s: float
    """…to the last event on its socket: what it took the broker to let them all in."""
    presses_ms: list[float]
    """Press to page, of those in the middle of it."""


def measure(sides: Sides, chromium: Chromium, units: int = UNITS) -> list[Return]:
    """Floor, then ours."""
    names = [f"bench-{n}" for n in range(units)]
    found = [_come_back(side, chromium, names) for side in sides]
    print(f"\n{units:,} units come back with {EACH} events each")
    for one in found:
        worst = max(one.presses_ms, default=float("nan"))
        told = f"{len(one.presses_ms)} presses meanwhile, the slowest {worst:.0f} ms"
        print(f"  {one.side:5} all stored after {one.stored_s:.2f} s (sent: {one.connected_s:.2f} s); {told}")
    ours = found[-1]
    print(f"  goal all stored ≤ {STORED_GOAL_S} s: {'met' if ours.stored_s <= STORED_GOAL_S else 'NOT met'}")
    good = ours.presses_ms and max(ours.presses_ms) <= PRESS_GOAL_MS
    print(f"  goal press ≤ {PRESS_GOAL_MS:.0f} ms: {'met' if good else 'NOT met'}", flush=True)
    return found


def _come_back(side: Side, chromium: Chromium, names: list[str]) -> Return:
    page = chromium.open(side.url)
    pressing = fleet.Order(
        port=side.broker.port,
        site=SITE,
        passwords={PRESSER: side.broker.password_of(PRESSER)},
        per_unit_hz=PRESSES_PER_S,
        warm_s=0.0,
        count_s=PRESSED_S,
        confirmed_by=side.confirmed_by,
        seed=1,
    )
    presser = Beside("tools.bench.fleet", json.dumps(asdict(pressing)))
    time.sleep(READY_S)
    order = Order(
        port=side.broker.port,
        site=SITE,
        passwords={name: side.broker.password_of(name) for name in names},
        kind="return",
        each=EACH,
        settle_s=20.0,
    )
    before = side.committed()
    senders = Beside("tools.bench.senders", json.dumps(asdict(order)))
    wanted, looks = len(names) * EACH, [(time.monotonic(), 0)]
    deadline = looks[0][0] + 30.0
    enough = float("inf")
    while time.monotonic() < min(deadline, enough):
        looks.append((time.monotonic(), side.committed() - before))
        if looks[-1][1] >= wanted:  # some of it may be presses: look a little longer
            enough = min(enough, looks[-1][0] + AFTERWARDS_S)
        time.sleep(LOOK_S)
    log = Log(**json.loads(senders.end(30.0)))
    pressed = fleet.Log(**json.loads(presser.end(PRESSED_S + 60.0)))
    shown = page.close()
    to_wall = time.time() - time.monotonic()
    presses = [at / 1000 - to_wall for *_, at in pressed.presses]
    earlier = sum(at < looks[0][0] for at in presses)
    done = next(
        (at for at, stored in looks if stored - sum(p < at for p in presses) + earlier >= wanted), None
    )
    if done is None:
        raise NotReady(f"{side.name}: not all of {wanted} events were stored within 30 s")
    meanwhile = [press for press, at in zip(pressed.presses, presses, strict=True) if log.began <= at <= done]
    delays, missing = delays_ms(meanwhile, shown)
    if missing:
        raise NotReady(f"{side.name}: {missing} presses were never shown")
    return Return(side.name, done - log.began, log.ended - log.began, delays)
