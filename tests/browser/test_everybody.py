"""The pages for everybody: two languages, every width, the keyboard, names for what is on the page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import overflow
from tests.support.fake_hub import FakeHub, ago, counter, incident

Open = Callable[..., Page]

# Text and ground of every visible text, where the ratio of WCAG 2.2 (1.4.3) is below 4.5.
FAINT = """() => {
  const channel = v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const parse = colour => colour.match(/[\\d.]+/g).map(Number);
  const ground = element => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (!own || !element.checkVisibility() || element.closest('.unseen, template')) continue;
    const text = light(parse(getComputedStyle(element).color));
    const [a, b] = [text, light(ground(element))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) faint.push(element.className + ': ' + element.textContent.trim());
  }
  return faint;
}"""

# Buttons and links outside of running text that are smaller than 44 px.
SMALL = """() => [...document.querySelectorAll(
    'button, nav a, .languages a, input:not([type=hidden]), select')]
  .filter(e => e.checkVisibility())
  .filter(e => { const box = e.getBoundingClientRect(); return box.height < 44 || box.width < 44; })
  .map(e => e.outerHTML)"""


def put_everything(hub: FakeHub) -> None:
    """Every state that the page can show, with long names."""
    long = "住民異動届・印鑑登録・マイナンバーカード交付（総合窓口）"
    limits = {"limit_s": 1800, "warn_s": 300, "grace_s": 300}
    hub.put_counter(counter(1, name=long, name_en="Registration of residence and seals, my-number cards"))
    for n, minutes in ((2, 12), (3, 27), (4, 43)):
        hub.put_counter(counter(n, session={"started": ago(60 * minutes)} | limits))
    hub.put_counter(counter(5, link="silent", since=ago(4000), faults=["microphone", "disk"]))
    hub.put(incident(1, "counter-1", presses=12, withdrawn=True, late_s=4000, level_dba=93, calibrated=False))
    hub.put(incident(2, "counter-2", kinds=["assist", "panic", "shout", "bang"]))
    hub.put(incident(3, "counter-3", severity="attention", kinds=["shout"]))
    hub.put(incident(4, "counter-4", state="acknowledged", acknowledged_by="佐藤 一郎"))
    hub.put(incident(5, "counter-5", state="responding", acknowledged_by="佐藤 一郎"))
    hub.quarantine(3)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("width", [375, 768, 1280, 1920])
def test_it_fits_every_width_and_can_be_read_and_touched(
    hub: FakeHub, page_of: Open, width: int, language: str
) -> None:
    put_everything(hub)
    page = page_of(f"/?lang={language}", viewport={"width": width, "height": 800})
    expect(page.locator(".alarm")).to_have_count(5)
    assert overflow(page) <= 0
    assert page.evaluate(FAINT) == []
    assert page.evaluate(SMALL) == []


def test_the_wall_screen_is_dark_legible_and_without_controls(hub: FakeHub, page_of: Open) -> None:
    put_everything(hub)
    page = page_of("/?wall=1", viewport={"width": 1920, "height": 1080})
    expect(page.locator(".alarm")).to_have_count(5)
    expect(page.locator("button:visible, nav:visible")).to_have_count(0)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(11, 13, 18)"
    assert page.evaluate(FAINT) == []


def test_the_sign_in_page_fits_a_telephone(hub: FakeHub, page_of: Open) -> None:
    page = page_of("/sign-in", viewport={"width": 375, "height": 700})
    assert overflow(page) <= 0
    assert page.evaluate(FAINT) == []
    assert page.evaluate(SMALL) == []


def test_the_language_is_chosen_and_kept(hub: FakeHub, page_of: Open) -> None:
    hub.put(incident(1, "counter-1"))
    page = page_of("/?wall=0")
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".alarm-place")).to_have_text("No. 1 Residence records")
    expect(page.locator(".alarm-kinds")).to_have_text("Emergency button")
    expect(page.get_by_role("button", name="I am going")).to_be_visible()
    expect(page.locator(".area-name").first).to_have_text("Citizens' Affairs")
    page.goto(hub.url)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="日本語").click()
    expect(page.get_by_role("button", name="対応します")).to_be_visible()


def test_the_browsers_language_decides_first(hub: FakeHub, page_of: Open) -> None:
    expect(page_of(locale="en-GB").locator("html")).to_have_attribute("lang", "en")
    expect(page_of(locale="fr-FR").locator("html")).to_have_attribute("lang", "ja")


def test_everything_is_reached_by_keyboard_and_the_focus_is_seen(hub: FakeHub, page_of: Open) -> None:
    hub.put(incident(1, "counter-1"))
    page = page_of()
    expect(page.locator(".alarm")).to_have_count(1)
    reached: list[str] = []
    while "対応します" not in reached or "音を確かめる" not in reached:
        assert len(reached) < 40, reached
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim()"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "4px"
    assert reached[0] == "本文へ"
    assert {"見守り", "日本語", "English", "サインアウト", "対応します", "音を確かめる"} <= set(reached)


def test_regions_and_headings_have_names(hub: FakeHub, page_of: Open) -> None:
    hub.put(incident(1, "counter-1"))
    page = page_of()
    for role, name in (("banner", None), ("main", None), ("navigation", "ページ")):
        expect(page.get_by_role(role, name=name)).to_have_count(1)  # type: ignore[arg-type]
    expect(page.get_by_role("region", name="警報")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("見守り")
    expect(page.get_by_role("region", name="市民課")).to_be_visible()
    expect(page.locator("#announcer")).to_have_attribute("role", "alert")
