"""Fixtures of the browser tests."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser import chromium, errors_of, open_page
from tests.support.fake_hub import FakeHub, counter

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    """The real pages with six counters in two sections, over a stand-in for the hub's core."""
    fake = FakeHub([counter(n) for n in range(1, 7)]).start()
    yield fake
    fake.stop()


@pytest.fixture
def page_of(browser: Browser, hub: FakeHub) -> Iterator[Open]:
    """Opens pages; each must end without an error of its scripts or of the policy."""
    pages: list[Page] = []

    def opens(*args: Any, **context: Any) -> Page:
        pages.append(open_page(browser, hub, *args, **context))
        return pages[-1]

    yield opens
    errors = [error for page in pages for error in errors_of(page)]
    for page in pages:
        page.context.close()
    assert errors == []
