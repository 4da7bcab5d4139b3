"""A hub that several tests of its API share: its broker, its people, one counter that sends."""

from collections.abc import Iterator

import httpx
import pytest

from tests.support.brokers import make_broker
from tests.support.hub import RunningHub, write_config
from tests.support.hub_peers import Sender

PEOPLE = """
[[people]]
login = "aoki"
name = "青木"
[[people]]
login = "baba"
name = "馬場"
[[groups]]
id = "heads"
members = ["aoki", "baba"]
[[ladders]]
name = "troubles"
for = ["trouble"]
tiers = [{ name = "設備", name_en = "Facilities", seconds = 600, call = ["group:heads"] }]
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    folder = tmp_path_factory.mktemp("api")
    broker = make_broker("mosquitto", folder, ["c1", "c2"])
    hub = write_config(folder, broker, ["c1", "c2"], ladder_s=3600.0, database=None)
    hub.config.write_text(hub.config.read_text() + PEOPLE)
    try:
        yield hub.start()
        assert hub.stop() == 0
    finally:
        hub.kill()
        broker.stop()


@pytest.fixture(scope="module")
def supervisor(office: RunningHub) -> Iterator[httpx.Client]:
    with office.client() as client:
        yield client


@pytest.fixture(scope="module")
def admin(office: RunningHub) -> Iterator[httpx.Client]:
    with office.client("admin", "管理 太郎", "admin") as client:
        yield client


@pytest.fixture(scope="module")
def desk(office: RunningHub) -> Iterator[Sender]:
    sender = Sender(office.broker, "c1").start()
    yield sender
    sender.stop()
