"""Signing in by hand and by the address that the demo prints."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, expect

from hub.web.auth import COOKIE
from tests.support.fake_hub import OPEN_SESAME, FakeHub

Open = Callable[..., Page]


@pytest.fixture
def stranger(page_of: Open) -> Page:
    """A page of somebody who is not signed in."""
    page = page_of("/healthz")
    page.context.clear_cookies(name=COOKIE)
    return page


def test_signing_in_leads_to_where_one_wanted_to_go(hub: FakeHub, stranger: Page) -> None:
    stranger.goto(hub.url + "/")
    expect(stranger).to_have_url(f"{hub.url}/sign-in?next=%2F")
    stranger.get_by_label("ログイン名").fill("yamada")
    stranger.get_by_label("パスワード", exact=True).fill(OPEN_SESAME)
    stranger.get_by_role("button", name="サインイン").click()
    expect(stranger).to_have_url(f"{hub.url}/")
    expect(stranger.locator(".person")).to_have_text("山田 花子")
    stranger.get_by_role("button", name="サインアウト").click()
    expect(stranger).to_have_url(f"{hub.url}/sign-in")
    stranger.goto(hub.url + "/")
    expect(stranger).to_have_url(f"{hub.url}/sign-in?next=%2F")


def test_the_demos_address_fills_the_form_and_sends_nothing(hub: FakeHub, stranger: Page) -> None:
    asked: list[Request] = []

    def note(request: Request) -> None:
        asked.append(request)

    stranger.on("request", note)
    stranger.goto(f"{hub.url}/sign-in?next=/#yamada:{OPEN_SESAME}")
    expect(stranger.get_by_label("パスワード", exact=True)).to_have_value(OPEN_SESAME)
    expect(stranger.get_by_label("ログイン名")).to_have_value("yamada")
    expect(stranger).to_have_url(f"{hub.url}/sign-in?next=/")  # not left in the address line
    assert all(
        request.method == "GET" and OPEN_SESAME not in request.url.partition("#")[0] for request in asked
    )
    stranger.keyboard.press("Enter")
    expect(stranger).to_have_url(f"{hub.url}/")


@pytest.mark.parametrize(
    ("login", "told"),
    [
        ("yamada", "ログイン名またはパスワードが違うか、パスワードが使用済みです。"),
        ("slow", "18秒待ってください"),
    ],
)
def test_what_was_wrong_is_said_calmly(hub: FakeHub, stranger: Page, login: str, told: str) -> None:
    stranger.goto(f"{hub.url}/sign-in?next=/counters")
    stranger.get_by_label("ログイン名").fill(login)
    stranger.get_by_label("パスワード", exact=True).fill("no")
    stranger.get_by_role("button", name="サインイン").click()
    expect(stranger.get_by_role("alert")).to_contain_text(told)
    expect(stranger.get_by_label("ログイン名")).to_have_value(login)
    expect(stranger.get_by_label("パスワード", exact=True)).to_be_focused()
    expect(stranger.locator("input[name=next]")).to_have_value("/counters")


@pytest.mark.parametrize("there", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_no_address_leads_a_fresh_sign_in_elsewhere(hub: FakeHub, stranger: Page, there: str) -> None:
    stranger.goto(f"{hub.url}/sign-in?next={there}#yamada:{OPEN_SESAME}")
    stranger.get_by_role("button", name="サインイン").click()
    expect(stranger).to_have_url(f"{hub.url}/")
