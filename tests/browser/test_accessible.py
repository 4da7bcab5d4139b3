"""axe-core finds nothing on the live page, the wall screen, the sign-in page and the pages that say what is
wrong, in both languages."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_everybody import put_everything
from tests.support.axe import no_violations
from tests.support.fake_hub import FakeHub

Open = Callable[..., Page]


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("path", ["/?", "/?wall=1&", "/sign-in?", "/nowhere?"])
def test_axe_finds_nothing(hub: FakeHub, page_of: Open, path: str, language: str) -> None:
    put_everything(hub)
    page = page_of(f"{path}lang={language}")
    expect(page.locator("h1")).to_have_count(1)
    no_violations(page)
