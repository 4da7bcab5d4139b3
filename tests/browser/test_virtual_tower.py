"""The demo's signal tower: what the hub lets it show is drawn, and said in words."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import errors_of, open_page, overflow
from tests.support.fake_hub import FakeHub
from tools.demo.tower import SimulatedTower
from tools.demo.virtual.extension import virtual_counters


@pytest.fixture
def tower() -> SimulatedTower:
    """Gets its power from the extension."""
    return SimulatedTower("pns-ab")


@pytest.fixture
def office(tmp_path: Path, tower: SimulatedTower) -> Iterator[FakeHub]:
    hub = FakeHub(extensions=[virtual_counters({}, tmp_path, tower)]).start()
    yield hub
    hub.stop()


@pytest.fixture
def page(browser: Browser, office: FakeHub) -> Iterator[Page]:
    shown = open_page(browser, office, "/counters")
    yield shown
    assert errors_of(shown) == []
    shown.context.close()


def test_it_is_drawn_as_it_was_told_to_shine(page: Page, tower: SimulatedTower) -> None:
    drawn = page.locator("#tower")
    expect(drawn.get_by_role("heading")).to_have_text("信号灯 模擬")
    expect(drawn.locator("dd")).to_have_text(["消灯", "消灯", "消灯", "鳴っていません"])
    with socket.create_connection(("127.0.0.1", tower.port), 5) as hub:
        for codes, words in (
            ((2, 1, 0, 0, 0, 1), ["点滅", "点灯", "消灯", "鳴っています"]),
            ((0, 0, 3, 0, 0, 0), ["消灯", "消灯", "速い点滅", "鳴っていません"]),
        ):
            hub.sendall(b"ABS\0\0\6" + bytes(codes))
            assert hub.recv(1) == b"\6"
            expect(drawn.locator("dd")).to_have_text(words)
    assert drawn.locator("[data-dome=green]").get_attribute("data-shows") == "fast"
    page.reload()
    expect(drawn.locator("dd").nth(2)).to_have_text("速い点滅")


def test_what_it_shows_is_not_known_without_the_server(page: Page, office: FakeHub) -> None:
    office.stop()
    expect(page.locator("#tower dd")).to_have_text(["不明"] * 4)
    office.start()
    expect(page.locator("#tower dd").first).to_have_text("消灯")


def test_it_fits_a_telephone(page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 800})
    assert overflow(page) == 0
