"""An alarm on the live page: where, what, since when, who answers, and the one button."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.brokers import wait_until
from tests.support.fake_hub import FakeHub, ago, incident

# Counts what is played, and stays silent.
LISTEN = """
window.heard = { looping: 0 };
const start = AudioBufferSourceNode.prototype.start, stop = AudioBufferSourceNode.prototype.stop;
AudioBufferSourceNode.prototype.start = function () { if (this.loop) heard.looping += 1; start.call(this); };
AudioBufferSourceNode.prototype.stop = function () { if (this.loop) heard.looping -= 1; stop.call(this); };
"""

Open = Callable[..., Page]


def test_an_alarm_says_where_what_and_since_when(hub: FakeHub, page_of: Open) -> None:
    page = page_of()
    expect(page.locator("#band")).to_be_hidden()
    hub.put(incident(1, "counter-1", opened=ago(75), presses=3, last_event="00000000000000aa-7"))
    alarm = page.locator(".alarm")
    expect(alarm).to_have_attribute("data-last-event", "00000000000000aa-7")
    expect(alarm).to_have_attribute("data-unit", "counter-1")
    expect(alarm).to_have_attribute("data-incident", "1")
    expect(alarm).to_have_attribute("data-state", "open")
    expect(alarm.locator(".alarm-place")).to_have_text("1番 住民票")
    expect(alarm.locator(".alarm-area")).to_have_text("市民課")
    expect(alarm.locator(".alarm-kinds")).to_have_text("緊急ボタン")
    expect(alarm.locator("[data-slot=presses]")).to_have_text("3")
    expect(alarm.locator(".alarm-answer")).to_have_text("まだ誰も応答していません ・ 連絡中: 係長")
    shown = alarm.locator("[data-slot=running]").inner_text()
    minutes, seconds = map(int, shown.split(":"))
    assert 73 <= minutes * 60 + seconds < 120
    expect(page.locator("#announcer")).to_have_text("1番 住民票: 緊急ボタン")
    tile = page.locator(".tile[data-unit=counter-1]")
    expect(tile).to_have_attribute("data-last-event", "00000000000000aa-7")
    expect(tile.locator("[data-slot=alarm]")).to_have_text("警報")


def test_the_running_time_counts_up(hub: FakeHub, page_of: Open) -> None:
    hub.put(incident(1, "counter-1", opened=ago(5)))
    running = page_of().locator("[data-slot=running]").first
    first = running.inner_text()
    expect(running).not_to_have_text(first)


def test_attention_that_becomes_an_alarm_moves_up_and_is_announced(hub: FakeHub, page_of: Open) -> None:
    hub.put(incident(1, "counter-1", opened=ago(60), kinds=["assist"]))
    hub.put(incident(2, "counter-2", opened=ago(90), severity="attention", kinds=["shout"]))
    page = page_of()
    expect(page.locator(".alarm").first).to_have_attribute("data-incident", "1")
    hub.change(2, severity="alarm", kinds=["shout", "panic"])
    expect(page.locator(".alarm").first).to_have_attribute("data-incident", "2")
    expect(page.locator("#announcer")).to_have_text("2番 印鑑登録: 大声（機器の推定） · 緊急ボタン")


def test_what_is_special_is_said(hub: FakeHub, page_of: Open) -> None:
    page = page_of()
    special = incident(
        1,
        "counter-2",
        kinds=["assist", "shout"],
        late_s=192.4,
        withdrawn=True,
        level_dba=83.4,
        calibrated=False,
        tier={"index": 1, "round": 2, "name": "課長", "name_en": "Section head"},
    )
    hub.put(special)
    alarm = page.locator(".alarm")
    expect(alarm.locator(".alarm-kinds")).to_have_text("応援要請 · 大声（機器の推定）")
    expect(alarm.locator("[data-slot=late]")).to_contain_text("遅れて到着: 3分12秒")
    expect(alarm.locator("[data-slot=withdrawn]")).to_contain_text("職員による取消（要確認）")
    expect(alarm.locator("[data-slot=level]")).to_have_text("83 dB(A)（未校正）")
    expect(alarm.locator(".alarm-answer")).to_contain_text("課長（2巡目）")
    hub.put(special | {"late_s": 0.0, "withdrawn": False, "level_dba": None})
    for slot in ("late", "withdrawn", "level-row"):
        expect(alarm.locator(f"[data-slot={slot}]")).to_be_hidden()


def test_the_most_serious_and_oldest_stands_first(hub: FakeHub, page_of: Open) -> None:
    page = page_of()
    hub.put(incident(1, "counter-1", severity="attention", kinds=["shout"], opened=ago(300)))
    hub.put(incident(2, "counter-2", opened=ago(10)))
    hub.put(incident(3, "counter-3", opened=ago(100), state="acknowledged", acknowledged_by="佐藤"))
    hub.put(incident(4, "counter-4", opened=ago(50)))
    shown = page.locator(".alarm")
    expect(shown).to_have_count(4)

    def order() -> list[str]:
        numbers: list[str] = shown.evaluate_all("alarms => alarms.map(alarm => alarm.dataset.incident)")
        return numbers

    wait_until(lambda: order() == ["4", "2", "1", "3"], "unanswered alarms, attention, answered")
    hub.change(4, state="acknowledged", acknowledged_by="山田")
    wait_until(lambda: order() == ["2", "1", "3", "4"], "the answered one goes down")
    hub.change(3, state="resolved")
    wait_until(lambda: order() == ["2", "1", "4"], "the resolved one goes")
    page.reload()
    assert order() == ["2", "1", "4"]  # the first paint has the same order


def test_the_press_of_a_drill_is_named_and_comes_last(hub: FakeHub, page_of: Open) -> None:
    page = page_of()
    hub.put(incident(1, "counter-1", severity="drill", opened=ago(300)))
    first = page.locator(".alarm:first-child")
    expect(first.locator(".alarm-kinds")).to_have_text("訓練 · 緊急ボタン")
    hub.put(incident(2, "counter-2", state="acknowledged", acknowledged_by="佐藤"))
    expect(first).to_have_attribute("data-incident", "2")
    hub.change(1, severity="alarm")
    expect(first).to_have_attribute("data-incident", "1")
    expect(first.locator(".alarm-kinds")).to_have_text("緊急ボタン")


def test_answering_it_and_standing_down(hub: FakeHub, page_of: Open) -> None:
    hub.put(incident(1, "counter-1"))
    page = page_of()
    alarm = page.locator(".alarm")
    page.get_by_role("button", name="対応します").click()
    expect(alarm).to_have_attribute("data-state", "acknowledged")
    expect(alarm.locator(".alarm-answer")).to_have_text("対応中（山田 花子）")
    expect(page.get_by_role("button", name="対応します")).to_be_hidden()
    page.get_by_role("button", name="到着").click()
    expect(alarm.locator(".alarm-answer")).to_have_text("到着（山田 花子）")
    page.get_by_role("button", name="収束").click()
    expect(alarm).to_have_count(0)
    expect(page.locator("#band")).to_be_hidden()
    expect(page.locator(".tile[data-unit=counter-1] [data-slot=alarm]")).to_be_hidden()


def test_answering_it_with_the_keyboard_keeps_the_focus_there(hub: FakeHub, page_of: Open) -> None:
    hub.put(incident(1, "counter-1", opened=ago(50)))
    hub.put(incident(2, "counter-2", opened=ago(10)))
    page = page_of()
    page.locator("[data-incident='1'] [data-do=acknowledge]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".alarm[data-incident='1'] [data-do=arrive]")).to_be_focused()
    assert hub.state_of(2) == "open"
    page.keyboard.press("Space")
    expect(page.locator(".alarm[data-incident='1']")).to_have_attribute("data-state", "responding")


def test_a_double_click_answers_one_alarm_only(hub: FakeHub, page_of: Open) -> None:
    hub.put(incident(1, "counter-1", opened=ago(50)))
    hub.put(incident(2, "counter-2", opened=ago(10)))
    page = page_of()
    page.locator(".alarm[data-incident='1'] [data-do=acknowledge]").dblclick(delay=5)
    expect(page.locator(".alarm[data-incident='1']")).to_have_attribute("data-state", "acknowledged")
    page.wait_for_timeout(300)
    assert hub.state_of(2) == "open"


def test_who_comes_second_is_told_who_was_first(hub: FakeHub, page_of: Open) -> None:
    hub.put(incident(1, "counter-1"))
    first, second = page_of(), page_of(person="sato")
    for page in (first, second):
        expect(page.locator(".alarm")).to_have_attribute("data-state", "open")

    # The second one presses before the news of the first has reached this page.
    def held_back(route: Route) -> None:
        first.get_by_role("button", name="対応します").click()
        wait_until(lambda: hub.state_of(1) == "acknowledged", "the first one is stored")
        route.continue_()

    second.route("**/acknowledge", held_back)
    second.get_by_role("button", name="対応します").click()
    expect(second.locator("[data-slot=note]")).to_have_text("すでに 山田 花子 さんが対応しています")
    expect(second.locator(".alarm-answer")).to_have_text("対応中（山田 花子）")
    expect(first.locator(".alarm-answer")).to_have_text("対応中（山田 花子）")


def test_a_press_that_does_not_reach_the_server_is_said(hub: FakeHub, page_of: Open) -> None:
    hub.put(incident(1, "counter-1"))
    page = page_of()
    page.route("**/acknowledge", lambda route: route.abort())
    button = page.get_by_role("button", name="対応します")
    button.click()
    expect(page.locator("[data-slot=note]")).to_contain_text("サーバーに届きませんでした")
    expect(button).to_be_enabled()


def test_staff_see_the_alarm_without_buttons(hub: FakeHub, page_of: Open) -> None:
    hub.put(incident(1, "counter-1"))
    page = page_of(person="staff")
    hub.put(incident(2, "counter-2"))
    expect(page.locator(".alarm")).to_have_count(2)
    expect(page.locator("[data-do]")).to_have_count(0)


def test_the_signal_repeats_until_every_alarm_is_answered(hub: FakeHub, page_of: Open) -> None:
    page = page_of("/sign-in")
    page.add_init_script(LISTEN)
    page.goto(hub.url)
    expect(page.locator("[data-slot=sound]")).to_have_text("音 ON")
    assert page.evaluate("heard.looping") == 0
    hub.put(incident(1, "counter-1"))
    hub.put(incident(2, "counter-2", severity="attention", kinds=["shout"]))
    expect(page.locator(".alarm")).to_have_count(2)
    assert page.evaluate("heard.looping") == 1
    hub.change(1, state="acknowledged", acknowledged_by="佐藤")
    expect(page.locator(".alarm[data-state=acknowledged]")).to_have_count(1)
    assert page.evaluate("heard.looping") == 1  # the attention still waits
    hub.change(2, state="acknowledged", acknowledged_by="佐藤")
    expect(page.locator(".alarm[data-state=acknowledged]")).to_have_count(2)
    assert page.evaluate("heard.looping") == 0


def test_without_permission_to_sound_it_asks_for_a_click(hub: FakeHub, page_of: Open) -> None:
    page = page_of("/sign-in")
    page.add_init_script(
        "AudioContext.prototype.resume = () => Promise.resolve();"
        "Object.defineProperty(AudioContext.prototype, 'state', {get() { return 'suspended'; }});"
    )
    page.goto(hub.url)
    expect(page.locator("[data-slot=sound]")).to_have_text("音 OFF")


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_the_title_tells_and_nothing_moves_for_who_asked_for_that(
    hub: FakeHub, page_of: Open, motion: str
) -> None:
    page = page_of(reduced_motion=motion)
    hub.put(incident(1, "counter-1"))
    expect(page.locator(".alarm")).to_have_count(1)
    titles, beats = set(), set()
    for _ in range(30):
        titles.add(page.title())
        beats.add(page.locator(".alarm").first.evaluate("alarm => alarm.classList.contains('beat')"))
        page.wait_for_timeout(100)
    told = {title for title in titles if title.startswith("警報: 1番 住民票")}
    assert told
    assert beats == ({False} if motion == "reduce" else {False, True})
    if motion == "reduce":
        assert page.title() in told
