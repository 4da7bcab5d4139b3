"""The hub is killed again and again while events flow: each is stored once, and nothing is forgotten."""

import random
import time
from pathlib import Path

from tests.support.brokers import wait_until
from tests.support.hub import start_hub
from tests.support.hub_peers import Sender
from tools.demo.broker import Broker
from wire.messages.events import Panic, SessionStarted, SessionStopped

KILLS = 5
EVENTS_BETWEEN = 40


def test_killed_while_events_flow(tmp_path: Path, mosquitto: Broker) -> None:
    chance = random.Random(1122)
    senders = [Sender(mosquitto, unit).start() for unit in ("c1", "c2")]
    with start_hub(tmp_path, mosquitto) as hub:
        for kill in range(KILLS):
            for n in range(EVENTS_BETWEEN):
                for sender in senders:
                    flow = (
                        SessionStarted(limit_s=60, warn_s=5, grace_s=5)
                        if n % 2
                        else SessionStopped(lasted_s=1)
                    )
                    sender.send(Panic() if n % 4 == 0 else flow)
                time.sleep(chance.uniform(0, 0.01))
                if n == EVENTS_BETWEEN // 2:
                    hub.kill()
                    hub.start(ready=False)
            wait_until(hub.is_ready, f"ready again after kill {kill + 1}", within_s=30)
        for sender in senders:
            wait_until(
                lambda sender=sender: sender.receipts() and sender.receipts()[-1].through == sender.sequence,  # type: ignore[misc]
                f"everything of {sender.unit} has its receipt",
                within_s=60,
            )
        sent = KILLS * EVENTS_BETWEEN
        assert hub.query("select unit, count(*), max(sequence) from event group by unit order by unit") == [
            ("c1", sent, sent),
            ("c2", sent, sent),
        ]
        presses = KILLS * EVENTS_BETWEEN // 4
        assert hub.query("select unit, presses, state from incident order by unit") == [
            ("c1", presses, "open"),
            ("c2", presses, "open"),
        ]
        assert hub.query("select count(*), count(distinct event_id) from entry") == [
            (2 * presses, 2 * presses)
        ]
        assert [_lamp(sender)[0] for sender in senders] == ["stored", "stored"]
        with hub.client() as page:
            for (number,) in hub.query("select id from incident"):
                page.post(f"/api/v1/incidents/{number}/acknowledge").raise_for_status()
        for sender in senders:
            wait_until(
                lambda sender=sender: _lamp(sender) == ("coming", sent - 3),  # type: ignore[misc]
                f"the lamp of {sender.unit} takes the last press into account (it says {_lamp(sender)})",
            )
    for sender in senders:
        sender.stop()


def _lamp(sender: Sender) -> tuple[str, int]:
    lamp = sender.lamp()
    assert lamp is not None
    assert lamp.covers is not None
    return lamp.state, lamp.covers.sequence


def test_killed_after_somebody_answered(tmp_path: Path, mosquitto: Broker) -> None:
    sender = Sender(mosquitto).start()
    with start_hub(tmp_path, mosquitto) as hub:
        with hub.client() as page:
            sender.send(Panic())
            wait_until(lambda: page.get("/api/v1/live").json()["incidents"], "the incident is there")
            (shown,) = page.get("/api/v1/live").json()["incidents"]
            page.post(f"/api/v1/incidents/{shown['id']}/acknowledge").raise_for_status()
            hub.kill()
            told = len(sender.peer.arrived)
            hub.start()
            answer = page.get("/api/v1/live")
            assert answer.status_code == 200, "the sign-in lives on, too"
            (again,) = answer.json()["incidents"]
        assert (again["state"], again["acknowledged_by"]) == ("acknowledged", "山田 花子")
        wait_until(lambda: len(sender.peer.arrived) > told, "the units are told again")
        lamp = sender.lamp()
        assert lamp is not None
        assert lamp.state == "coming"
        wait_until(lambda: sender.neighbours() == ["c1"], "the neighbours too")
    sender.stop()


def test_killed_while_the_ladder_is_climbed(tmp_path: Path, mosquitto: Broker) -> None:
    sender = Sender(mosquitto).start()
    with start_hub(tmp_path, mosquitto, ladder_s=2.0) as hub:
        sender.send(Panic())
        wait_until(
            lambda: hub.query("select 1 from incident where tier_index = 1"), "the second tier is called"
        )
        hub.kill()
        hub.start()
        wait_until(lambda: hub.query("select 1 from incident where tier_round = 2"), "it goes on from there")
        tiers = [row[0] for row in hub.query("select what from entry order by id")]
        assert tiers[:3] == ["panic", "tier", "tier"]
    sender.stop()
