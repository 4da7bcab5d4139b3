"""Pictures of every page, taken in Chromium from a demo of its own.

``python -m tools.docs.screenshots FOLDER``

With ``--readme`` it also renews ``docs/live-page.png``, the picture of the README.
"""

import argparse
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tools.demo.broker import available
from tools.demo.conductor import Demo
from tools.docs.floor_plan import take_floor_plan
from tools.docs.office import take_office

ROOT = Path(__file__).resolve().parents[2]
README_PICTURE = ROOT / "docs" / "live-page.png"
README_BYTES_MAX = 200_000
CHROMIUM = "/usr/bin/chromium"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
ARGS += ["--autoplay-policy=no-user-gesture-required"]
SIZES = ((375, 812), (1280, 800), (1920, 1080))
WALL_SIZES = ((1920, 1080), (3840, 2160))
LANGUAGES = ("ja", "en")


class Camera:
    """Takes a page in every language and width."""

    def __init__(self, folder: Path, url: str) -> None:
        self._folder = folder
        self._url = url

    def take(self, page: Page, name: str, path: str, sizes: Sequence[tuple[int, int]] = SIZES) -> None:
        """Files ``{name}-{language}-{width}.png``; a page that can be scrolled sideways is an error."""
        for language in LANGUAGES:
            page.goto(f"{self._url}{path}{'&' if '?' in path else '?'}lang={language}")
            page.wait_for_timeout(1500)  # everything that comes by itself has come
            for width, height in sizes:
                page.set_viewport_size({"width": width, "height": height})
                page.wait_for_timeout(300)
                page.screenshot(path=self._folder / f"{name}-{language}-{width}.png")
                if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    raise RuntimeError(f"{name} in {language} is wider than {width} px")


def signed_in(browser: Browser, url: str, login: str, password: str) -> Page:
    """A page of somebody who signed in by the form."""
    page = browser.new_context(locale="ja-JP", reduced_motion="reduce").new_page()
    page.goto(f"{url}sign-in?next=/#{login}:{password}")
    page.locator("#sign-in button").click()
    expect(page.locator("#summary")).to_be_visible()
    return page


def hold(page: Page, unit: str, button: str) -> None:
    """One press at a virtual counter."""
    page.locator(f".counter[data-unit={unit}] [data-button={button}]").click()


def take_all(
    browser: Browser, demo: tuple[str, str, str], admin: tuple[str, str], folder: Path, readme: bool
) -> None:
    """Every page: calm, in alarm, and answered; then what administrators see."""
    url, login, password = demo
    camera = Camera(folder, url)
    camera.take(browser.new_page(), "sign-in", "sign-in")
    live = signed_in(browser, url, login, password)
    desks = live.context.new_page()
    desks.goto(f"{url}counters?lang=ja")
    expect(desks.locator(".counter[data-running=true]")).to_have_count(3)
    hold(desks, "counter-2", "session")
    camera.take(live, "live-calm", "")
    camera.take(live, "live-wall", "?wall=1", WALL_SIZES)
    desks.goto(f"{url}counters?lang=ja")
    expect(desks.locator(".counter[data-running=true]")).to_have_count(3)
    hold(desks, "counter-1", "panic")
    hold(desks, "counter-3", "assist")
    expect(desks.locator(".counter[data-unit=counter-1][data-alarm=stored]")).to_be_visible()
    camera.take(live, "live-alarm", "")
    camera.take(live, "live-alarm-wall", "?wall=1", WALL_SIZES)
    camera.take(desks, "counters-alarm", "counters")
    if readme:
        picture(live, url)
    live.goto(f"{url}?lang=ja")
    live.locator(".alarm:first-child [data-do=acknowledge]").click()
    expect(live.locator(".alarm[data-state=acknowledged]")).to_have_count(1)
    camera.take(live, "live-answered", "")
    camera.take(desks, "counters-answered", "counters")
    office = signed_in(browser, url, *admin)
    take_floor_plan(office, live, camera)
    take_office(office, camera, url)
    take_records(camera, live, url)


def take_records(camera: Camera, page: Page, url: str) -> None:
    """Incidents and cases, with what somebody might have written."""
    page.goto(f"{url}incidents?lang=ja")
    first = page.locator(".number-link").last.get_attribute("href") or ""
    page.goto(f"{url}{first[1:]}")
    for step in ("announce", "cease", "cease"):
        page.locator(f"[data-step={step}] > .actions button").click()
    page.goto(f"{url}{first[1:]}/record")
    page.locator("#words").fill("14:10 「責任者を出せ」と大声。\n14:12 机を2回叩く。「誠意を見せろ」")
    page.locator("#why").fill("証明書の再発行")
    for kind in ("2b", "2c"):
        page.locator(f"[name=kinds][value='{kind}']").check()
    page.locator("#record-form .action").click()
    page.goto(f"{url}cases/new?incident={first.rpartition('/')[2]}")
    page.locator("#alias").fill("黒い鞄の60代男性")
    page.locator("#limit").fill("20")
    page.locator("[name=two]").check()
    page.locator("form.card .action").click()
    case = page.url.removeprefix(url).partition("?")[0]
    for name, path in (
        ("incidents", "incidents"),
        ("incidents-none", "incidents?q=zzz"),
        ("incident", first[1:]),
        ("incident-record", f"{first[1:]}/record"),
        ("incident-history", f"{first[1:]}/history"),
        ("cases", "cases"),
        ("case", case),
        ("case-form", f"{case}/edit"),
    ):
        camera.take(page, name, path)


def picture(page: Page, url: str) -> None:
    """The README's picture: the live page in alarm, 1280 px wide."""
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{url}?lang=ja")
    expect(page.locator(".alarm")).to_have_count(2)
    page.wait_for_timeout(1500)
    page.screenshot(path=README_PICTURE)
    size = README_PICTURE.stat().st_size
    if size > README_BYTES_MAX:
        raise RuntimeError(f"{README_PICTURE.name} may have {README_BYTES_MAX} bytes; it has {size}")


def with_demo(use: Callable[[tuple[str, str, str], tuple[str, str]], None]) -> None:
    """Start a demo in a folder of its own, use it (pages, supervisor; administrator), stop it."""
    with tempfile.TemporaryDirectory(prefix="madomori-pictures-") as state:
        demo = Demo(Path(state), broker=available(), port=None)
        try:
            use(demo.start(threading.Event()), ("admin", demo.password_of("admin", "管理 太郎", "admin")))
        finally:
            demo.stop()


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(prog="python -m tools.docs.screenshots", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go; made when missing")
    parser.add_argument("--readme", action="store_true", help=f"also renew docs/{README_PICTURE.name}")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)

    def use(demo: tuple[str, str, str], admin: tuple[str, str]) -> None:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
            take_all(browser, demo, admin, asked.folder, asked.readme)
            browser.close()

    with_demo(use)


if __name__ == "__main__":
    main()
