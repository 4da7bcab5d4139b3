"""``make bench``: from the press to the page in a real browser, ours beside the floor in the same minute;
from the shout to the page; and what hearing and recording cost.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from tools.bench import hearing, recorder, shout
from tools.bench.desk import DeskPresses
from tools.bench.edge import EdgePresses
from tools.bench.figures import SHOUT_GOAL_MS, SOCKET_GOAL_MS, Round, delays_ms
from tools.bench.fleet import Log, Order
from tools.bench.page import Chromium
from tools.bench.processes import cpu_seconds, named, peak_mb
from tools.bench.report import Row, print_row
from tools.bench.sides import ROOT, Floor, NotReady, Ours, Side, run_fleet
from tools.demo.conductor import LOGIN

RESULT = ROOT / ".cache" / "bench.json"


@dataclass(frozen=True)
class Load:
    """How many units press how often, in interleaved rounds."""

    name: str
    units: int
    per_unit_hz: float
    rounds: int
    warm_s: float
    count_s: float


FULL = (
    Load("1 unit, 2/s", 1, 2.0, 3, 2.0, 10.0),
    Load("1 unit, 5/s", 1, 5.0, 3, 2.0, 20.0),
    Load("100 units, 100/s", 100, 1.0, 3, 2.0, 8.0),
)
QUICK = (
    Load("1 unit, 5/s", 1, 5.0, 1, 1.0, 6.0),
    Load("100 units, 100/s", 100, 1.0, 1, 1.0, 5.0),
)


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


def measure(folder: Path, loads: tuple[Load, ...], desk_presses: int, shouts: int) -> list[Row]:
    """All rows, printed as they are done."""
    units = [f"bench-{number}" for number in range(max(load.units for load in loads))]
    sides: list[Side] = []
    rows: list[Row] = []
    try:
        floor = Floor(folder / "floor", units)
        sides.append(floor)
        ours = Ours(folder / "ours", [*units, "desk", shout.UNIT])
        sides.append(ours)
        with Chromium() as chromium:
            chromium.sign_in(ours.url, LOGIN, ours.password())
            for load in loads:
                row = Row(load.name)
                for seed in range(load.rounds):
                    row.floor.append(one_round(floor, chromium, load, seed))
                    row.ours.append(one_round(ours, chromium, load, seed))
                rows.append(row)
                print_row(row)
            row = Row("1 real unit, button to bytes on its socket", goal_ms=SOCKET_GOAL_MS)
            with EdgePresses(ours) as edges:
                row.ours.append(edges.measure(2 * desk_presses))
            rows.append(row)
            print_row(row)
            row = Row("1 real unit, button to page")
            with DeskPresses(ours) as unit:
                row.ours.append(unit.measure(chromium, desk_presses))
            rows.append(row)
            print_row(row)
            if not shout.available():
                print("\nNo PyAudio (make test installs it): shouts are not measured")
                return rows
            row = Row("1 real unit, shout to page", goal_ms=SHOUT_GOAL_MS, goal_share=0.5, what="shouts")
            with shout.Shouts(ours) as voice:
                row.ours.append(voice.measure(chromium, shouts))
            rows.append(row)
            print_row(row)
    finally:
        for side in reversed(sides):
            side.stop()
    return rows


def main() -> int:
    """Exit code 0 when everything ran, whatever the figures; 1 when it could not run."""
    parser = argparse.ArgumentParser(prog="tools/bench/run", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round of each load")
    asked = parser.parse_args()
    (ROOT / ".cache").mkdir(exist_ok=True)
    # Beside the repository's own files: /tmp may be memory, and a commit to memory costs nothing.
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=ROOT / ".cache"))
    busy = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores; load before: {busy:.1f}{'' if busy < 0.5 else ' (not a quiet machine)'}")
    try:
        costs = hearing.measure()
        hearing.print_costs(costs)
        recorded = recorder.measure(60.0 if asked.quick else 600.0)
        recorder.print_recorded(recorded)
        quick = asked.quick
        rows = measure(folder, QUICK if quick else FULL, 10 if quick else 30, 4 if quick else 20)
    except NotReady as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder)
    everything = [asdict(cost) for cost in costs] + [asdict(recorded)] + [asdict(row) for row in rows]
    RESULT.write_text(json.dumps(everything, indent=1))
    print(f"\nAll delays: {RESULT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
