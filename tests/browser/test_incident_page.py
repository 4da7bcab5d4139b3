"""The pages of incidents and cases in a real browser: presses, two people, print, accessibility."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from hub.incidents import Action
from hub.web.auth import COOKIE
from tests.support.axe import no_violations
from tests.support.browser import errors_of, open_page, overflow
from tests.support.record_hub import RecordHub, ServedHub


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedHub]:
    with ServedHub(tmp_path_factory.mktemp("office")) as hub:
        yield hub


def open_as(
    browser: Browser, office: RecordHub, path: str, person: str = "yamada", **context: object
) -> Page:
    assert isinstance(office, ServedHub)
    return open_page(browser, office, path, person, **context)  # type: ignore[arg-type]


def well(*pages: Page) -> None:
    errors = [error for page in pages for error in errors_of(page)]
    for page in pages:
        page.context.close()
    assert errors == []


def sent(office: ServedHub, path: str, login: str = "yamada", **form: object) -> None:
    answer = httpx.post(office.url + path, data=form, cookies={COOKIE: login}, timeout=20)
    assert answer.status_code == 303, answer.text


def test_a_press_is_seen_by_another_who_is_writing(browser: Browser, office: ServedHub) -> None:
    number = office.incident()
    office.act(number, Action.ACKNOWLEDGE)
    watching = open_as(browser, office, f"/incidents/{number}", "sato")
    watching.get_by_text("経過にメモを加える").click()
    watching.locator("#note-text").fill("書きかけ")
    pressing = open_as(browser, office, f"/incidents/{number}", "suzuki")
    pressing.locator("[data-step=announce] .actions button").click()
    expect(pressing.locator("[data-step=announce] .count")).to_contain_text("1 / 1")
    expect(pressing.locator("[data-step=announce] .presses")).to_contain_text("14:20:00 鈴木 窓口")
    expect(watching.locator("[data-step=announce] .count")).to_contain_text("1 / 1")
    expect(watching.locator("#part-timeline")).to_contain_text("手順: 対応終了の告知")
    expect(watching.locator("#note-text")).to_have_value("書きかけ")
    expect(watching.locator("[data-since]")).to_be_visible()
    pressing.locator("[data-step=announce] .presses button").click()
    expect(pressing.locator(".said")).to_contain_text("取り消しました")
    expect(watching.locator("[data-step=announce] .count")).to_contain_text("0 / 1")
    well(watching, pressing)


def test_two_people_write_the_same_field(browser: Browser, office: ServedHub) -> None:
    number = office.incident()
    both = [open_as(browser, office, f"/incidents/{number}/record", login) for login in ("yamada", "suzuki")]
    for page, words in zip(both, ("山田の言葉", "鈴木の言葉"), strict=True):
        page.locator("#words").fill(words)
    for page in both:
        page.get_by_role("button", name="記録を保存する").click()
    first, second = both
    expect(first.locator("#record .written")).to_contain_text("山田の言葉")
    expect(second.locator("[data-theirs=words]")).to_have_text("山田の言葉")
    expect(second.locator("#words")).to_have_value("鈴木の言葉")
    no_violations(second)
    second.locator("#words").fill("山田の言葉、鈴木の言葉")
    second.get_by_role("button", name="記録を保存する").click()
    expect(second.locator("#record .written")).to_contain_text("山田の言葉、鈴木の言葉")
    well(*both)


def test_a_page_without_scripts_does_everything(browser: Browser, office: ServedHub) -> None:
    number = office.incident()
    page = open_as(browser, office, f"/incidents/{number}", java_script_enabled=False)
    page.get_by_role("button", name="対応します").click()
    expect(page.locator("#part-timeline")).to_contain_text("応答「対応します」")
    page.locator("[data-step=police] .actions button").first.click()
    expect(page.locator("#part-timeline")).to_contain_text("警察への通報・相談 (110番)")
    page.context.close()


def test_on_paper_there_is_the_record_and_nothing_to_press(browser: Browser, office: ServedHub) -> None:
    number = office.incident()
    sent(office, f"/incidents/{number}/steps", step="announce")
    sent(office, f"/incidents/{number}/record", base=0, words="「おい」", kinds="2b")
    page = open_as(browser, office, f"/incidents/{number}")
    page.emulate_media(media="print")
    assert page.locator("button:visible, input:visible, .top:visible, summary:visible").count() == 0
    for shown in ("#part-timeline", "#part-guide .presses", "#record .written", ".boxes", ".graph"):
        assert page.locator(shown).first.is_visible(), shown
    assert page.pdf(format="A4").startswith(b"%PDF")
    well(page)


PAGES = (
    "/incidents",
    "/incidents?q=zzz",
    "/incidents/{n}",
    "/incidents/{n}/record",
    "/incidents/{n}/history",
)
CASES = ("/cases", "/cases/new", "/cases/1", "/cases/1/edit")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_page_is_accessible_and_fits_a_telephone(
    browser: Browser, office: ServedHub, language: str
) -> None:
    number = office.incident()
    sent(office, f"/incidents/{number}/record", base=0, words="「おい」", kinds="2i")
    sent(office, f"/incidents/{number}/record", base=1, words="「おい、早く」", kinds="2i")
    sent(office, f"/incidents/{number}/tasks", kind="lawyer", owner="佐藤", due="2026-11-01")
    sent(office, "/cases/new", alias="黒い鞄の男性", limit=20, two=1, incident=number)
    sent(office, "/incidents/views", name="いま", query="severity=alarm")
    page = open_as(browser, office, f"/incidents?lang={language}")
    for path in (*PAGES, *CASES):
        address = path.format(n=number)
        page.goto(f"{office.url}{address}")
        if language == "ja":  # the other language has the same markup and colours, and other lengths
            page.set_viewport_size({"width": 1280, "height": 800})
            no_violations(page)
        page.set_viewport_size({"width": 375, "height": 812})
        assert overflow(page) == 0, address
    office.act(number, Action.ACKNOWLEDGE, Action.RESOLVE)
    sent(office, f"/incidents/{number}/approval", do="submit")
    page.goto(f"{office.url}/incidents/{number}")
    no_violations(page)
    well(page)
