"""Floor plans: an administrator puts counters into place, and the live page shows them there."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import no_violations
from tests.support.browser import overflow
from tests.support.fake_hub import FakeHub, counter, incident
from tests.support.pictures import png
from tests.support.shown import stands

Open = Callable[..., Page]


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    fake = FakeHub([counter(n) for n in range(1, 7)], registered=[stands(n) for n in range(1, 7)]).start()
    yield fake
    fake.stop()


def centre(page: Page, unit: str) -> tuple[float, float]:
    """Of a tile, as shares of its drawing."""
    found: list[float] = page.evaluate(
        """unit => { const plan = document.querySelector('.plan').getBoundingClientRect();
        const tile = document.querySelector(`.tile[data-unit=${unit}]`).getBoundingClientRect();
        return [(tile.x + tile.width / 2 - plan.x) / plan.width,
                (tile.y + tile.height / 2 - plan.y) / plan.height]; }""",
        unit,
    )
    return found[0], found[1]


def test_counters_stand_on_the_drawing_and_the_view_is_remembered(hub: FakeHub, page_of: Open) -> None:
    page = page_of()
    expect(page.locator("#views")).to_be_hidden()
    hub.drawings.put("shimin", png(640, 320), {"counter-1": (0.25, 0.5), "counter-2": (0.75, 0.25)})
    page.locator("#views").get_by_text("図面").click()
    placed = page.locator(".plan-tiles .tile")
    expect(placed).to_have_count(2)
    x, y = centre(page, "counter-2")
    assert abs(x - 0.75) < 0.01
    assert abs(y - 0.25) < 0.01
    expect(page.locator(".area[data-area=shimin] > .tiles .tile")).to_have_attribute("data-unit", "counter-3")
    expect(page.locator(".area[data-area=nozei] .tiles .tile")).to_have_count(3)
    hub.put(incident(1, "counter-2"))
    expect(placed.nth(1).locator("[data-slot=alarm]")).to_have_text("警報")
    page.reload()
    expect(placed).to_have_count(2)
    no_violations(page)
    hub.drawings.put("shimin", png(640, 320), {"counter-3": (0.1, 0.1)})
    expect(placed).to_have_count(1)
    expect(placed).to_have_attribute("data-unit", "counter-3")
    page.locator("#views").get_by_text("一覧").click()
    units = page.locator(".area[data-area=shimin] .tiles .tile").evaluate_all(
        "t => t.map(x => x.dataset.unit)"
    )
    assert units == ["counter-1", "counter-2", "counter-3"]


def test_another_person_at_the_same_browser_has_another_view(hub: FakeHub, page_of: Open) -> None:
    hub.drawings.put("shimin", png(), {"counter-1": (0.5, 0.5)})
    page = page_of()
    page.locator("#views").get_by_text("図面").click()
    expect(page.locator(".plan")).to_be_visible()
    page.context.add_cookies([{"name": "madomori", "value": "sato", "url": hub.url}])
    page.goto(hub.url)
    expect(page.locator("#summary")).to_have_attribute("data-state", "well")
    expect(page.locator(".plan")).to_have_count(0)


def test_an_administrator_draws_drags_and_saves(hub: FakeHub, page_of: Open) -> None:
    page = page_of("/plans/shimin", person="admin")
    page.locator("#drawing").set_input_files(
        {"name": "plan.png", "mimeType": "image/png", "buffer": png(600, 300)}
    )
    page.get_by_role("button", name="この図面を使う").click()
    expect(page.locator(".said")).to_contain_text("保存しました")
    page.get_by_role("button", name="図面に置く").first.click()
    spot = page.locator(".spot")
    expect(spot).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("[name=x-counter-1]")).to_have_value("50.5")
    expect(page.locator("[name=y-counter-1]")).to_have_value("55.0")
    box, plan = spot.bounding_box(), page.locator("#plan-edit").bounding_box()
    assert box
    assert plan
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - plan["width"] / 4, y - plan["height"] / 4, steps=4)
    page.mouse.up()
    moved = float(page.locator("[name=x-counter-1]").input_value())
    assert abs(moved - 25.5) < 1.5
    no_violations(page)
    assert overflow(page) <= 0
    page.get_by_role("button", name="位置を保存する").click()
    expect(page.locator(".said")).to_contain_text("位置を保存しました")
    assert abs(hub.plans["shimin"]["spots"]["counter-1"][0] - moved / 100) < 0.001
    spot.focus()
    page.keyboard.press("Delete")
    expect(page.locator(".spot")).to_have_count(0)
    expect(page.locator("#unsaved")).to_be_visible()
    expect(page.locator("#moved")).to_have_text("1番 住民票: 図面から外しました")


def test_what_is_no_picture_or_no_number_is_said_beneath_its_field(hub: FakeHub, page_of: Open) -> None:
    page = page_of("/plans/shimin", person="admin", viewport={"width": 375, "height": 800})
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>document.title='owned'</script></svg>"
    page.locator("#drawing").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": svg})
    page.get_by_role("button", name="この図面を使う").click()
    expect(page.locator("#drawing-fault")).to_have_text("PNG・JPEG・WebPの画像ではありません。")
    hub.drawings.put("shimin", png(), {})
    page.goto(f"{hub.url}/plans/shimin?lang=en")
    page.locator("[name=x-counter-2]").fill("120")
    page.locator("[name=y-counter-2]").fill("<b>5")
    page.get_by_role("button", name="Save the places").click()
    expect(page.locator("#fault-counter-2")).to_contain_text("0 to 100")
    expect(page.locator("[name=y-counter-2]")).to_have_value("<b>5")
    assert hub.plans["shimin"]["spots"] == {}
    assert overflow(page) <= 0
    no_violations(page)
