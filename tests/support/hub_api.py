"""What tests of the API do again and again."""

from typing import Any

import httpx

from tests.support.brokers import wait_until
from tests.support.hub_peers import Sender
from wire.messages.events import Panic


def pressed(page: httpx.Client, unit: Sender, **words: Any) -> int:
    """A press at a counter where nothing is open; number of the incident."""
    event = unit.send(Panic(**words))
    found: list[dict[str, Any]] = []

    def shown() -> bool:
        found[:] = page.get("/api/v1/live").json()["incidents"]
        return any(incident["last_event"] == event.id for incident in found)

    wait_until(shown, "the incident is there")
    return next(int(i["id"]) for i in found if i["last_event"] == event.id)


def does(page: httpx.Client, number: int, action: str, **words: Any) -> httpx.Response:
    return page.post(f"/api/v1/incidents/{number}/{action}", json=words)


def over(page: httpx.Client, number: int) -> None:
    for action in ("acknowledge", "resolve"):
        does(page, number, action).raise_for_status()
