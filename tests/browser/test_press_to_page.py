"""The whole way with nothing replaced: button, unit, broker, hub, page; and back to the unit's light."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.brokers import need
from tests.support.browser import PATIENCE_MS, errors_of, watch_errors
from tests.support.house import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    need("mosquitto")
    whole = House(tmp_path, ["c1", "c2"])
    try:
        yield whole.start()
    finally:
        whole.stop()


def signed_in(browser: Browser, house: House, login: str, name: str) -> Page:
    """The live page of somebody who signed in by the form."""
    profile = browser.new_context(locale="ja-JP", viewport={"width": 1280, "height": 800})
    profile.set_default_timeout(PATIENCE_MS)
    page = profile.new_page()
    watch_errors(page)
    word = house.hub.one_time_password(login, name, "supervisor")
    page.goto(f"{house.hub.url}/sign-in?next=/#{login}:{word}")
    page.get_by_role("button", name="サインイン").click()
    expect(page.locator("#summary")).to_have_attribute("data-state", "well")
    return page


def test_a_press_is_answered_by_one_of_two_supervisors(house: House, browser: Browser) -> None:
    first, second = [
        signed_in(browser, house, login, name)
        for login, name in (("yamada", "山田 花子"), ("sato", "佐藤 一郎"))
    ]
    with house.units["c1"].desk() as desk:
        desk.press("session")
        expect(first.locator(".tile[data-unit=c1]")).to_have_attribute("data-state", "meeting")
        desk.press("panic")
        for page in (first, second):
            alarm = page.locator(".alarm")
            expect(alarm).to_have_attribute("data-unit", "c1")
            expect(alarm.locator(".alarm-place")).to_have_text("1番 窓口1")
            expect(alarm.locator(".alarm-kinds")).to_have_text("緊急ボタン")
            expect(alarm).to_have_attribute("data-last-event", re.compile("^[0-9a-f]{16}-[0-9]+$"))
        desk.shows("alarm", "stored")
        first.get_by_role("button", name="対応します").click()
        desk.shows("alarm", "coming")
        for page in (first, second):
            expect(page.locator(".alarm-answer")).to_have_text("対応中（山田 花子）")
        second.get_by_role("button", name="収束").click()
        for page in (first, second):
            expect(page.locator(".alarm")).to_have_count(0)
        desk.shows("alarm", "off")
    for page in (first, second):
        assert errors_of(page) == []
        page.context.close()


def test_a_press_while_the_hub_is_down_appears_late_with_its_true_time(
    house: House, browser: Browser
) -> None:
    page = signed_in(browser, house, "yamada", "山田 花子")
    expect(page.locator("#summary")).to_have_attribute("data-state", "well")  # its scripts are there
    house.hub.kill()
    expect(page.locator("#cut-off")).to_contain_text("サーバーと切断中。この画面は警報を受け取れません")
    with house.units["c2"].desk() as desk:
        desk.press("panic")
        desk.shows("alarm", "unanswered")
        page.wait_for_timeout(3000)  # an event that is less than five seconds late is not called late
        house.hub.start()
        expect(page.locator("#cut-off")).to_be_hidden(timeout=30_000)
        alarm = page.locator(".alarm")
        expect(alarm).to_have_attribute("data-unit", "c2")
        expect(alarm.locator("[data-slot=late]")).to_contain_text("遅れて到着")
        desk.shows("alarm", "stored")
    assert errors_of(page) == []
    page.context.close()
