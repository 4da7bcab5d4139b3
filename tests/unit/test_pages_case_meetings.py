"""A meeting under what a case has agreed, from the page of the case and of the unit, and by the API."""

import json
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import httpx
import pytest

from hub.clock import Now
from hub.store import agreements, orders, sessions
from tests.support.messages import SITE
from tests.support.record_hub import NOW, RecordHub
from wire.messages import Command, Status
from wire.messages.commands import NO_RECORDER, NO_SESSION_BUTTON, NOT_RECORDED
from wire.messages.events import CommandAnswered, Panic, SessionStarted

ALIAS = "灰色の外套の女性"


class Office(RecordHub):
    """Units c1 and c2 are connected."""

    def __enter__(self) -> "Office":
        super().__enter__()
        self._board.fleet.register(["c1", "c2"])
        said = Status(online=True, epoch=16 * "a", boot=32 * "b", time=NOW, version="1", uptime_s=1.0)
        for unit in ("c1", "c2"):
            self._board.fleet.status(unit, said, Now(NOW, 1000.0))
        return self

    def asked(self) -> list[tuple[str, Command]]:
        """Unit and command of everything that was sent."""
        sent = self.link.published
        return [(topic.split("/")[4], Command.model_validate_json(payload)) for topic, payload in sent]

    def answers(self, command: Command, why: str = "", unit: str = "c1") -> None:
        said = CommandAnswered(command=command.id, name=command.name, done=not why, why=why)
        self.database.do(lambda tx: orders.answer(tx, SITE, unit, said, NOW))

    def meets(self, case: int, **words: Any) -> None:
        """The unit tells that the meeting has begun."""
        self.happens(
            SessionStarted(limit_s=1200, warn_s=300, grace_s=300, case=case, command="0123456789abcdef"),
            ago_s=120,
            **words,
        )
        self._board.sessions = self.database.do(lambda tx: sessions.running(tx, SITE))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with Office(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture
def hub(office: Office) -> Office:
    """Nothing asked, no meeting, nothing that is not over."""
    office.link.published.clear()
    office._board.sessions = {}
    for table in ("case_incident", "command"):
        office.database.do(lambda tx, t=table: tx.exec_driver_sql(f"delete from {t}"))  # type: ignore[misc]
    office.database.do(lambda tx: tx.exec_driver_sql("update incident set state = 'closed'"))
    return office


def begin(hub: Office, **fields: Any) -> int:
    form = {"alias": ALIAS, "limit": "20", "two": "1", "record": "1"} | fields
    return int(hub.post("/cases/new", **form).headers["location"].split("/")[2].split("?")[0])


def page(hub: Office, path: str, login: str = "yamada") -> str:
    answer = hub.get(path, login)
    assert answer.status_code == 200, answer.status_code
    return unescape(answer.text)


def test_it_is_asked_of_the_unit_with_nothing_about_the_visitor(hub: Office) -> None:
    case = begin(hub)
    answer = hub.post("/cases/meetings", case=case, unit="c1")
    assert answer.headers["location"] == f"/cases/{case}?said=sent#meetings"
    [(unit, command)] = hub.asked()
    assert (unit, command.name) == ("c1", "meet")
    assert command.arguments == {"case": case, "limit_s": 1200.0, "record": True}
    assert ALIAS not in hub.link.published[0][1].decode()
    html = page(hub, f"/cases/{case}")
    assert "応答待ち" in html
    assert "data-waiting" in html
    rows = hub.database.rows("select subject, after, login from audit where what = 'asked-meet'")
    assert ("c1", {"case": case}, "yamada") in [(row[0], json.loads(row[1]), row[2]) for row in rows]


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("", "応対開始"),
        (NOT_RECORDED + NO_RECORDER, "録音されていません。理由：端末に録音装置がありません。"),
        (NO_SESSION_BUTTON, "端末に応対ボタンがなく、窓口で応対を終了できません。"),
        ("expired", "指示が期限内に端末へ届きませんでした。"),
        ("<b>something new</b>", "<b>something new</b>"),
    ],
)  # fmt: skip
def test_the_answer_of_the_unit_is_shown_in_words(hub: Office, why: str, said: str) -> None:
    case = begin(hub)
    hub.post("/cases/meetings", case=case, unit="c1")
    hub.answers(hub.asked()[0][1], why)
    html = page(hub, f"/cases/{case}")
    assert said in html
    assert "data-waiting" not in html
    assert "<b>" not in hub.get(f"/cases/{case}").text
    assert said in page(hub, "/units/of/c1")


def test_only_counters_of_ones_areas_and_cases_that_one_may_write(hub: Office) -> None:
    case = begin(hub)
    hidden = begin(hub, readers="yamada")
    assert "納税課" in page(hub, f"/cases/{case}"), "who answers for all sees every counter"
    html = page(hub, f"/cases/{case}", "tax")
    assert "納税課 5番" in html
    assert "市民課 1番" not in html
    assert hub.post("/cases/meetings", "tax", case=case, unit="c1").status_code == 404
    assert hub.post("/cases/meetings", "tax", case=hidden, unit="c2").status_code == 404
    assert hub.post("/cases/meetings", "tax", case=case, unit="c2").status_code == 303
    for login in ("suzuki", "kanri", "kansa"):
        assert hub.post("/cases/meetings", login, case=case, unit="c1").status_code == 403
    assert "この取り決めで応対を始める" not in page(hub, f"/cases/{case}", "kansa")
    assert hub.post("/cases/meetings", case=case, unit="c99").status_code == 404
    assert hub.post("/cases/meetings", case=99, unit="c1").status_code == 404
    assert [unit for unit, _ in hub.asked()] == ["c2"]


def test_a_case_that_has_ended_and_a_forgotten_counter_are_said(hub: Office) -> None:
    case = begin(hub)
    assert hub.post("/cases/meetings", case=case).headers["location"].endswith("?said=counter#meetings")
    ended = begin(hub, closed="1")
    answer = hub.post("/cases/meetings", case=ended, unit="c1", page="unit")
    assert answer.headers["location"] == "/units/of/c1?said=case-ended#meetings"
    assert "この取り決めで応対を始める" not in page(hub, f"/cases/{ended}")
    assert hub.asked() == []


def test_while_it_goes_on_those_who_may_see_it_with_its_visitors_description(hub: Office) -> None:
    alias = "杖をお持ちの方"
    case = begin(hub, readers="yamada", alias=alias)
    hub.post("/cases/meetings", case=case, unit="c1", page="unit")
    hub.meets(case)
    number = hub.happens(Panic(), ago_s=60)
    agreed = "取り決めあり · 上限20分 · 複数職員での対応"
    for path in (f"/incidents/{number}", "/units/of/c1"):
        html = page(hub, path)
        assert agreed in html, path
        assert alias in html, path
    for path, login in (
        (f"/incidents/{number}", "suzuki"),
        (f"/incidents/{number}", "sato"),
        ("/units/of/c1", "kanri"),
    ):
        html = page(hub, path, login)
        assert agreed in html, (path, login)
        assert alias not in html, (path, login)
    assert f"継続案件{case}に関連付け（取り決めによる応対中に発生）" in page(
        hub, f"/incidents/{number}", "suzuki"
    )
    assert "から応対中です（上限20分）" in page(hub, f"/cases/{case}")
    hub.post(f"/incidents/{number}/cases", case=case, belongs="0")
    hub.happens(Panic(), ago_s=30)
    assert hub.database.rows("select count(*) from case_incident") == [(0,)], "a person has the last word"


def test_the_live_page_says_what_was_agreed_and_never_with_whom(hub: Office) -> None:
    case = begin(hub)
    hub.post("/cases/meetings", case=case, unit="c1")
    hub.meets(case)
    for login in ("yamada", "suzuki"):
        html = page(hub, "/", login)
        assert "取り決めあり · 上限20分 · 複数職員<" in html
        assert ALIAS not in html
    told = api(hub, "GET", "/live", headers={"accept": "application/json"}).json()
    [session] = [one["session"] for one in told["counters"] if one["session"]]
    assert session["agreed"] == {"case": case, "two_staff": True}


def api(hub: Office, method: str, path: str, login: str = "yamada", **options: Any) -> httpx.Response:
    return hub.ask(method, f"/api/v1{path}", login, **options)


def test_the_same_by_the_api(hub: Office) -> None:
    case = begin(hub, limit="", record="1")
    answer = api(hub, "POST", f"/cases/{case}/meetings", json={"unit": "c1"})
    assert answer.status_code == 202
    assert answer.json()["arguments"] == {"case": case, "record": True}
    assert api(hub, "GET", f"/commands/{answer.json()['id']}").json()["state"] == "waiting"
    assert api(hub, "POST", f"/cases/{case}/meetings", "tax", json={"unit": "c1"}).status_code == 404
    assert api(hub, "POST", f"/cases/{case}/meetings", "suzuki", json={"unit": "c1"}).status_code == 403
    ended = begin(hub, closed="1")
    assert api(hub, "POST", f"/cases/{ended}/meetings", json={"unit": "c1"}).status_code == 409
    plain = {"name": "meet", "arguments": {"case": case}}
    for login in ("yamada", "kanri"):
        answer = api(hub, "POST", "/units/c1/commands", login, json=plain)
        assert answer.status_code == 422, "a case has rights of its own: there is no way round them"
    assert len(hub.asked()) == 1


def test_an_order_without_an_answer_is_told_as_such(hub: Office) -> None:
    case = begin(hub)
    hub.post("/cases/meetings", case=case, unit="c1")
    [made] = hub.database.do(lambda tx: agreements.asked(tx, SITE, case))
    assert made.state(NOW + timedelta(minutes=2)) == "unanswered"
