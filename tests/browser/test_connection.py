"""The live page never lets anybody believe that it receives alarms when it does not."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from hub.web.auth import COOKIE
from tests.support.fake_hub import FakeHub, counter, incident

Open = Callable[..., Page]
BAND = "サーバーと切断中。この画面は警報を受け取れません"


def test_a_lost_server_is_shown_and_what_was_missed_is_made_up_for(hub: FakeHub, page_of: Open) -> None:
    hub.put(incident(1, "counter-1"))
    page = page_of()
    band = page.locator("#cut-off")
    expect(page.locator("[data-slot=checked]")).to_have_text("最終確認 0秒前")
    expect(band).to_be_hidden()
    hub.stop()
    began = time.monotonic()
    expect(band).to_contain_text(BAND)
    assert time.monotonic() - began < 3 + 4  # three seconds, and a busy machine
    expect(band).to_contain_text("電話")
    expect(page.locator("[data-slot=well]")).to_have_text("切断中")
    assert page.title().startswith("切断中")
    hub.put(incident(2, "counter-2"))
    hub.change(1, state="resolved")
    hub.put_counter(counter(3, link="offline"))
    hub.start()
    expect(band).to_be_hidden()
    expect(page.locator(".alarm")).to_have_attribute("data-incident", "2")
    expect(page.locator(".tile[data-unit=counter-3]")).to_have_attribute("data-link", "offline")
    hub.put(incident(3, "counter-3"))
    expect(page.locator(".alarm")).to_have_count(2)


def test_a_stream_that_says_nothing_is_a_lost_server_too(hub: FakeHub, page_of: Open) -> None:
    page = page_of("/sign-in")
    # An EventSource that connects and then hears nothing, as behind a dead network.
    page.add_init_script("window.EventSource = class extends EventTarget { close() {} };")
    page.goto(hub.url)
    expect(page.locator("#cut-off")).to_contain_text(BAND)


def without(page: Page, script: str) -> None:
    """The server dies, for this page, before it has handed out ``script``."""
    page.route(re.compile(rf"/{script}(\?|$)"), lambda route: route.abort())


def test_a_server_that_dies_before_the_worker_is_fetched_is_noticed(hub: FakeHub, page_of: Open) -> None:
    page = page_of("/sign-in")
    without(page, "tick.js")
    page.goto(hub.url)
    expect(page.locator("#summary")).to_have_attribute("data-state", "well")
    hub.stop()
    expect(page.locator("#cut-off")).to_contain_text(BAND)


@pytest.mark.parametrize("script", ["live.js", "stream.js", "words.js"])
def test_a_page_whose_scripts_do_not_come_says_so(hub: FakeHub, page_of: Open, script: str) -> None:
    page = page_of("/sign-in")
    without(page, script)
    page.goto(hub.url)
    band = page.locator("#not-started")
    expect(band).to_be_visible()
    expect(band).to_contain_text("警報を受け取れません")
    expect(page.locator("[data-slot=well]")).to_have_text("接続待ち（まだ受信していません）")


def test_a_page_that_started_carries_no_warning(hub: FakeHub, page_of: Open) -> None:
    page = page_of()
    expect(page.locator("#summary")).to_have_attribute("data-state", "well")
    expect(page.locator("#not-started")).to_have_count(0)


def test_the_seconds_without_a_sign_of_life_count_up(hub: FakeHub, page_of: Open) -> None:
    page = page_of()
    hub.stop()
    # Any second from the fifth: to look for one only would be to race with it.
    expect(page.locator("#cut-off")).to_contain_text(re.compile(r"([5-9]|\d\d)秒経過"))
    expect(page.locator("[data-slot=checked]")).to_have_text(re.compile(r"最終確認 ([5-9]|\d\d)秒前"))


def test_who_is_signed_out_is_led_to_the_sign_in_page(hub: FakeHub, page_of: Open) -> None:
    page = page_of()
    expect(page.locator("[data-slot=checked]")).to_have_text("最終確認 0秒前")
    page.context.clear_cookies(name=COOKIE)
    hub.stop()
    hub.start()
    expect(page.locator("#cut-off")).to_contain_text("サインアウトされています")
    page.locator("#cut-off a").click()
    expect(page).to_have_url(f"{hub.url}/sign-in?next=%2F")
