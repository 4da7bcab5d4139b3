"""The page stays light: bytes of the first load, and a hundred counters whose levels change all the time."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browser import errors_of, open_page
from tests.support.fake_hub import FakeHub, counter, incident
from tests.support.proofs import size
from tools.bench.page_load import (
    BYTES_GOAL,
    CORE_GOAL,
    COUNTERS,
    FRAMES_GOAL,
    PAINT_GOAL_MS,
    first_load,
    measure,
)

LONG = size(short=False, long=True)


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    fake = FakeHub([counter(n) for n in range(1, COUNTERS + 1)]).start()
    yield fake
    fake.stop()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_first_load_of_a_hundred_counters_is_small(browser: Browser, hub: FakeHub, language: str) -> None:
    for n in range(1, 6):
        hub.put(incident(n, f"counter-{n}"))
    page = open_page(browser, hub, f"/?lang={language}")
    expect(page.locator("#summary")).to_have_attribute("data-state", "alarm")
    transferred, paint_ms = first_load(page)
    assert 20_000 < transferred <= BYTES_GOAL
    assert paint_ms is not None
    if LONG:  # on a quiet machine only
        assert paint_ms <= PAINT_GOAL_MS
    assert errors_of(page) == []
    page.context.close()


def test_levels_of_a_hundred_counters_lay_nothing_out_and_leave_the_page_alone(
    browser: Browser, hub: FakeHub
) -> None:
    page = open_page(browser, hub, viewport={"width": 1920, "height": 1080})
    expect(page.locator("#summary")).to_have_attribute("data-state", "well")
    load = measure(browser, page, hub.loud, size(short=2.0, long=10.0))
    expect(page.locator(".tile[data-unit=counter-50] [data-slot=decibel]")).to_contain_text("dB(A)")
    # The figures and the seconds are written once a second; bars alone would be sixteen a second more.
    assert load.layouts <= 6
    if LONG:
        assert load.core_share < CORE_GOAL
        assert load.frames >= FRAMES_GOAL
    assert errors_of(page) == []
    page.context.close()


def test_the_hub_is_asked_only_for_what_is_on_the_screen_of_a_visible_tab(
    browser: Browser, hub: FakeHub
) -> None:
    page = open_page(browser, hub, viewport={"width": 1280, "height": 600})
    expect(page.locator("#summary")).to_have_attribute("data-state", "well")
    page.wait_for_timeout(1500)
    assert hub.looked
    first = hub.looked[-1]
    assert 3 <= len(first["units"]) < 60
    assert "counter-100" not in first["units"]
    assert first["close"] == []
    hub.put(incident(1, "counter-99"))
    page.locator(".tile[data-unit=counter-2]").hover()
    page.wait_for_timeout(1500)
    assert set(hub.looked[-1]["close"]) == {"counter-99", "counter-2"}
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {value: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    page.wait_for_timeout(500)
    assert hub.looked[-1] == {"page": first["page"], "units": [], "close": []}
    page.context.close()
