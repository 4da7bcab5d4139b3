"""What the live page costs the computer that shows it: first paint, bytes, and a hundred counters whose
levels change eight times a second.

``make prove`` holds a page against the goals; a run of the tests only counts bytes and layouts.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Browser, Page

COUNTERS = 100
LEVEL_HZ = 8.0
BYTES_GOAL = 120 * 1024
PAINT_GOAL_MS = 500.0
CORE_GOAL = 0.30
FRAMES_GOAL = 58.0
"""A screen of 60 Hz, less what a timer of one second may miss."""

# Bytes as they went over the wire, with the headers of each answer; the stream is not of the first load.
_COUNT = """() => ({
  bytes: performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'))
    .filter(entry => !entry.name.includes('/stream')).reduce((sum, entry) => sum + entry.transferSize, 0),
  paint_ms: performance.getEntriesByType('paint').find(entry => entry.name === 'first-contentful-paint')
    ?.startTime ?? null,
})"""
_FRAMES = """seconds => new Promise(done => { let frames = 0; const began = performance.now();
  const count = now => { frames += 1;
    if (now - began < 1000 * seconds) requestAnimationFrame(count);
    else done(frames / (now - began) * 1000); };
  requestAnimationFrame(count); })"""


@dataclass(frozen=True)
class Load:
    """What one page cost."""

    bytes: int
    paint_ms: float | None
    frames: float
    """A second."""
    script_share: float
    """Of one core, in the page's main thread."""
    core_share: float
    """Of one core, in everything of the browser that draws the page."""
    layouts: float
    """Times a second that something was laid out anew."""


def first_load(page: Page) -> tuple[int, float | None]:
    """Bytes transferred, and milliseconds to the first contentful paint."""
    page.wait_for_timeout(1500)  # what comes by itself has come
    counted = page.evaluate(_COUNT)
    return int(counted["bytes"]), counted["paint_ms"]


def measure(
    browser: Browser, page: Page, tell: Callable[[dict[str, list[float | None]]], None], s: float
) -> Load:
    """``tell`` gives levels to the page; ``page`` shows ``COUNTERS`` counters and nothing else happens."""
    size, paint = first_load(page)
    ending = threading.Event()

    def speak() -> None:
        turn = 0
        while not ending.wait(1 / LEVEL_HZ):
            turn += 1
            tell({f"counter-{n}": [40.0 + (7 * n + 13 * turn) % 50, 40.0] for n in range(1, COUNTERS + 1)})

    speaking = threading.Thread(target=speak, name="levels")
    speaking.start()
    cdp, whole = page.context.new_cdp_session(page), browser.new_browser_cdp_session()
    cdp.send("Performance.enable")

    def spent() -> dict[str, float]:
        metrics = {one["name"]: one["value"] for one in cdp.send("Performance.getMetrics")["metrics"]}
        processes = whole.send("SystemInfo.getProcessInfo")["processInfo"]
        drawing = sum(one["cpuTime"] for one in processes if one["type"].lower() in ("renderer", "gpu"))
        return {"script": metrics["TaskDuration"], "core": drawing, "layouts": metrics["LayoutCount"]}

    page.wait_for_timeout(500)
    began, before = time.monotonic(), spent()
    frames = float(page.evaluate(_FRAMES, s))
    after, lasted = spent(), time.monotonic() - began
    ending.set()
    speaking.join()
    share = {name: (after[name] - before[name]) / lasted for name in before}
    return Load(size, paint, frames, share["script"], share["core"], share["layouts"])
