"""A real Chromium that notes when a page shows an event: in the page, by its own clock."""

from types import TracebackType
from typing import Any, Self

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
]

# Runs before the page's own scripts. "shown" holds [id, wall-clock milliseconds].
NOTE = """
(() => {
  const shown = window.__shown = [];
  new MutationObserver((changes) => {
    const now = performance.timeOrigin + performance.now();
    const note = (element) => {
      const id = element.dataset && element.dataset.lastEvent;
      if (id) shown.push([id, now]);
    };
    for (const change of changes) {
      if (change.type === "attributes") { note(change.target); continue; }
      for (const node of change.addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        note(node);
        for (const inner of node.querySelectorAll("[data-last-event]")) note(inner);
      }
    }
  }).observe(document, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["data-last-event"],
  });
})();
"""

# timeOrigin is taken once, from a clock that the system may have set since: how far is it from Date.now()?
# Date.now() counts whole milliseconds; just after it steps it is exact.
CLOCK_ERROR = """
() => {
  const errors = [];
  for (let i = 0; i < 40; i += 1) {
    const before = Date.now();
    while (Date.now() === before) { /* wait for the step */ }
    errors.push(Date.now() - (performance.timeOrigin + performance.now()));
  }
  errors.sort((a, b) => a - b);
  return errors[20];
}
"""


class Chromium:
    """One browser with one person signed in, for the whole bench."""

    def __init__(self) -> None:
        self._playwright: Playwright = sync_playwright().start()
        self._browser: Browser = self._playwright.chromium.launch(
            executable_path=CHROMIUM, args=ARGUMENTS, headless=True
        )
        self._context: BrowserContext = self._browser.new_context(viewport={"width": 1280, "height": 900})
        self._context.add_init_script(NOTE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._browser.close()
        self._playwright.stop()

    def sign_in(self, url: str, login: str, password: str) -> None:
        """Through the form, as a person does."""
        page = self._context.new_page()
        page.goto(f"{url}sign-in")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", password)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda address: "sign-in" not in address)
        page.close()

    def cookie(self, url: str) -> str:
        """What this browser would send with a request."""
        return "; ".join(f"{one['name']}={one['value']}" for one in self._context.cookies(url))

    def json(self, url: str) -> Any:
        """What an address answers to who is signed in."""
        answer = self._context.request.get(url)
        if not answer.ok:
            raise RuntimeError(f"{url} answered {answer.status}")
        return answer.json()

    def open(self, url: str) -> "Watched":
        """A page on the screen, noting."""
        page = self._context.new_page()
        page.goto(url, wait_until="load")
        return Watched(page)


class Watched:
    """A page that notes what it shows."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._error_ms: float = page.evaluate(CLOCK_ERROR)

    def close(self) -> dict[str, float]:
        """Event id to the wall-clock milliseconds at which it was first shown."""
        shown: list[tuple[str, float]] = self._page.evaluate("window.__shown")
        self._page.close()
        first: dict[str, float] = {}
        for event, at in shown:
            first.setdefault(event, at + self._error_ms)
        return first
