"""Cases on pages and in the API: who reads them, what they count, what was agreed; and the record's API."""

from collections.abc import Iterator
from html import unescape
from typing import Any

import httpx
import pytest

from hub.incidents import Action
from tests.support.hostile_texts import HTML, SQL
from tests.support.record_hub import PEOPLE, RecordHub


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecordHub]:
    with RecordHub(tmp_path_factory.mktemp("hub")) as running:
        yield running


def begin(hub: RecordHub, login: str = "yamada", **fields: Any) -> int:
    answer = hub.post("/cases/new", login, **({"alias": "黒い鞄の男性"} | fields))
    assert answer.status_code == 303, answer.text
    return int(answer.headers["location"].split("/")[2].split("?")[0])


def api(hub: RecordHub, method: str, path: str, login: str = "yamada", **body: Any) -> httpx.Response:
    return hub.ask(method, f"/api/v1{path}", login, json=body or None)


def test_a_case_counts_incidents_hours_and_warnings(hub: RecordHub) -> None:
    incident = hub.incident()
    for step in ("announce", "cease", "cease"):
        hub.post(f"/incidents/{incident}/steps", step=step)
    hub.act(incident, Action.ACKNOWLEDGE, Action.RESOLVE)
    case = begin(hub, limit="20", two="1", record="1", agreed="代表番号のみ", incident=incident)
    html = hub.get(f"/cases/{case}").text
    for said in ("<strong>1</strong>", "<strong>10分</strong>", "<strong>3</strong>", "20分", "代表番号のみ"):
        assert said in html, said
    told = api(hub, "GET", f"/cases/{case}").json()
    assert (told["incidents"], told["lasted_s"], told["warnings"]) == (1, 600.0, 3)
    limits = api(hub, "GET", f"/cases/{case}/limits").json()
    assert limits == {"limit_s": 1200.0, "two_staff": True, "always_record": True, "agreed": "代表番号のみ"}
    assert "黒い鞄の男性" in hub.get(f"/incidents/{incident}").text
    assert "黒い鞄の男性" not in hub.get(f"/incidents/{incident}", "suzuki").text, "staff learn a number only"
    hub.post(f"/incidents/{incident}/cases", case=case, belongs="0")
    assert api(hub, "GET", f"/cases/{case}").json()["incidents"] == 0


def test_of_other_sections_a_case_tells_a_number_only(hub: RecordHub) -> None:
    case = begin(hub)
    for unit in ("c1", "c2"):
        hub.post(f"/incidents/{hub.incident(unit)}/cases", case=case)
    html = hub.get(f"/cases/{case}", "tax").text
    assert "納税課 5番" in html
    assert "市民課 1番" not in html
    assert "このほか、担当外の課・係に1件あります。" in html


def test_a_case_has_readers_of_its_own(hub: RecordHub) -> None:
    closed = begin(hub, alias="赤い帽子", readers=["yamada"])
    everyone = begin(hub, alias="青い帽子")
    for login in PEOPLE:
        read = {number: hub.get(f"/cases/{number}", login).status_code for number in (closed, everyone)}
        role = PEOPLE[login].role.value
        if role in ("staff", "admin"):
            assert set(read.values()) == {403}, login
            assert api(hub, "GET", f"/cases/{closed}/limits", login).status_code == 403
        else:
            may = login in ("yamada", "kansa")
            assert read == {closed: 200 if may else 404, everyone: 200}, login
            assert api(hub, "GET", f"/cases/{closed}/limits", login).status_code == (200 if may else 404)
            assert ("赤い帽子" in hub.get("/cases", login).text) == may
            listed = api(hub, "GET", "/cases", login).json()["cases"]
            assert (closed in [case["id"] for case in listed]) == may
    for path in ("/cases/new", f"/cases/{everyone}/edit"):
        assert hub.get(path, "kansa").status_code == 403, "auditors change nothing"
        assert hub.post(path, "kansa", alias="x").status_code == 403
    assert hub.post(f"/cases/{closed}/edit", "sato", alias="x").status_code == 404
    assert hub.post(f"/incidents/{hub.incident()}/cases", "sato", case=closed).status_code == 404
    assert hub.get("/cases/999").status_code == 404


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ({"alias": ""}, "80文字以内"),
        ({"alias": "090-1234-5678"}, "80文字以内"),
        ({"limit": "0"}, "480までの分数"),
        ({"limit": "abc"}, "480までの分数"),
        ({"note": "x" * 2001}, "2000文字以内"),
        ({"readers": ["sato"]}, "閲覧できる人に含めて"),
    ],
)
def test_a_faulty_case_keeps_what_was_typed(hub: RecordHub, form: dict[str, Any], fault: str) -> None:
    answer = hub.post("/cases/new", **({"alias": "黒い鞄", "agreed": "取り決め"} | form))
    assert answer.status_code == 422
    assert fault in answer.text
    assert "取り決め" in answer.text
    if "limit" in form:
        assert f'value="{form["limit"]}"' in answer.text


def test_two_people_who_change_a_case_see_both(hub: RecordHub) -> None:
    case = begin(hub, note="初め")
    assert hub.post(f"/cases/{case}/edit", base=1, alias="黒い鞄", note="山田").status_code == 303
    late = hub.post(f"/cases/{case}/edit", "sato", base=1, alias="黒い鞄", note="佐藤")
    assert late.status_code == 409
    assert "山田" in late.text
    assert ">佐藤</textarea>" in late.text
    assert 'name="base" value="2"' in late.text
    assert (
        hub.post(f"/cases/{case}/edit", "sato", base=2, alias="黒い鞄", note="山田・佐藤").status_code == 303
    )
    html = hub.get(f"/cases/{case}").text
    assert html.index("第3版") < html.index("第1版")


@pytest.mark.parametrize("text", [*HTML, *SQL])
def test_texts_from_outside_stay_texts(hub: RecordHub, text: str) -> None:
    case = begin(hub, alias=text[:80], note=text, agreed=text)
    for path in (f"/cases/{case}", f"/cases/{case}/edit", "/cases"):
        html = hub.get(path).text
        assert text in unescape(html)
        if "<" in text:
            assert text not in html


def test_the_record_by_the_api(hub: RecordHub) -> None:
    path = f"/incidents/{hub.incident()}"
    assert api(hub, "POST", f"{path}/steps", "suzuki", step="cease").status_code == 201
    assert api(hub, "POST", f"{path}/steps", step="police").status_code == 422
    assert api(hub, "PUT", f"{path}/record", base=0, report={"words": "一"}).json()["revision"] == 1
    conflict = api(hub, "PUT", f"{path}/record", base=0, report={"words": "二"})
    assert conflict.status_code == 409
    assert (conflict.json()["fields"], conflict.json()["report"]) == (["words"], {"words": "一"})
    assert api(hub, "PUT", f"{path}/record", base=1, report={"x": "二"}).status_code == 422
    task = api(hub, "POST", f"{path}/tasks", kind="lawyer", owner="佐藤", due="2026-12-01").json()["id"]
    assert api(hub, "POST", f"{path}/tasks", kind="x", owner="佐藤").status_code == 422
    assert api(hub, "PUT", f"{path}/tasks/{task}/done").status_code == 204
    shown = api(hub, "GET", f"{path}/record", "kansa").json()
    assert (shown["revision"], shown["stage"], shown["advised"]) == (1, "draft", "cease")
    assert (shown["tasks"][0]["done_by"], shown["steps"][0]["who"]) == ("山田 花子", "鈴木 窓口")
    line = shown["steps"][0]["line"]
    assert api(hub, "POST", f"{path}/steps/undo", line=line).status_code == 201
    assert api(hub, "POST", f"{path}/steps/undo", line=line).status_code == 422
    assert api(hub, "DELETE", f"{path}/tasks/{task}/done").status_code == 204
    assert api(hub, "PUT", f"{path}/tasks/999/done").status_code == 404
    assert api(hub, "POST", f"{path}/approval", do="submit").json()["stage"] == "checking"
    assert api(hub, "PUT", f"{path}/record", base=1, report={}).json()["error"] == "locked"
    assert api(hub, "POST", f"{path}/approval", do="approve").status_code == 409
    assert api(hub, "POST", f"{path}/approval", "suzuki", do="approve").status_code == 403
    assert api(hub, "POST", f"{path}/approval", "sato", do="return").status_code == 422
    revisions = api(hub, "GET", f"{path}/revisions").json()["revisions"]
    assert [one["report"] for one in revisions] == [{"words": "一"}]


RECORD_API = [
    ("GET", "/record", {}),
    ("GET", "/revisions", {}),
    ("PUT", "/record", {"base": 0, "report": {}}),
    ("POST", "/steps", {"step": "announce"}),
    ("POST", "/steps/undo", {"line": 1}),
    ("POST", "/tasks", {"kind": "lawyer", "owner": "x"}),
    ("PUT", "/tasks/1/done", {}),
    ("DELETE", "/tasks/1/done", {}),
    ("POST", "/approval", {"do": "submit"}),
]


@pytest.mark.parametrize(("method", "path", "body"), RECORD_API)
def test_roles_and_areas_of_the_api(hub: RecordHub, method: str, path: str, body: dict[str, Any]) -> None:
    incident = hub.incident()
    for login in PEOPLE:
        answer = api(hub, method, f"/incidents/{incident}{path}", login, **body)
        if login == "kanri" or (login == "kansa" and method != "GET"):
            assert (answer.status_code, answer.json()) == (403, {"error": "role"}), login
        elif login == "tax":
            assert (answer.status_code, answer.json()) == (404, {"error": "none"}), login
        else:
            assert answer.status_code not in (401, 403, 405, 500), login
    assert api(hub, method, f"/incidents/999{path}", **body).status_code == 404
