"""One press, all the way and back: pin edge, heart, broker, hub, database, page's data, answer, light."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.support.brokers import need, wait_until
from tests.support.house import House
from tests.support.hub_peers import Listener
from tools.demo.broker import Kind
from wire.limits import DELIVERY_WARNING_S


@pytest.fixture(params=["mosquitto", "amqtt"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    kind: Kind = request.param
    need(kind)
    built = House(tmp_path, ["c1", "c2"], kind).start()
    yield built
    built.stop()


def incident_of(client: httpx.Client, unit: str) -> dict[str, object]:
    """The unit's open incident, once there is one."""

    def now() -> list[dict[str, object]]:
        told = client.get("/api/v1/live").json()["incidents"]
        return [incident for incident in told if incident["unit"] == unit]

    wait_until(now, f"an incident at {unit}")
    return now()[0]


def test_a_press_is_answered_and_the_light_tells_each_step(house: House) -> None:
    with (
        closing(house.hub.client()) as client,
        Listener(client) as page,
        house.units["c1"].desk() as desk,
        house.units["c2"].desk() as neighbour,
    ):
        desk.press("panic")
        desk.shows("alarm", "stored")
        neighbour.shows("alarm", "neighbour")
        wait_until(lambda: page.of("incident"), "the page is told")
        incident = incident_of(client, "c1")
        assert incident["severity"] == "alarm"
        assert incident["kinds"] == ["panic"]
        assert incident["late_s"] == 0
        assert page.of("incident")[0]["id"] == incident["id"]

        client.post(f"/api/v1/incidents/{incident['id']}/acknowledge").raise_for_status()
        desk.shows("alarm", "coming")
        client.post(f"/api/v1/incidents/{incident['id']}/arrive").raise_for_status()
        client.post(f"/api/v1/incidents/{incident['id']}/resolve").raise_for_status()
        desk.shows("alarm", "off")
        neighbour.shows("alarm", "off")
        assert client.get("/api/v1/live").json()["incidents"] == []

    patterns = [pattern for light, pattern in desk.seen if light == "alarm"]
    order = [patterns.index(p) for p in ("waiting", "stored", "coming")]
    assert order == sorted(order), f"never more than the hub has said: {patterns}"


def test_with_the_hub_down_the_light_says_so_within_three_seconds_and_the_alarm_arrives_late(
    house: House,
) -> None:
    house.hub.kill()
    with house.units["c1"].desk() as desk:
        desk.shows("alarm", "off")
        pressed = datetime.now(UTC)
        desk.press("panic")
        # The promise is three seconds; the half beyond it is this test's own way to look.
        desk.shows("alarm", "unanswered", within_s=3.5)
        told_after = datetime.now(UTC) - pressed
        assert timedelta(seconds=DELIVERY_WARNING_S) <= told_after, "not before it is known"
        wait_until(lambda: datetime.now(UTC) - pressed > timedelta(seconds=6), "the hub stays away a while")

        house.hub.start()
        desk.shows("alarm", "stored", within_s=30)
    with closing(house.hub.client()) as client:
        incident = incident_of(client, "c1")
        opened = datetime.fromisoformat(str(incident["opened"]))
        assert abs(opened - pressed) < timedelta(seconds=1), "its true time, not the time of arrival"
        late_s = incident["late_s"]
        assert isinstance(late_s, float)
        assert late_s >= 5.5


def test_a_unit_that_was_alone_tells_everything_when_the_house_is_back(house: House) -> None:
    house.broker.kill()
    with house.units["c2"].desk() as desk:
        desk.shows("link", "off")
        desk.press("assist")
        desk.shows("alarm", "unanswered")
        house.broker.start()
        desk.shows("link", "steady", within_s=30)
        desk.shows("alarm", "stored", within_s=30)
    with closing(house.hub.client()) as client:
        assert incident_of(client, "c2")["kinds"] == ["assist"]
