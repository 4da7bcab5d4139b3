"""The hub is killed hundreds of times while a whole building presses: nothing is lost, nothing is doubled."""

import json
import os
import random
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.support import proofs
from tests.support.brokers import make_broker, wait_until
from tests.support.hub import SITE, start_hub
from tools.bench.fleet import Log, Order
from tools.bench.sides import Beside
from tools.demo.broker import mosquitto_path

UNITS, EVENTS, KILLS = proofs.size((8, 120, 3), (200, 4_000, 100))
"""In one part."""
PARTS = proofs.size(1, 5)
"""Each with a house of its own, so that it can be run alone: ``-k part3``."""
GAP_S = (0.1, 3.5)
"""From one kill to the next: also while the hub still starts, and after it has stored what had waited."""
CONFIRMED_WITHIN_S = 60.0
"""After the last hub is ready: a light unit sends again every five seconds, and the machine may be busy."""
SEED = int(os.environ.get("MADOMORI_SEED", "1122"))


@pytest.mark.skipif(mosquitto_path() is None, reason="mosquitto is not installed (make test installs it)")
@pytest.mark.parametrize("part", [pytest.param(n, id=f"part{n}") for n in range(1, PARTS + 1)])
def test_nothing_is_lost_and_nothing_doubled(
    part: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    seed = SEED + part
    chance = random.Random(seed)
    gaps = [chance.uniform(*GAP_S) for _ in range(KILLS)]
    units = [f"c{n}" for n in range(1, UNITS + 1)]
    broker = make_broker("mosquitto", tmp_path, units)
    try:
        with start_hub(tmp_path, broker, units) as hub:
            order = Order(
                port=broker.port,
                site=SITE,
                passwords={unit: broker.password_of(unit) for unit in units},
                per_unit_hz=EVENTS / UNITS / sum(gaps),
                warm_s=0.0,
                count_s=sum(gaps),
                confirmed_by="receipt",
                resend_s=proofs.size(1.0, 5.0),
                # The hub may take as long again to come up after its last kill.
                confirmed_within_s=2 * CONFIRMED_WITHIN_S,
                seed=seed,
            )
            fleet = Beside("tools.bench.fleet", json.dumps(asdict(order)))
            wait_until(
                lambda: hub.query("select 1 from event limit 1"), "the first press is stored", within_s=60
            )
            kill_at = time.monotonic()
            for gap in gaps:
                # By a timetable, as the units press: what a kill takes must not carry it past the last press.
                kill_at += gap
                time.sleep(max(0.0, kill_at - time.monotonic()))
                hub.kill()
                hub.start(ready=False)
            wait_until(hub.is_ready, "the hub is ready after the last kill", within_s=CONFIRMED_WITHIN_S)
            ready_ms = time.time() * 1000
            log = Log(**json.loads(fleet.end(3 * CONFIRMED_WITHIN_S)))
            assert log.unconfirmed == 0, f"{log.unconfirmed} of {log.sent} presses have no receipt"
            whole_s = (log.confirmed_at - max(ready_ms, log.presses[-1][3])) / 1000
            assert whole_s < CONFIRMED_WITHIN_S, f"the last receipt came {whole_s:.1f} s after the last start"
            assert log.sent > EVENTS / 2
            stored = hub.query("select count(*), count(distinct unit || epoch || sequence) from event")
            assert stored == [(log.sent, log.sent)], "lost or doubled events"
            pressed = dict.fromkeys(units, 0)
            for unit, *_ in log.presses:
                pressed[unit] += 1
            incidents = hub.query("select unit, presses, state from incident order by id")
            assert sorted(incidents) == sorted((u, n, "open") for u, n in pressed.items() if n), (
                "one for each"
            )
            told = hub.query(
                "select count(*), count(distinct event_id) from entry where event_id is not null"
            )
            assert told == [(log.sent, log.sent)], "each press has one line in a timeline"
            reached = hub.log.read_text().count("broker_connected")
    finally:
        broker.stop()
    record_property(
        "proved",
        f"part {part}: {log.sent:,} events of {UNITS} units stored once each through {KILLS} kills of a hub "
        f"that had reached the broker {reached} times; {log.resent:,} resent, {len(incidents)} incidents, none "
        f"doubled; the last receipt {max(whole_s, 0.0):.1f} s after the last start or press",
    )
