"""Messages: what each reason says, and that nothing from outside breaks them."""

import unicodedata
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.house import SiteTexts
from hub.notices import CHANNELS, REASONS, SEVERITIES, Both, Place, Reason
from hub.notifiers.annunciator import announcement
from hub.notifiers.texts import (
    LINE_CHARS_MAX,
    NEXT,
    SAYS,
    TAGS,
    TITLE_CHARS_MAX,
    Text,
    plain,
    span,
    text_of,
)
from hub.notifiers.view import notice_view
from hub.words import read_words
from tests.support.messages import MOMENT, SITE
from tests.support.notices import notice, speech
from wire.codec import decode, encode
from wire.topics import annunciator_topic

WORDS = read_words()
TOKYO = ZoneInfo("Asia/Tokyo")
TITLES = {
    "alarm": "【警報】市民課 1番 住民票 緊急ボタン 14:05",
    "attention": "【注意】市民課 1番 住民票 緊急ボタン 14:05",
    "rise": "【注意から警報へ】市民課 1番 住民票 緊急ボタン 14:05",
    "sign": "【警報 新たな動き】市民課 1番 住民票 緊急ボタン 14:05",
    "escalation": "【警報 未対応】市民課 1番 住民票 緊急ボタン 14:05",
    "arrival": "【警報 到着未確認】市民課 1番 住民票 緊急ボタン 14:05",
    "trouble": "【機器の異常】市民課 1番 住民票 緊急ボタン 14:05",
    "recovered": "【復旧】市民課 1番 住民票 緊急ボタン 14:05",
    "drill": "【訓練】市民課 1番 住民票 緊急ボタン 14:05",
    "test": "【通知の試験】市民課 1番 住民票 緊急ボタン 14:05",
    "answered": "【対応者あり】市民課 1番 住民票 緊急ボタン 14:05",
    "stand_down": "【収束】市民課 1番 住民票 緊急ボタン 14:05",
    "root": "【台帳のルート値】市民課 1番 住民票 緊急ボタン 14:05",
}


def japanese(**changes: Any) -> Text:
    return text_of(notice(**changes), WORDS["ja"], TOKYO)


@pytest.mark.parametrize("reason", REASONS)
def test_each_reason_has_its_title_its_sentence_and_what_to_do_next(reason: Reason) -> None:
    said = japanese(reason=reason)
    assert said.title == TITLES[reason]
    assert said.lines[0] == WORDS["ja"](SAYS[reason])
    assert f"次の行動: {WORDS['ja'](NEXT[reason])}" in said.lines
    assert reason in TAGS


def test_in_danger_the_police_are_named_and_for_a_test_nobody() -> None:
    assert any("110番" in line for line in japanese(reason="escalation").lines)
    assert not any("110番" in line for line in japanese(reason="test").lines)
    assert not any("110番" in line for line in japanese(reason="trouble").lines)


def test_who_answers_is_named_or_said_to_be_missing() -> None:
    assert "対応者: まだいません" in japanese().lines
    assert "対応者: 山田 花子" in japanese(answered_by="山田 花子").lines
    assert not any("対応者" in line for line in japanese(reason="trouble").lines)


def test_parts_are_named_as_parts_and_what_is_not_known_as_it_is() -> None:
    told = japanese(reason="trouble", severity="trouble", kinds=("microphone", "silent", "flux"))
    assert told.title == "【機器の異常】市民課 1番 住民票 マイク 14:05"
    assert "内容: マイク · 端末 応答なし · flux" in told.lines


def test_times_are_those_of_the_site() -> None:
    late = japanese(opened=MOMENT.replace(hour=16), running_s=4000)
    assert late.title.endswith("01:05")
    assert "発生: 2026年11月23日（月）01:05:32（1時間6分経過）" in late.lines


def test_a_unit_without_a_place_is_called_by_its_name() -> None:
    nowhere = Place(Both("", ""), Both("", ""), Both("", ""))
    assert japanese(place=nowhere).title == "【警報】c1 緊急ボタン 14:05"


@pytest.mark.parametrize(("seconds", "said"), [(-5, "0秒"), (59.9, "59秒"), (60, "1分"), (3600, "1時間0分")])
def test_spans_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert span(seconds, WORDS["ja"]) == said


def test_names_with_rare_and_private_characters_stay_whole() -> None:
    name = "髙橋 﨑 葛\U000e0100 \ue000 𠮷野"
    assert plain(name) == name


anything = st.text(st.characters(codec=None), max_size=300)


@given(name=anything, note=anything, kind=anything.filter(bool), language=st.sampled_from(["ja", "en"]))
def test_whatever_the_names_are_every_line_is_one_bounded_visible_line(
    name: str, note: str, kind: str, language: str
) -> None:
    told = notice(
        place=Place(Both(name, name), Both(name, name), Both(name, name)),
        note=note,
        answered_by=name,
        tier=Both(note, note),
        kinds=(kind,),
        unit=name or "c1",
        url=f"http://{note}",
        language=language,
    )
    said = text_of(told, WORDS[language], TOKYO)
    assert 0 < len(said.title) <= TITLE_CHARS_MAX
    for line in (said.title, *said.lines):
        assert len(line) <= LINE_CHARS_MAX
        assert not {unicodedata.category(sign) for sign in line} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
        line.encode()


@given(name=anything, number=st.integers(0, 10**6), running=st.floats(0, 1e9))
def test_whatever_the_names_are_an_annunciator_and_a_program_can_read_it(
    name: str, number: int, running: float
) -> None:
    told = notice(
        place=Place(Both(name, name), Both(name, name), Both(name, name)),
        note=name,
        kinds=(name or "x",),
        presses=number,
        running_s=running,
    )
    message = announcement(told, speech())
    assert decode(annunciator_topic(SITE, "hall"), encode(message))[1] == message
    view = notice_view(told, SITE, speech().text(told))
    assert view["title"] == message.title


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"number": "a b"}, "id must match"),
        ({"reason": "panic"}, "reason must be one of alarm, attention"),
        ({"severity": "high"}, "severity must be one of alarm, attention, trouble, drill, none"),
        ({"language": "de"}, "language must be one of ja, en"),
        ({"opened": MOMENT.replace(tzinfo=None)}, "must have their zone"),
        ({"channel": "fax"}, f"channel must be one of {', '.join(CHANNELS)}"),
        ({"address": ""}, "address must be 1 to 400 printable characters; given: 0"),
        ({"address": "a\nb"}, "address must be"),
    ],
)
def test_a_notice_that_cannot_be_is_refused(change: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        notice(**change)  # type: ignore[arg-type]


def test_what_a_notice_is_about() -> None:
    assert notice().subject == "incident-7"
    trouble: dict[str, Any] = {
        "incident": None,
        "reason": "trouble",
        "severity": "trouble",
        "kinds": ("disk", "clock"),
    }
    recovered = trouble | {"reason": "recovered", "severity": "none", "kinds": ("clock", "disk")}
    assert notice(**trouble).subject == notice(**recovered).subject == "trouble-c1-clock+disk"
    climbed = trouble | {"reason": "escalation"}
    assert notice(**climbed).subject == notice(**trouble).subject, "also when it goes up a ladder"
    assert notice(incident=None, reason="test").subject == "test-c1"
    assert notice(incident=None, reason="drill", severity="none").subject == "drill-c1"


def test_a_new_database_gives_the_same_incident_another_key() -> None:
    again = notice(opened=MOMENT + timedelta(days=1))
    assert notice().key(SITE) == "city.7-1-0-1.20261122T050532"
    assert again.key(SITE) != notice().key(SITE)
    assert SEVERITIES[0] == "alarm"


def test_a_way_of_notification_that_fails_is_named_and_what_still_works_is_said() -> None:
    said = japanese(reason="trouble", severity="trouble", kinds=("notifier-tower-hall-2",))
    assert "内容: 通知手段：信号灯 hall-2" in said.lines
    assert said.lines[0] == "通知手段の一つが使えません。警報はほかの手段で通知されます。"
    assert not [line for line in said.lines if "電話" in line], "counters are as safe as before"
    both = japanese(reason="trouble", severity="trouble", kinds=("notifier-mail", "microphone"))
    assert both.lines[0] == WORDS["ja"](SAYS["trouble"])
    over = japanese(reason="recovered", severity="none", kinds=("notifier-mail",))
    assert over.lines[0] == WORDS["ja"](SAYS["recovered"])


def test_the_sites_own_first_and_last_line_stand_around_what_is_said() -> None:
    own = SiteTexts(before=Both("西東京市役所", ""), after=Both("内線 1101\n=1+1", "Extension 1101"))
    said = replace(speech(), own=lambda: own)
    japanese = said.text(notice(language="ja"))
    assert japanese.lines[0] == "西東京市役所"
    assert japanese.lines[-1] == "内線 1101 =1+1", "one line, whatever was typed"
    assert japanese.lines[1:-1] == speech().text(notice(language="ja")).lines
    english = said.text(notice(language="en"))
    assert (english.lines[0], english.lines[-1]) == (
        speech().text(notice(language="en")).lines[0],
        "Extension 1101",
    )
