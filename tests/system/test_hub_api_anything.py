"""Whatever is asked of the API, within its document or beside it, the hub answers and never fails."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok

from tests.support import proofs
from tests.support.brokers import make_broker
from tests.support.hub import RunningHub, write_config
from tests.support.hub_peers import Sender
from wire.messages.events import Panic

EXAMPLES = proofs.size(4, 400)

LEFT_OUT = ("/api/v1/live/stream", "/api/v1/sign-out", "/sign-out", "/api/v1/me/password")
"""One never ends, and the others end the sign-in that is needed here."""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    folder = tmp_path_factory.mktemp("anything")
    broker = make_broker("mosquitto", folder, ["c1", "c2"])
    hub = write_config(folder, broker, ["c1", "c2"], ladder_s=3600.0, database=None)
    try:
        hub.start()
        unit = Sender(broker, "c1").start()
        unit.send(Panic())
        yield hub
        unit.stop()
        assert hub.stop() == 0
    finally:
        hub.kill()
        broker.stop()


@pytest.mark.parametrize("role", ["supervisor", "admin"])
def test_no_question_makes_the_hub_fail(
    hub: RunningHub, role: str, record_property: Callable[[str, object], None]
) -> None:
    with hub.client(role, role, role) as client:
        document = client.get("/api/v1/openapi.json").json()
        schema = schemathesis.openapi.from_dict(document)
        asked = 0
        for result in schema.get_all_operations():
            assert isinstance(result, Ok), result
            operation = result.ok()
            if operation.path not in LEFT_OUT:
                asked += _ask(client, operation, role)
        assert client.get("/api/v1/me").json()["role"] == role, "the sign-in has lived through it"
        assert client.get("/readyz").status_code == 200
    assert asked > 20 * EXAMPLES
    record_property("proved", f"{asked} questions as {role}, none with a 5xx")
    assert "Traceback" not in hub.log.read_text()


def _ask(client: httpx.Client, operation: Any, role: str) -> int:
    asked = 0

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        nonlocal asked
        asked += 1
        words = case.as_transport_kwargs(base_url=str(client.base_url))
        words.pop("cookies", None)
        words["headers"] = {
            name: str(value).encode("ascii", "replace").decode()
            for name, value in (words.get("headers") or {}).items()
        }
        words["json" if "json" in words else "data"] = words.get("json", words.get("data"))
        try:
            answer = client.request(**words)
        except (httpx.InvalidURL, httpx.LocalProtocolError, UnicodeError, ValueError, TypeError):
            return  # nothing that a client could send
        told = f"{words['method']} {words['url']} as {role}: {answer.status_code} {answer.text[:200]}"
        # A hub that keeps no recordings says so.
        assert answer.status_code < 500 or answer.text == '{"error":"off"}', told

    ask()
    return asked
