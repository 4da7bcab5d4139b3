"""``make bench``: ours beside the floor in the same minutes. Parts: ``hearing`` and ``recorder`` (what
they cost), ``presses``
(from the press and from the shout to the page in a real browser), ``crowd`` (500 units and ten live streams),
``throughput`` (stored events a second), ``return`` (a thousand units come back at once), ``rogue`` (a unit
that sends ten thousand messages a second).
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tools.bench import coming_back, crowd, hearing, recorder, rogue, shout, throughput
from tools.bench.desk import DeskPresses
from tools.bench.edge import EdgePresses
from tools.bench.figures import SHOUT_GOAL_MS, SOCKET_GOAL_MS
from tools.bench.page import Chromium
from tools.bench.presses import Load, both, libraries, one_round
from tools.bench.report import Row, print_row
from tools.bench.sides import ROOT, NotReady

RESULT = ROOT / ".cache" / "bench.json"

FULL = (
    Load("1 unit, 10/s", 1, 10.0, 3, 2.0, 30.0),
    Load("100 units, 100/s", 100, 1.0, 5, 2.0, 8.0),
)
QUICK = (
    Load("1 unit, 5/s", 1, 5.0, 1, 1.0, 6.0),
    Load("100 units, 100/s", 100, 1.0, 1, 1.0, 5.0),
)


def presses(
    folder: Path, chromium: Chromium, loads: tuple[Load, ...], desk_presses: int, shouts: int
) -> list[Row]:
    """All rows, printed as they are done."""
    units = _names(max(load.units for load in loads))
    rows: list[Row] = []
    with (
        libraries(folder, units) as plain,
        both(folder, units, chromium, "desk", shout.UNIT) as (floor, ours),
    ):
        for load in loads:
            row = Row(load.name)
            for seed in range(load.rounds):
                row.floor.append(one_round(floor, chromium, load, seed))
                row.libraries.append(one_round(plain, chromium, load, seed))
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
    return rows


def _presses(folder: Path, chromium: Chromium, *, quick: bool) -> Any:
    loads, desk_presses, shouts = (QUICK, 10, 4) if quick else (FULL, 30, 20)
    return [asdict(row) for row in presses(folder, chromium, loads, desk_presses, shouts)]


def _hearing(_folder: Path, _chromium: Chromium, *, quick: bool) -> Any:  # noqa: ARG001 - it takes seconds
    costs = hearing.measure()
    hearing.print_costs(costs)
    return [asdict(cost) for cost in costs]


def _recorder(_folder: Path, _chromium: Chromium, *, quick: bool) -> Any:
    recorded = recorder.measure(60.0 if quick else 600.0)
    recorder.print_recorded(recorded)
    return asdict(recorded)


def _crowd(folder: Path, chromium: Chromium, *, quick: bool) -> Any:
    load = crowd.QUICK if quick else crowd.LOAD
    units = _names(load.units)
    with libraries(folder, units) as plain, both(folder, units, chromium) as sides:
        return asdict(crowd.measure(sides, plain, chromium, load))


def _throughput(folder: Path, chromium: Chromium, *, quick: bool) -> Any:
    with both(folder, _names(throughput.UNITS), chromium) as sides:
        return asdict(throughput.measure(sides, throughput.OFFERS[:: 2 if quick else 1]))


def _return(folder: Path, chromium: Chromium, *, quick: bool) -> Any:
    units = coming_back.UNITS // (4 if quick else 1)
    with both(folder, [*_names(units), coming_back.PRESSER], chromium) as sides:
        return [asdict(one) for one in coming_back.measure(sides, chromium, units)]


def _rogue(folder: Path, chromium: Chromium, *, quick: bool) -> Any:
    load = rogue.QUICK if quick else rogue.LOAD
    with both(folder, [*_names(load.units), rogue.NAME], chromium) as sides:
        return [asdict(one) for one in rogue.measure(sides, chromium, load)]


def _names(units: int) -> list[str]:
    return [f"bench-{number}" for number in range(units)]


PARTS: dict[str, Callable[..., Any]] = {
    "hearing": _hearing,
    "recorder": _recorder,
    "presses": _presses,
    "crowd": _crowd,
    "throughput": _throughput,
    "return": _return,
    "rogue": _rogue,
}


def main() -> int:
    """Exit code 0 when everything ran, whatever the figures; 1 when it could not run."""
    parser = argparse.ArgumentParser(prog="tools/bench/run", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of: {', '.join(PARTS)}; default: all")
    parser.add_argument("--quick", action="store_true", help="short, and less of each load")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"parts are {', '.join(PARTS)}; given: {', '.join(sorted(unknown))}")
    (ROOT / ".cache").mkdir(exist_ok=True)
    busy = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores; load before: {busy:.1f}{'' if busy < 0.5 else ' (not a quiet machine)'}")
    results: dict[str, Any] = {}
    try:
        with Chromium() as chromium:
            for name in asked.parts or PARTS:
                results[name] = _part(name, chromium, quick=asked.quick)
    except NotReady as error:
        print(error, file=sys.stderr)
        return 1
    RESULT.write_text(json.dumps(results, indent=1))
    print(f"\nAll figures: {RESULT.relative_to(ROOT)}")
    return 0


def _part(name: str, chromium: Chromium, *, quick: bool) -> Any:
    # Beside the repository's own files: /tmp may be memory, and a commit to memory costs nothing.
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=ROOT / ".cache"))
    try:
        return PARTS[name](folder, chromium, quick=quick)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
