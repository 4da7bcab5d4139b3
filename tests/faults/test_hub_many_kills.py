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
from tests.support.hub import SITE, RunningHub, start_hub
from tools.bench.fleet import Log, Order
from tools.bench.sides import Beside
from tools.demo.broker import mosquitto_path

UNITS, EVENTS, KILLS = proofs.size((8, 60, 3), (200, 2_000, 50))
"""In one part."""
PARTS = proofs.size(1, 10)
"""Each with a house of its own, so that it can be run alone: ``-k part3``."""
PRESSES_S = 20.0
STARTING_S = (0.1, 2.5)
"""Every other kill comes so long after a start, most of them before the hub has reached the broker."""
WORKING_S = (0.0, 0.8)
"""The others so long after it has: in the middle of what had waited, or of what comes in."""
CONFIRMED_WITHIN_S = 60.0
"""After the last hub is ready: a light unit sends again every five seconds, and the machine may be busy."""
SEED = int(os.environ.get("MADOMORI_SEED", "1122"))


def connected(hub: RunningHub) -> int:
    """How often it has reached the broker so far."""
    return hub.log.read_text().count("broker_connected")


@pytest.mark.skipif(mosquitto_path() is None, reason="mosquitto is not installed (make test installs it)")
@pytest.mark.parametrize("part", [pytest.param(n, id=f"part{n}") for n in range(1, PARTS + 1)])
def test_nothing_is_lost_and_nothing_doubled(
    part: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    seed = SEED + part
    chance = random.Random(seed)
    units = [f"c{n}" for n in range(1, UNITS + 1)]
    broker = make_broker("mosquitto", tmp_path, units)
    try:
        with start_hub(tmp_path, broker, units) as hub:
            order = Order(
                port=broker.port,
                site=SITE,
                passwords={unit: broker.password_of(unit) for unit in units},
                per_unit_hz=PRESSES_S / UNITS,
                warm_s=0.0,
                count_s=None,
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
            before = 0
            for number in range(1, KILLS + 1):
                if number % 2:
                    time.sleep(chance.uniform(*STARTING_S))
                else:
                    wait_until(
                        lambda before=before: connected(hub) > before,  # type: ignore[misc]
                        "the hub reads the broker",
                        within_s=60,
                    )
                    time.sleep(chance.uniform(*WORKING_S))
                hub.kill()
                before = connected(hub)
                hub.start(ready=False)
            wait_until(hub.is_ready, "the hub is ready after the last kill", within_s=CONFIRMED_WITHIN_S)
            ready_ms = time.time() * 1000
            wait_until(
                lambda: hub.query("select count(*) from event")[0][0] >= EVENTS,
                "as many presses",
                within_s=90,
            )
            log = Log(**json.loads(fleet.end(3 * CONFIRMED_WITHIN_S)))
            assert log.unconfirmed == 0, f"{log.unconfirmed} of {log.sent} presses have no receipt"
            whole_s = (log.confirmed_at - max(ready_ms, log.presses[-1][3])) / 1000
            assert whole_s < CONFIRMED_WITHIN_S, f"the last receipt came {whole_s:.1f} s after the last start"
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
            reached = connected(hub)
    finally:
        broker.stop()
    record_property(
        "proved",
        f"part {part}: {log.sent:,} events of {UNITS} units stored once each through {KILLS} kills of a hub "
        f"that had reached the broker {reached} times; {log.resent:,} resent, {len(incidents)} incidents, "
        f"none doubled; the last receipt {max(whole_s, 0.0):.1f} s after the last start or press",
    )
