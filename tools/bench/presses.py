"""Presses of a fleet, from the broker to a page in a real Chromium, on one side and then on the other."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from tools.bench.figures import Round, delays_ms
from tools.bench.fleet import Log, Order
from tools.bench.page import Chromium
from tools.bench.processes import cpu_seconds, named, peak_mb
from tools.bench.sides import Floor, LibraryFloor, Ours, Side, run_fleet
from tools.demo.conductor import LOGIN


@dataclass(frozen=True)
class Load:
    """How many units press how often, in interleaved rounds."""

    name: str
    units: int
    per_unit_hz: float
    rounds: int
    warm_s: float
    count_s: float


Sides = tuple[Floor, Ours]


@contextmanager
def both(folder: Path, units: list[str], chromium: Chromium, *others: str) -> Iterator[Sides]:
    """Both sides with the browser signed in; ``others`` are units that only ours has."""
    sides: list[Side] = []
    try:
        floor = Floor(folder / "floor", units)
        sides.append(floor)
        ours = Ours(folder / "ours", [*units, *others])
        sides.append(ours)
        chromium.sign_in(ours.url, LOGIN, ours.password())
        yield floor, ours
    finally:
        for side in reversed(sides):
            side.stop()


@contextmanager
def libraries(folder: Path, units: list[str]) -> Iterator[LibraryFloor]:
    """A third side: the floor's chain with the product's libraries."""
    side = LibraryFloor(folder / "libraries", units)
    try:
        yield side
    finally:
        side.stop()


def one_round(side: Side, chromium: Chromium, load: Load, seed: int) -> Round:
    """Open the page, let the fleet press, see what the page showed and what was stored."""
    units = side.broker.units[: load.units]
    order = Order(
        port=side.broker.port,
        site="bench",
        passwords={unit: side.broker.password_of(unit) for unit in units},
        per_unit_hz=load.per_unit_hz,
        warm_s=load.warm_s,
        count_s=load.count_s,
        confirmed_by=side.confirmed_by,
        seed=seed,
    )
    browser = named("chromium")
    page = chromium.open(side.url)
    stored_before, _ = side.stored()
    cpu_before = side.cpu_s() | {"browser": cpu_seconds(browser)}
    log = Log(**json.loads(run_fleet(json.dumps(asdict(order)), load.warm_s + load.count_s + 90)))
    cpu_after = side.cpu_s() | {"browser": cpu_seconds(browser)}
    shown = page.close()
    stored, duplicated = side.stored()
    delays, missing = delays_ms(log.presses, shown)
    return Round(
        delays_ms=delays,
        missing=missing,
        sent=log.sent,
        stored=stored - stored_before,
        duplicated=duplicated,
        resent=log.resent,
        unconfirmed=log.unconfirmed,
        cpu_s={name: cpu_after[name] - cpu_before[name] for name in cpu_before} | {"fleet": log.cpu_s},
        peak_mb=side.peak_mb() | {"browser": peak_mb(browser)},
    )
