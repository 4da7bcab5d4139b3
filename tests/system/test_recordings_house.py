"""A press at a real unit is recorded, sealed, taken in by a real hub, found by the incident, and heard."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.brokers import wait_until
from tests.support.house import House
from tests.support.hub_api import over


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    built = House(tmp_path, ["c1"], microphone="simulated", records=True).start()
    yield built
    built.stop()


def recordings(client: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/api/v1/recordings").json()["recordings"]
    return found


def test_a_press_is_recorded_and_heard_by_whoever_gives_a_reason(house: House) -> None:
    with closing(house.hub.client()) as client, house.units["c1"].desk() as desk:
        desk.press("panic")
        wait_until(lambda: recordings(client), "the first segment is at the hub", within_s=40)
        (incident,) = client.get("/api/v1/live").json()["incidents"]
        over(client, incident["id"])
        found = client.get(f"/api/v1/incidents/{incident['id']}/recordings").json()["recordings"]
        assert found
        assert {one["unit"] for one in found} == {"c1"}
        name = found[0]["id"]
        shown = client.get(f"/api/v1/recordings/{name}").json()
        assert "panic" in {mark["kind"] for mark in shown["marks"]}
        assert incident["id"] in shown["incidents"]
        given = client.post(f"/api/v1/recordings/{name}/plays", json={"reason": "事案の確認"}).json()
        heard = client.get(f"/api/v1/recordings/{name}/audio.wav", params={"grant": given["grant"]})
        # It goes on: nobody at the counter can end what a panic button began.
        assert len(heard.content) >= 44 + round(shown["seconds"] * 32_000)
