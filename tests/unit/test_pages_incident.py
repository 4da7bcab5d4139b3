"""The page of one incident: acts, steps, tasks, approval, two people writing, and who may do what."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from hub.incidents import Action
from hub.store import people
from tests.support.hostile_texts import HTML, SQL
from tests.support.record_hub import NOW, RecordHub
from wire.messages.events import Panic


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecordHub]:
    with RecordHub(tmp_path_factory.mktemp("hub")) as running:
        yield running


def text_of(html: str) -> str:
    """What a person reads."""
    body = re.sub(r"<script.*?</script>", "", html, flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


def page(hub: RecordHub, number: int, login: str = "yamada") -> str:
    return text_of(hub.get(f"/incidents/{number}", login).raise_for_status().text)


CODES = re.compile(r"\b(hand-over|give-back|record-\w+|step-undone|task-\w+|case-linked|panic|assist|tier)\b")


def test_the_timeline_is_in_words_with_true_times_and_lateness(hub: RecordHub) -> None:
    number = hub.incident()
    hub.act(number, Action.ACKNOWLEDGE, Action.ARRIVE)
    read = page(hub, number)
    for said in (
        "14:10:00 緊急ボタンの押下（2回） 端末 c1 遅れて到着 40秒の遅れ",
        "14:11:40 大声（機器の推定） 84 dB(A)、周囲 47 dB(A)",
        "応答「対応します」 山田 花子",
        "窓口に到着 山田 花子",
        "到着（山田 花子）",
        "経過 10分0秒",
    ):
        assert said in read, said
    assert not CODES.search(read)


def test_in_english_too(hub: RecordHub) -> None:
    number = hub.incident()
    read = text_of(hub.get(f"/incidents/{number}", headers={"accept-language": "en"}).text)
    assert "The emergency button was pressed 2 times Unit c1 Arrived late by 40 s" in read
    assert "Address 中町1-5-1" in read


def test_the_110_card_reads_in_the_order_of_the_police(hub: RecordHub) -> None:
    read = page(hub, hub.incident())
    order = ["種別 「事件です」", "住所 中町1-5-1", "庁舎・階 市役所 本庁舎 1階", "窓口 市民課 1番 住民票"]
    order += ["状況 14:10から続いています。", "折り返しの電話番号 042-464-1311", "通報者の氏名 山田 花子"]
    places = [read.index(said) for said in order]
    assert places == sorted(places)
    assert "住所 中町1-5-2" in page(hub, hub.incident("c2")), "where the area has an address of its own"


def test_what_the_settings_do_not_know_is_said(tmp_path: Path) -> None:
    with RecordHub(tmp_path, counters=[]) as hub:
        assert "庁舎・階 市役所" in page(hub, hub.incident())


def test_an_act_leads_back_with_a_message(hub: RecordHub) -> None:
    number = hub.incident()
    answer = hub.post(f"/incidents/{number}/act", action="acknowledge")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/incidents/{number}?said=done#next")
    late = hub.post(f"/incidents/{number}/act", "sato", action="arrive")
    assert "said=done" in late.headers["location"]
    again = hub.post(f"/incidents/{number}/act", "sato", action="arrive")
    assert "said=already" in again.headers["location"]
    assert "ほかの人が先に操作しました" in text_of(hub.get(again.headers["location"]).text)
    assert hub.get(f"/incidents/{number}?said=<script>").text.count("<script>") == 0


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ({"action": "hand-over"}, "相手を選んでください。"),
        ({"action": "hand-over", "to": "nobody"}, "相手を選んでください。"),
        ({"action": "note", "note": " "}, "理由または内容を書いてください。"),
        ({"action": "note", "note": "x" * 1001}, "1000文字以内にしてください。"),
    ],
)
def test_a_faulty_act_keeps_what_was_typed(hub: RecordHub, form: dict[str, str], fault: str) -> None:
    number = hub.incident()
    hub.act(number, Action.ACKNOWLEDGE)
    answer = hub.post(f"/incidents/{number}/act", **form)
    assert answer.status_code == 422
    assert fault in answer.text
    assert form.get("note", "") in answer.text


def test_from_the_stand_down_to_the_outcome(hub: RecordHub) -> None:
    number = hub.incident()
    hub.act(number, Action.ACKNOWLEDGE, Action.RESOLVE)
    assert hub.post(f"/incidents/{number}/act", action="close").status_code == 422
    hub.post(f"/incidents/{number}/act", action="close", outcome="legitimate-complaint")
    assert "終結（正当な申出）" in page(hub, number)
    assert hub.post(f"/incidents/{number}/act", action="reopen").status_code == 422
    hub.post(f"/incidents/{number}/act", action="reopen", note="結果の誤り")
    assert "再開 結果の誤り" in page(hub, number)


def test_one_press_for_each_step_with_time_and_name_and_a_way_back(hub: RecordHub) -> None:
    number = hub.incident()
    for _ in range(2):
        hub.post(f"/incidents/{number}/steps", "suzuki", step="cease")
    read = page(hub, number)
    assert "中止の要請 回数 2 / 2–3" in read
    assert "14:20:00 鈴木 窓口" in read
    line = hub.database.rows("SELECT max(id) FROM entry")[0][0]
    hub.post(f"/incidents/{number}/steps/undo", line=line)
    read = page(hub, number)
    assert "中止の要請 回数 1 / 2–3" in read
    assert "手順: 中止の要請 （取消済み）" in read
    assert "手順の取消: 中止の要請 山田 花子" in read
    again = hub.post(f"/incidents/{number}/steps/undo", line=line)
    assert "said=already" in again.headers["location"]


def test_a_call_to_the_police_is_noted_by_a_person(hub: RecordHub) -> None:
    number = hub.incident()
    hub.post(f"/incidents/{number}/steps", step="police", way="110", note="受理番号 12")
    assert "手順: 警察への通報・相談 (110番) 受理番号 12 山田 花子" in page(hub, number)
    assert hub.post(f"/incidents/{number}/steps", step="police").status_code == 422
    hub.act(number, Action.ACKNOWLEDGE, Action.RESOLVE, Action.CLOSE)
    closed = hub.post(f"/incidents/{number}/steps", step="announce")
    assert "said=already" in closed.headers["location"]


REPORT: dict[str, Any] = {
    "words": "「おい」\r\n「責任者を出せ」",
    "why": "証明書の再発行",
    "kinds": ["2b", "2i"],
    "test-user": "yes",
}


def write(hub: RecordHub, number: int, base: int, login: str = "yamada", **fields: object) -> int:
    return hub.post(f"/incidents/{number}/record", login, base=base, **fields).status_code


def test_the_record_is_written_read_and_has_a_history(hub: RecordHub) -> None:
    number = hub.incident()
    form = hub.get(f"/incidents/{number}/record").text
    assert "令和8年11月22日（日）〔2026年〕 14:10–14:12" in form, "what is known need not be typed"
    assert write(hub, number, 0, **REPORT) == 303
    assert write(hub, number, 1, **(REPORT | {"why": "証明書の交付"})) == 303
    read = page(hub, number)
    assert "「おい」 「責任者を出せ」" in read
    assert "2b 精神的な攻撃（大声で執拗に責め立てる、人格を否定するなど）" in read
    assert "基本方針により、次の対応が求められます: 警察への通報・被害の届出" in read
    history = hub.get(f"/incidents/{number}/history").text
    assert "<del>再発行</del><ins>交付</ins>" in history
    assert text_of(history).index("第2版") < text_of(history).index("第1版")
    assert write(hub, number, 2, **REPORT | {"words": "x" * 20_001}) == 422


def test_two_people_who_write_lose_nothing(hub: RecordHub) -> None:
    number = hub.incident()
    write(hub, number, 0, words="初め", why="用件")
    assert write(hub, number, 1, "suzuki", words="鈴木の言葉", why="用件") == 303
    both = hub.post(f"/incidents/{number}/record", base=1, words="初め", why="山田の用件")
    assert "said=taken" in both.headers["location"], "other fields are woven together"
    read = page(hub, number)
    assert "鈴木の言葉" in read
    assert "山田の用件" in read
    conflict = hub.post(f"/incidents/{number}/record", base=1, words="山田の言葉", why="用件")
    assert conflict.status_code == 409
    assert '<p class="words" data-theirs="words">鈴木の言葉</p>' in conflict.text
    assert ">山田の言葉</textarea>" in conflict.text
    assert 'name="base" value="3"' in conflict.text
    assert ">山田の用件</textarea>" in conflict.text, "what does not conflict is theirs"
    assert write(hub, number, 3, words="鈴木の言葉。山田の言葉", why="山田の用件") == 303
    assert "鈴木の言葉。山田の言葉" in page(hub, number)


def test_the_page_names_who_may_approve_or_says_that_nobody_is_left(tmp_path: Path) -> None:
    with RecordHub(tmp_path) as office:
        number = office.incident()
        office.post(f"/incidents/{number}/record", "suzuki", base="0", words="一")
        approve = f"/incidents/{number}/approval"
        assert "承認できる人" not in page(office, number, "suzuki")
        office.post(approve, "suzuki", do="submit")
        assert re.search("承認できる人: .*佐藤 一郎.*山田 花子", page(office, number, "suzuki"))
        office.post(approve, "sato", do="approve")
        waiting = page(office, number, "sato")
        assert (
            "佐藤 一郎"
            not in waiting.partition("承認できる人: ")[2].partition("備考")[0].split(" 記録", 1)[0]
        )
        for login in ("yamada", "mori", "tax"):
            gone = office.database.do(lambda tx, who=login: people.account(tx, who))  # type: ignore[misc]
            office.database.do(lambda tx, who=gone: people.disable(tx, who.person.id, NOW))  # type: ignore[misc]
        assert "承認できる人がほかにいません。" in page(office, number, "suzuki")


def test_approval_locks_the_record_and_opening_it_again_is_a_line(hub: RecordHub) -> None:
    number = hub.incident()
    write(hub, number, 0, "suzuki", **REPORT)
    approve = f"/incidents/{number}/approval"
    assert hub.post(approve, "suzuki", do="submit").status_code == 303
    assert write(hub, number, 1, **REPORT | {"why": "別"}) == 409, "what was typed is shown again"
    assert "said=locked" in hub.get(f"/incidents/{number}/record").headers["location"]
    assert hub.post(approve, do="return").status_code == 422
    hub.post(approve, do="return", remark="時刻を補うこと")
    assert write(hub, number, 1, "suzuki", **REPORT | {"why": "別"}) == 303
    hub.post(approve, "suzuki", do="submit")
    hub.post(approve, "sato", do="approve")
    again = hub.post(approve, "sato", do="approve")
    assert "said=not-yours" in again.headers["location"]
    hub.post(approve, "mori", do="approve")
    read = page(hub, number)
    assert "記録者 鈴木 窓口 2026年11月22日 係長 佐藤 一郎 2026年11月22日 課長 森 課長" in read
    assert "記録を差し戻しました 時刻を補うこと" in read
    assert write(hub, number, 2, **REPORT) == 409
    hub.post(approve, "mori", do="reopen", remark="誤記")
    assert "決裁済みの記録を再開しました 誤記" in page(hub, number)
    assert write(hub, number, 2, **REPORT) == 303


def test_tasks_with_owner_and_date(hub: RecordHub) -> None:
    number = hub.incident()
    tasks = f"/incidents/{number}/tasks"
    assert hub.post(tasks, "suzuki", kind="lawyer", owner="佐藤 一郎", due="2026-11-21").status_code == 303
    read = page(hub, number)
    assert "弁護士への相談 佐藤 一郎 令和8年11月21日（土） 期限超過 未了" in read
    task = hub.database.rows("SELECT max(id) FROM task")[0][0]
    hub.post(f"{tasks}/done", task=task)
    assert "済 2026年11月22日 山田 花子" in page(hub, number)
    hub.post(tasks, task=task, kind="other", text="警備の増強", owner="森")
    assert "今後の対応の変更: その他の対応 — 警備の増強 (担当 森)" in page(hub, number)
    for form in (
        {"kind": "lawyer", "owner": ""},
        {"kind": "other", "owner": "森"},
        {"kind": "x", "owner": "森"},
        {"kind": "lawyer", "owner": "森", "due": "明日"},
    ):
        assert hub.post(tasks, **form).status_code == 422, form
    assert hub.post(f"{tasks}/done", task=99).status_code == 404


@pytest.mark.parametrize("text", [*HTML, *SQL])
def test_texts_from_outside_stay_texts(hub: RecordHub, text: str) -> None:
    number = hub.incident()
    write(hub, number, 0, words=text, visitor=text, **{"note-user": text})
    hub.post(f"/incidents/{number}/act", action="note", note=text)
    hub.post(f"/incidents/{number}/tasks", kind="other", text=text, owner=text)
    hub.post(f"/incidents/{number}/steps", step="police", way="station", note=text)
    for path in ("", "/record", "/history"):
        html = hub.get(f"/incidents/{number}{path}").raise_for_status().text
        assert text in unescape(html), path
        if "<" in text:
            assert text not in html, path
    assert hub.get(f"/incidents/{number}").status_code == 200


def test_what_was_merged_points_at_the_whole_and_takes_nothing(hub: RecordHub) -> None:
    number = hub.incident()
    hub.act(number, Action.ACKNOWLEDGE, Action.RESOLVE)
    part = hub.happens(Panic(), ago_s=60)
    hub.act(part, Action.ACKNOWLEDGE, Action.RESOLVE)
    hub.database.do(
        lambda tx: tx.exec_driver_sql(f"UPDATE incident SET merged_into={number} WHERE id={part}")
    )
    assert f'<a href="/incidents/{number}">' in hub.get(f"/incidents/{part}").text
    assert write(hub, part, 0, words="x") == 409
    assert "said=already" in hub.post(f"/incidents/{part}/steps", step="announce").headers["location"]


def test_every_change_is_told_to_open_pages(hub: RecordHub) -> None:
    number = hub.incident()
    before = hub.database.rows("SELECT max(seq) FROM journal")[0][0]
    hub.post(f"/incidents/{number}/steps", step="announce")
    rows = hub.database.rows(f"SELECT kind, key FROM journal WHERE seq > {before}")
    assert rows == [("incident", str(number))]
