"""A recording's page in a browser: nothing is heard before a reason, then any place is one press away."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import PATIENCE_MS, errors_of, overflow, watch_errors
from tests.support.recording_office import RecordingOffice, ago, recording_office
from tests.support.recordings import RecordingUnit


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecordingOffice]:
    with recording_office(tmp_path_factory.mktemp("page")) as running:
        yield running


@pytest.fixture(scope="module")
def recorded(office: RecordingOffice) -> RecordingUnit:
    unit = office.unit(ago(900, datetime.now(UTC)))
    office.put_all(unit.record(10), unit.record(10, 600), unit.record(10, 500, "staff"))
    return unit


@pytest.fixture
def page(browser: Browser, office: RecordingOffice, recorded: RecordingUnit) -> Iterator[Page]:
    shown = opened(browser, office, office.person("supervisor"))
    shown.goto(f"{office.hub.url}/recordings/{recorded.recording}")
    yield shown
    assert errors_of(shown) == []
    shown.context.close()


def opened(browser: Browser, office: RecordingOffice, client: httpx.Client, **context: Any) -> Page:
    profile = browser.new_context(
        **({"locale": "ja-JP", "viewport": {"width": 1280, "height": 800}} | context)
    )
    profile.set_default_timeout(PATIENCE_MS)
    for name, value in client.cookies.items():
        profile.add_cookies([{"name": name, "value": value, "url": office.hub.url}])
    shown = profile.new_page()
    watch_errors(shown)
    return shown


def give_reason(page: Page, reason: str = "事案の記録を作るため") -> None:
    page.get_by_role("button", name="聞く").first.click()
    page.locator("#reason").fill(reason)
    page.locator("#ask-yes").click()


def test_no_sound_is_asked_for_before_a_reason_is_given(
    page: Page, office: RecordingOffice, recorded: RecordingUnit
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    expect(page.locator("#wave-note")).to_be_hidden()
    expect(page.locator('[data-skip="10"]')).to_be_disabled()
    page.get_by_role("button", name="聞く").first.click()
    page.get_by_role("button", name="やめる").click()
    assert [url for url in asked if "audio" in url] == []
    give_reason(page)
    expect(page.locator("#play")).to_have_text("一時停止")
    (line,) = [
        line
        for line in office.person("auditor").get("/api/v1/ledger").json()["lines"]
        if line["act"] == "played" and line["subject"] == recorded.recording
    ]
    assert line["reason"] == "事案の記録を作るため"


def test_any_place_is_reached_by_mouse_and_keys(page: Page) -> None:
    give_reason(page)
    wave = page.locator("#wave")
    expect(page.locator("#play")).to_have_text("一時停止")
    page.locator("#play").click()
    frame = wave.bounding_box()
    assert frame is not None
    wave.click(position={"x": frame["width"] * 0.815, "y": 40})
    expect(page.locator("#at")).to_have_text("0:24")
    wave.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#at")).to_have_text("0:19")
    expect(wave).to_have_attribute("aria-valuetext", "0:30のうち0:19")
    page.keyboard.press("Home")
    expect(page.locator("#at")).to_have_text("0:00")


def test_a_hold_is_shown_with_its_reason_and_can_be_ended(page: Page) -> None:
    for button, reason, then in (
        ("廃棄を停止", "弁護士の依頼", "廃棄停止を解除"),
        ("廃棄停止を解除", "和解した", "廃棄を停止"),
    ):
        page.locator("[data-ask]", has_text=button).click()
        page.locator("#reason").fill(reason)
        page.locator("#ask-yes").click()
        expect(page.locator("[data-ask]")).to_have_text(then)


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_scrolls_sideways(
    browser: Browser, office: RecordingOffice, recorded: RecordingUnit, width: int
) -> None:
    client = office.person("auditor")
    shown = opened(browser, office, client, viewport={"width": width, "height": 800})
    for path in (f"/recordings/{recorded.recording}", "/recordings", "/ledger", "/disclosures", "/notice"):
        answer = shown.goto(office.hub.url + path)
        assert answer is not None
        assert answer.status == 200
        assert overflow(shown) == 0, path
    assert errors_of(shown) == []
    shown.context.close()
