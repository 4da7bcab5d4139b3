"""Fixtures that several kinds of tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support import proofs
from tests.support.brokers import make_broker
from tools.demo.broker import Broker

# For tests that name no number of examples of their own.
settings.register_profile("long", max_examples=5_000, deadline=None)
if profile := proofs.size("", "long"):
    settings.load_profile(profile)


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Broker]:
    """A mosquitto of the test's own, with the units c1 and c2."""
    broker = make_broker("mosquitto", tmp_path, ["c1", "c2"])
    yield broker
    broker.stop()
