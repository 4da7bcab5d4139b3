"""A city at once: 500 units, 1,000 events a second, ten live streams, one of them in a real browser."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from tools.bench import streams
from tools.bench.page import Chromium
from tools.bench.presses import Load, Sides, one_round
from tools.bench.report import Row, print_row
from tools.bench.sides import Beside, LibraryFloor, NotReady, Ours, Side

STREAMS = 10
MEMORY_GOAL_MB = 150.0
QUICK = Load("100 units, 200/s, ten live streams", 100, 2.0, 1, 1.0, 4.0)
LOAD = Load("500 units, 1,000/s, ten live streams", 500, 2.0, 3, 3.0, 8.0)


def measure(sides: Sides, plain: LibraryFloor, chromium: Chromium, load: Load = LOAD) -> Row:
    """Both floors, then ours."""
    row = Row(load.name, memory_goal_mb=MEMORY_GOAL_MB)
    floor, ours = sides
    for seed in range(load.rounds):
        with watched(floor, chromium):
            row.floor.append(one_round(floor, chromium, load, seed))
        with watched(plain, chromium):
            row.libraries.append(one_round(plain, chromium, load, seed))
        with watched(ours, chromium):
            row.ours.append(one_round(ours, chromium, load, seed))
    print_row(row)
    return row


@contextmanager
def watched(side: Side, chromium: Chromium) -> Iterator[None]:
    """Nine streams besides the browser's own. Raises ``NotReady`` when one of them was cut."""
    path = "/api/v1/live/stream?ahead=true" if isinstance(side, Ours) else "/stream"
    cookie = chromium.cookie(side.url) if isinstance(side, Ours) else ""
    order = streams.Order(side.port, path, cookie, STREAMS - 1)
    readers = Beside("tools.bench.streams", json.dumps(asdict(order)))
    yield
    log = streams.Log(**json.loads(readers.end(15.0)))
    if not all(log.read):
        raise NotReady(f"a stream gave nothing: {log.read}")
