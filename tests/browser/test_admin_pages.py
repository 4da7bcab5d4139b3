"""The administration in a browser: a ladder changed by hand, and what axe-core says of every page."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from hub.web.auth import COOKIE
from tests.support.admin import one_time_password, sent, signed_in
from tests.support.axe import no_violations
from tests.support.brokers import make_broker
from tests.support.browser import PATIENCE_MS, errors_of, overflow, watch_errors
from tests.support.hub import RunningHub, write_config
from tests.support.hub_api import over, pressed
from tests.support.hub_peers import Sender

PATHS = [
    "/settings",
    "/settings/areas",
    "/settings/areas/desk",
    "/settings/counters",
    "/settings/counters/add",
    "/settings/people",
    "/settings/people/yamada",
    "/settings/groups",
    "/settings/groups/add",
    "/settings/ladders",
    "/settings/ladders/default",
    "/settings/limits",
    "/settings/limits/c1",
    "/settings/texts",
    "/units",
    "/units/of/c1",
    "/units/drills",
    "/units/drills/1",
    "/units/maintenance",
    "/units/quarantine",
    "/statistics",
    "/statistics/report?year=2026",
    "/account",
    "/audit",
]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    folder = tmp_path_factory.mktemp("admin")
    broker = make_broker("mosquitto", folder, ["c1", "c2"])
    hub = write_config(folder, broker, ["c1", "c2"], ladder_s=3600.0, database=None)
    try:
        yield hub.start()
        assert hub.stop() == 0
    finally:
        hub.kill()
        broker.stop()


@pytest.fixture(scope="module")
def admin(office: RunningHub) -> Iterator[httpx.Client]:
    """With something on every page."""
    with office.client("admin", "管理 太郎", "admin") as client:
        one_time_password(client, "yamada", "山田 花子", "supervisor")
        sent(client, "/settings/people/yamada/call", {"language": "ja", "webhook": ""})
        sent(client, "/settings/limits/c1", {"limit_s": "20", "warn_s": "5", "grace_s": "", "extend_s": ""})
        sent(client, "/units/drills", {"whom": "", "minutes": "1", "begin": "", "every_days": "30"})
        yield client


@pytest.fixture(scope="module")
def desk(office: RunningHub) -> Iterator[Sender]:
    sender = Sender(office.broker, "c1").start()
    yield sender
    sender.stop()


@pytest.fixture(scope="module")
def page(browser: Browser, office: RunningHub, admin: httpx.Client) -> Iterator[Page]:
    profile = browser.new_context(locale="ja-JP", viewport={"width": 1280, "height": 900})
    profile.set_default_timeout(PATIENCE_MS)
    profile.add_cookies([{"name": COOKIE, "value": admin.cookies[COOKIE], "url": office.url}])
    opened = profile.new_page()
    watch_errors(opened)
    yield opened
    assert errors_of(opened) == []
    profile.close()


def test_a_ladder_changed_by_hand_rules_the_next_alarm(
    page: Page, office: RunningHub, admin: httpx.Client, desk: Sender
) -> None:
    password = one_time_password(admin, "sato", "佐藤 一郎", "supervisor")
    page.goto(f"{office.url}/settings/ladders?lang=ja")
    page.locator('a[href="/settings/ladders/default"]').click()
    first = page.get_by_role("group", name="第1段階")
    first.get_by_label("名称").fill("")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("入力してください。", exact=True)).to_be_visible()
    first.get_by_label("名称").fill("守衛")
    first.get_by_label("英語名").fill("Guard")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_have_text("保存しました。")
    expect(page.get_by_role("listitem").first).to_contain_text("守衛")
    with signed_in(office.url, "sato", password) as supervisor:
        number = pressed(supervisor, desk)
        page.goto(f"{office.url}/?lang=ja")
        expect(page.locator(".alarm").first).to_contain_text("守衛")
        over(supervisor, number)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_axe_finds_nothing_and_nothing_is_wider_than_a_telephone(
    page: Page, office: RunningHub, language: str
) -> None:
    page.set_viewport_size({"width": 375, "height": 812})
    for path in PATHS:
        page.goto(f"{office.url}{path}{'&' if '?' in path else '?'}lang={language}")
        expect(page.locator("h1")).to_have_count(1)
        if language == "ja":  # the other language has the same markup and colours, and other lengths
            no_violations(page)
        assert overflow(page) == 0, path
