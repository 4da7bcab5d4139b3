"""Units whose clock nobody sets: what they told while the hub was down gets its true time."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.brokers import wait_until
from tests.support.hub import RunningHub, start_hub
from tests.support.hub_peers import BOOT, Sender, health
from tools.demo.broker import Broker
from wire.messages import Status
from wire.messages.events import Panic

EPOCH_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
WAITED_S = 90.0
"""What the status and the press of a unit are said to have waited in the broker, in seconds."""


@pytest.fixture
def hub(tmp_path: Path, mosquitto: Broker) -> Iterator[RunningHub]:
    with start_hub(tmp_path, mosquitto) as running:
        yield running


def test_what_waited_in_the_broker_is_corrected_by_the_next_heartbeat(
    hub: RunningHub, mosquitto: Broker
) -> None:
    sender = Sender(mosquitto).start()
    hub.stop()
    began = time.monotonic()
    sender.say(Status(online=True, boot=BOOT, epoch=sender.epoch, time=EPOCH_BEGIN, uptime_s=100.0))
    sender.send(Panic(), clock="unsynced", time=EPOCH_BEGIN, uptime=100.0)
    hub.start()
    with hub.client() as page:

        def shown() -> dict[str, object]:
            incidents = page.get("/api/v1/live").json()["incidents"]
            return dict(incidents[0]) if incidents else {}

        wait_until(shown, "the incident is there")
        assert float(str(shown()["late_s"])) < WAITED_S, (
            "by the status, which has waited as long as the press"
        )
        up_s = 100.0 + time.monotonic() - began + WAITED_S
        sender.say(health(uptime_s=up_s, clock="unsynced"))
        wait_until(lambda: float(str(shown()["late_s"])) >= WAITED_S, "it is corrected")
        assert WAITED_S <= float(str(shown()["late_s"])) < WAITED_S + 60.0
    ((detail,),) = hub.query("select detail from entry")
    said = json.loads(str(detail))
    assert (said["unsynced"], said["corrected"]) == ("1970-01-01T00:00:00Z", True)
    sender.stop()
