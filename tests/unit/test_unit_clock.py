"""The unit's clock."""

import re
import time
from datetime import UTC, datetime, timedelta

import pytest

from device import clock
from device.clock import Clock, boot_id, kernel_says_synced


def test_a_simulated_unit_trusts_its_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "kernel_says_synced", lambda: False)
    assert Clock("simulated").now().synced


def test_a_real_unit_asks_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    for says in (True, False):
        monkeypatch.setattr(clock, "kernel_says_synced", lambda says=says: says)
        assert Clock("gpio").now().synced is says


def test_the_kernel_answers() -> None:
    assert kernel_says_synced() in (True, False)


def test_a_reading() -> None:
    before, wall = time.monotonic(), datetime.now(UTC)
    now = Clock("simulated").now()
    assert before <= now.monotonic <= time.monotonic()
    assert wall <= now.wall <= datetime.now(UTC)
    earlier = now.back_to(now.monotonic - 2.0)
    assert earlier.wall == now.wall - timedelta(seconds=2)


def test_the_boot_id_is_a_token() -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", boot_id())
