"""The calm part of the live page: tiles, sessions, equipment, and how it is known that all is well."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.support.browser import open_page
from tests.support.fake_hub import FakeHub, ago, counter, incident

Open = Callable[..., Page]
LIMITS = {"limit_s": 1800, "warn_s": 300, "grace_s": 300}


def meeting(n: int, minutes: float) -> dict[str, Any]:
    return counter(n, session={"started": ago(60 * minutes)} | LIMITS)


def test_one_line_says_that_all_is_well_and_how_it_is_known(hub: FakeHub, page_of: Open) -> None:
    page = page_of()
    summary = page.locator("#summary")
    expect(summary.locator("[data-slot=well]")).to_have_text("全6窓口 正常")
    expect(summary.locator("[data-slot=checked]")).to_have_text("最終確認 0秒前")
    expect(summary).to_have_attribute("data-state", "well")
    hub.put_counter(counter(2, faults=["microphone"]))
    expect(summary.locator("[data-slot=well]")).to_have_text("全6窓口のうち 5窓口 正常")
    hub.put_counter(counter(2))
    expect(summary.locator("[data-slot=well]")).to_have_text("全6窓口 正常")


def test_counters_are_grouped_by_section(hub: FakeHub, page_of: Open) -> None:
    page = page_of()
    assert page.locator(".area-name").all_inner_texts() == ["市民課", "納税課"]
    first = page.locator(".area[data-area=shimin] .tile")
    assert [tile.get_attribute("data-unit") for tile in first.all()] == [
        "counter-1",
        "counter-2",
        "counter-3",
    ]


def test_a_session_is_told_against_its_limit(hub: FakeHub, page_of: Open) -> None:
    page = page_of()
    for minutes, state, text in (
        (12.1, "meeting", "応対 12分"),
        (27.1, "near", "応対 27分／30分"),
        (43.1, "over", "応対 43分（13分 超過）"),
    ):
        hub.put_counter(meeting(1, minutes))
        tile = page.locator(".tile[data-unit=counter-1]")
        expect(tile).to_have_attribute("data-state", state)
        expect(tile.locator("[data-slot=meeting]")).to_have_text(text)
        share = float(tile.locator("progress").evaluate("bar => bar.value"))
        assert abs(share - min(minutes / 30, 1)) < 0.02
    hub.put_counter(counter(1))
    expect(tile.locator("[data-slot=meeting]")).to_have_text("空き")
    expect(tile.locator("progress")).to_be_hidden()


def test_a_session_goes_over_its_limit_by_itself(hub: FakeHub, page_of: Open) -> None:
    hub.put_counter(meeting(1, 30 - 3 / 60))
    page = page_of()
    tile = page.locator(".tile[data-unit=counter-1]")
    expect(tile).to_have_attribute("data-state", "near")
    expect(tile).to_have_attribute("data-state", "over")


def test_the_unit_is_mentioned_only_when_it_is_not_well(hub: FakeHub, page_of: Open) -> None:
    page = page_of()
    trouble = page.locator(".tile[data-unit=counter-4] [data-slot=trouble]")
    expect(trouble).to_be_hidden()
    for changes, text in (
        ({"link": "silent", "since": ago(190)}, "端末 応答なし 3分前から"),
        ({"link": "offline", "since": ago(5)}, "端末 切断中"),
        ({"link": "never", "since": None}, "まだ一度も応答なし"),
        ({"faults": ["microphone", "disk"]}, "機器の異常: マイク, 記憶装置"),
    ):
        hub.put_counter(counter(4, **changes))
        expect(trouble).to_contain_text(text)
    hub.put_counter(counter(4))
    expect(trouble).to_be_hidden()


def test_a_unit_that_nobody_registered_is_shown_all_the_same(hub: FakeHub, page_of: Open) -> None:
    page = page_of()
    stranger = counter(9, unit="desk-77", area=None, known=False, number="", name="未登録の端末")
    hub.put_counter(stranger)
    tile = page.locator(".tile[data-unit=desk-77]")
    expect(tile.locator("[data-slot=number]")).to_have_text("desk-77")
    assert page.locator(".area-name").all_inner_texts() == ["市民課", "納税課", "未登録の端末"]
    hub.put(incident(1, "desk-77"))
    expect(page.locator(".alarm-place")).to_have_text("desk-77 未登録の端末")
    page.reload()
    assert page.locator(".area-name").all_inner_texts() == ["市民課", "納税課", "未登録の端末"]


def test_refused_messages_are_counted_quietly(hub: FakeHub, page_of: Open) -> None:
    page = page_of()
    refused = page.locator("[data-slot=refused]")
    expect(refused).to_be_hidden()
    hub.quarantine(12)
    expect(refused).to_have_text("受け付けなかった電文 12件")


def test_no_counter_at_all_is_said(browser: Browser) -> None:
    hub = FakeHub().start()
    try:
        page = open_page(browser, hub)
        expect(page.locator("#nothing")).to_be_visible()
        expect(page.locator("[data-slot=well]")).to_have_text("窓口なし")
        hub.put_counter(counter(1))
        expect(page.locator(".tile")).to_have_count(1)
        expect(page.locator("#nothing")).to_be_hidden()
        page.context.close()
    finally:
        hub.stop()


def test_names_are_text_and_never_markup(hub: FakeHub, page_of: Open) -> None:
    evil = "</script><img src=x onerror=\"document.title='broken'\"><b>&amp;{{7*7}}"
    hub.put_counter(counter(1, name=evil, name_en=evil, number="'\"><svg onload=alert(1)>"))
    hub.put(incident(1, "counter-1", state="acknowledged", acknowledged_by=evil))
    for language in ("ja", "en"):
        page = page_of(f"/?lang={language}")
        expect(page.locator(".alarm [data-slot=name]")).to_have_text(evil)
        expect(page.locator(".alarm-answer")).to_contain_text(evil)
        hub.put_counter(counter(2, name=evil + "2", name_en=evil + "2"))
        expect(page.locator(".tile[data-unit=counter-2] [data-slot=name]")).to_have_text(evil + "2")
        expect(page.locator("main img, main svg, main b")).to_have_count(0)
        assert "broken" not in page.title()
        hub.put_counter(counter(2))


def test_the_first_paint_says_what_the_script_says(hub: FakeHub, page_of: Open) -> None:
    hub.put_counter(meeting(1, 12.5))
    hub.put_counter(meeting(2, 27.5))
    hub.put_counter(meeting(3, 43.5))
    hub.put_counter(counter(4, link="silent", since=ago(210), faults=["microphone"]))
    hub.put_counter(counter(5, link="never", since=None))
    old = {"opened": ago(4000.5), "late_s": 3700.0, "level_dba": 83.6, "calibrated": False}
    hub.put(incident(1, "counter-1", presses=4, kinds=["panic", "shout"], withdrawn=True, **old))
    hub.put(incident(2, "counter-2", state="acknowledged", acknowledged_by="佐藤", kinds=["assist"]))
    hub.put(incident(3, "counter-3", state="responding", acknowledged_by="佐藤", presses=0))
    hub.put(incident(4, "counter-5", tier={"index": 0, "round": 3, "name": "課長", "name_en": "Head"}))
    hub.put(incident(5, "counter-6", tier=None, severity="attention", kinds=["shout", "bang"]))
    hub.put(incident(6, "counter-4", tier=None, severity="drill"))
    read = """() => [...document.querySelectorAll('.tile, .alarm')].map(part => [
        part.dataset.unit, part.dataset.state, ...[...part.querySelectorAll('[data-slot]')]
        .filter(slot => !['running', 'bar', 'alarm', 'opened', 'late'].includes(slot.dataset.slot))
        .map(slot => `${slot.dataset.slot}: ${slot.hidden ? '' : slot.textContent}`)])"""
    for language in ("ja", "en"):
        painted = page_of(f"/?lang={language}", java_script_enabled=False)
        scripted = page_of(f"/?lang={language}")
        expect(scripted.locator("#summary")).to_have_attribute("data-state", "alarm")
        expect(painted.locator(".alarm")).to_have_count(6)
        assert painted.evaluate(read) == scripted.evaluate(read)


def test_a_message_touches_only_what_it_is_about(browser: Browser) -> None:
    hub = FakeHub([counter(n) for n in range(1, 101)]).start()
    try:
        for n in range(1, 31):
            hub.put(incident(n, f"counter-{n}", opened=ago(100 - n)))
        page = open_page(browser, hub)
        expect(page.locator(".alarm")).to_have_count(30)
        page.evaluate(
            """() => {
              window.touched = new Set();
              const element = node => node.nodeType === 1 ? node : node.parentElement;
              const owner = node => element(node)?.closest('.alarm, .tile');
              new MutationObserver(records => { for (const record of records) {
                const slot = record.target.closest?.('[data-slot=running]');
                const part = owner(record.target);
                const beats = record.attributeName === 'class'; // the first alarm, by the clock
                if (part && !slot && !beats) touched.add(part.classList[0] + ' ' + part.dataset.unit);
              } }).observe(document.body, {subtree: true, childList: true, attributes: true});
            }"""
        )
        hub.change(17, presses=9, last_event="00000000000000bb-9")
        expect(page.locator(".alarm[data-unit=counter-17]")).to_have_attribute(
            "data-last-event", "00000000000000bb-9"
        )
        hub.put_counter(counter(50, faults=["disk"]))
        expect(page.locator(".tile[data-unit=counter-50] [data-slot=trouble]")).to_be_visible()
        touched = page.evaluate("[...touched].sort()")
        assert touched == ["alarm counter-17", "tile counter-17", "tile counter-50"]
        page.context.close()
    finally:
        hub.stop()
