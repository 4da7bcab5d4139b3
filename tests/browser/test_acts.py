"""What a supervisor does with an alarm besides answering it, and by keyboard."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.support.axe import no_violations
from tests.support.brokers import wait_until
from tests.support.fake_hub import FakeHub, ago, incident

Open = Callable[..., Page]


def test_an_alarm_leads_to_its_incident_and_says_who_was_told(hub: FakeHub, page_of: Open) -> None:
    hub.told = [
        {"name": "山田 太郎", "address": "t@x", "channel": "mail", "state": "sent"},
        {"name": None, "address": "tower-1", "channel": "tower", "state": "due"},
        {"name": "古い人", "address": "o@x", "channel": "mail", "state": "replaced"},
    ]
    page = page_of()
    hub.put(incident(7, "counter-1"))
    expect(page.locator(".alarm-link a")).to_have_attribute("href", "/incidents/7")
    expect(page.locator(".alarm-told")).to_have_text("連絡済み: 山田 太郎 · 未達: tower-1")
    staff = page_of(person="staff")
    expect(staff.locator(".alarm")).to_have_count(1)
    expect(staff.locator(".alarm-link")).to_have_count(0)


def test_handing_over_names_who_comes(hub: FakeHub, page_of: Open) -> None:
    hub.put(incident(1, "counter-1", state="acknowledged", acknowledged_by="山田 花子"))
    page = page_of()
    page.get_by_role("button", name="引き継ぐ").click()
    dialog = page.locator("#hand-over")
    expect(dialog).to_contain_text("市民課 1番 住民票")
    dialog.get_by_label("引き継いで向かう人").select_option("sato")
    dialog.get_by_label("伝えておくこと").fill("<b>刃物なし")
    no_violations(page)
    dialog.get_by_role("button", name="引き継ぐ").click()
    expect(page.locator(".alarm-answer")).to_have_text("対応中（佐藤 一郎）")
    assert hub.asked == [(1, "hand-over", {"to": "sato", "note": "<b>刃物なし"})]


def test_muting_needs_a_reason_and_ends_by_itself(hub: FakeHub, page_of: Open) -> None:
    hub.put(incident(1, "counter-1"))
    page = page_of()
    expect(page.locator("#summary")).to_have_attribute("data-state", "alarm")
    page.get_by_role("button", name="保留する").click()
    dialog = page.locator("#snooze")
    dialog.get_by_role("button", name="保留する").click()
    expect(dialog).to_be_visible()  # without a reason nothing is sent
    assert hub.asked == []
    dialog.get_by_label("理由").fill("警備員が隣にいます")
    dialog.get_by_label("保留する時間").select_option("60")
    no_violations(page)
    dialog.get_by_role("button", name="保留する").click()
    expect(page.locator("[data-slot=snoozed]")).to_contain_text("まで保留中")
    assert hub.asked == [(1, "snooze", {"seconds": 60, "note": "警備員が隣にいます"})]
    expect(page.get_by_role("button", name="保留する")).to_be_hidden()
    hub.change(1, snoozed_until=ago(-1.5))
    expect(page.locator("[data-slot=snoozed]")).to_be_hidden()
    expect(page.get_by_role("button", name="保留する")).to_be_visible()


def test_what_was_answered_and_calls_again_can_be_answered_again(hub: FakeHub, page_of: Open) -> None:
    again = {"index": 1, "round": 1, "name": "課長", "name_en": "Head"}
    hub.put(incident(1, "counter-1", state="acknowledged", acknowledged_by="佐藤 一郎", tier=again))
    hub.put(incident(2, "counter-2", state="acknowledged", acknowledged_by="佐藤 一郎"))
    page = page_of()
    first = page.locator(".alarm").first
    expect(first).to_have_attribute("data-calls", "true")
    expect(first.locator(".alarm-answer")).to_have_text("対応中（佐藤 一郎） · あらためて連絡中: 課長")
    expect(first.get_by_role("button", name="対応します")).to_be_visible()


def test_keys_answer_choose_and_mute_and_can_be_turned_off(hub: FakeHub, page_of: Open) -> None:
    hub.put(incident(1, "counter-1", opened=ago(50)))
    hub.put(incident(2, "counter-2", opened=ago(40)))
    hub.put(incident(3, "counter-3", opened=ago(30)))
    page = page_of()
    expect(page.locator(".alarm")).to_have_count(3)
    page.keyboard.press("n")
    page.keyboard.press("n")
    expect(page.locator(".alarm[data-incident='2'] [data-do=acknowledge]")).to_be_focused()
    page.keyboard.press("a")
    wait_until(lambda: hub.state_of(2) == "acknowledged", "the chosen one is answered")
    assert hub.state_of(1) == hub.state_of(3) == "open"
    page.keyboard.press("?")
    expect(page.locator("#choices")).to_be_visible()
    no_violations(page)
    page.keyboard.press("a")  # while a dialogue is open, a key is no act
    page.locator("#keys").uncheck()
    page.locator("#choices [data-close]").click()
    for key in ("a", "m", "?"):
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert [act for act in hub.asked if act[1] != "acknowledge"] == []
    assert hub.state_of(1) == "open"
    page.reload()
    expect(page.locator("#keys")).not_to_be_checked()


def test_typing_a_reason_is_no_act(hub: FakeHub, page_of: Open) -> None:
    hub.put(incident(1, "counter-1"))
    page = page_of()
    expect(page.locator(".alarm")).to_have_count(1)
    page.keyboard.press("m")
    expect(page.locator("#snooze")).to_be_visible()
    page.keyboard.type("a man")
    expect(page.locator("#snooze-why")).to_have_value("a man")
    page.keyboard.press("Escape")
    expect(page.locator("#snooze")).to_be_hidden()
    assert hub.asked == []


def test_trouble_with_equipment_is_calm_and_says_who_sees_to_it(hub: FakeHub, page_of: Open) -> None:
    page = page_of()
    expect(page.locator("#troubles")).to_be_hidden()
    one = {"id": 4, "unit": "counter-2", "part": "untested-panic", "state": "open", "since": ago(90)}
    one |= {"present": True, "acknowledged_by": None, "muted_until": None}
    hub.put_troubles(one, one | {"id": 5, "unit": "hub", "part": "broker", "present": False})
    expect(page.locator("#troubles h3")).to_have_text("機器の異常 2件")
    first = page.locator(".trouble").first
    expect(first).to_contain_text("2番 印鑑登録")
    expect(first).to_contain_text("緊急ボタンの押下試験が1か月以上ない")
    expect(page.locator(".trouble").nth(1)).to_contain_text("（復旧）")
    expect(page.locator("#band")).to_be_hidden()
    no_violations(page)
    hub.put_troubles(one | {"acknowledged_by": "<b>高橋"})
    expect(page.locator(".trouble")).to_have_count(1)
    expect(first).to_contain_text("確認済み（<b>高橋）")
    expect(first.get_by_role("button")).to_be_hidden()


def test_recording_is_said_with_a_word(hub: FakeHub, page_of: Open) -> None:
    page = page_of()
    rec = page.locator(".tile[data-unit=counter-1] [data-slot=rec]")
    expect(rec).to_be_hidden()
    hub.put_counter(hub.counters[0] | {"recording": {"started": ago(5)}})
    expect(rec).to_be_visible()
    expect(rec).to_have_text("録音中")
    page.reload()
    expect(rec).to_be_visible()
    hub.put_counter(hub.counters[0] | {"recording": None})
    expect(rec).to_be_hidden()
