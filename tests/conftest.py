"""Fixtures that several kinds of tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.brokers import make_broker
from tools.demo.broker import Broker


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Broker]:
    """A mosquitto of the test's own, with the units c1 and c2."""
    broker = make_broker("mosquitto", tmp_path, ["c1", "c2"])
    yield broker
    broker.stop()
