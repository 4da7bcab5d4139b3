"""axe-core on a page, for every rule of WCAG 2.2 A and AA that a machine can check."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_OPTIONS = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": STANDARD}}
_AXE = Axe()


def no_violations(page: Page) -> None:
    """Fails with what axe-core says of each part of the page that breaks a rule."""
    found = _AXE.run(page, options=_OPTIONS)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
