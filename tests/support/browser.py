"""Real Chromium for tests, and pages that somebody is signed in to."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from hub.web.auth import COOKIE
from tests.support.fake_hub import FakeHub

CHROMIUM = Path("/usr/bin/chromium")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
MAY_SOUND = "--autoplay-policy=no-user-gesture-required"
ASKS_FIRST = "--autoplay-policy=document-user-activation-required"
PATIENCE_MS = 15_000


@contextmanager
def chromium(sound: str = MAY_SOUND) -> Iterator[Browser]:
    """A browser of one's own. Not for a whole session: while it runs, its loop occupies the thread.

    ``sound``: ``MAY_SOUND``, or ``ASKS_FIRST`` (for a click), as people have it.
    """
    if not CHROMIUM.exists():
        pytest.skip("chromium is not installed (make test installs it)")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=[*ARGS, sound])
        yield browser
        browser.close()


def open_page(
    browser: Browser, hub: FakeHub, path: str = "/", person: str = "yamada", **context: Any
) -> Page:
    """A page in a fresh browser profile where ``person`` is signed in. It fails the test for any error of
    its scripts and for anything that the content security policy blocks."""
    profile = browser.new_context(
        **({"locale": "ja-JP", "viewport": {"width": 1280, "height": 800}} | context)
    )
    profile.set_default_timeout(PATIENCE_MS)
    profile.add_cookies([{"name": COOKIE, "value": person, "url": hub.url}])
    page = profile.new_page()
    watch_errors(page)
    page.goto(hub.url + path)
    return page


def watch_errors(page: Page) -> list[str]:
    """Notes errors of scripts and of the policy; ``errors_of`` reads them."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda message: errors.append(message.text) if "Content Security Policy" in message.text else None,
    )
    page.__dict__["errors"] = errors
    return errors


def errors_of(page: Page) -> list[str]:
    """What went wrong in the page's scripts so far."""
    errors: list[str] = page.__dict__["errors"]
    return errors


def overflow(page: Page) -> int:
    """By how many pixels the page can be scrolled sideways."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide
