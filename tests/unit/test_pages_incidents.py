"""The list of incidents: filters, search, kept views, pages, and the table for a spreadsheet."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import quote, urlencode

import pytest

from hub.incidents import Action
from hub.store.record_search import PAGE
from hub.web.incident_table import safe, table
from tests.support.hostile_texts import CSV, EVERY, HTML, SQL, check_csv
from tests.support.record_hub import PEOPLE, RecordHub
from wire.messages.events import Assist


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecordHub]:
    """Two incidents: an alarm at c1 with a record, one at c2 that is over."""
    with RecordHub(tmp_path_factory.mktemp("hub")) as running:
        first, second = running.incident("c1"), running.incident("c2")
        running.post(f"/incidents/{first}/record", base=0, words="「責任者を出せ」ｶｽﾊﾗ", kinds=["2b"])
        running.act(second, Action.ACKNOWLEDGE, Action.RESOLVE, Action.CLOSE, login="sato")
        yield running


def shown(hub: RecordHub, login: str = "yamada", **filters: str) -> list[int]:
    html = hub.get(f"/incidents?{urlencode(filters)}", login).raise_for_status().text
    return [int(number) for number in re.findall(r'class="number-link" href="/incidents/(\d+)"', html)]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, [2, 1]),
        ({"q": "カスハラ 責任者"}, [1]),
        ({"q": "存在しない"}, []),
        ({"since": "2026-11-22", "until": "2026-11-22"}, [2, 1]),
        ({"since": "2026-11-23"}, []),
        ({"until": "2026-11-21"}, []),
        ({"since": "昨日"}, [2, 1]),
        ({"area": "nozei"}, [2]),
        ({"area": "nowhere"}, []),
        ({"sign": "bang"}, [2, 1]),
        ({"kind": "2b"}, [1]),
        ({"kind": "2"}, [1]),
        ({"severity": "alarm"}, [2, 1]),
        ({"severity": "attention"}, []),
        ({"state": "unfinished"}, [1]),
        ({"state": "closed"}, [2]),
        ({"outcome": "harassment"}, [2]),
        ({"outcome": "none"}, [1]),
        ({"who": "佐藤"}, [2]),
        ({"page": "99"}, [2, 1]),
        ({"page": "x"}, [2, 1]),
    ],
)
def test_filters(hub: RecordHub, filters: dict[str, str], found: list[int]) -> None:
    assert shown(hub, **filters) == found


def test_a_person_sees_what_they_answer_for(hub: RecordHub) -> None:
    assert shown(hub, "suzuki") == [1]
    assert shown(hub, "tax") == [2]
    assert shown(hub, "tax", area="shimin") == []
    assert shown(hub, "kansa") == [2, 1]
    assert hub.get("/incidents", "kanri").status_code == 403
    assert "市民課" not in hub.get("/incidents", "tax").text.split("<main")[1]
    assert [row[0] for row in check_csv(hub.get("/incidents/export.csv", "suzuki").content)[1:]] == ["1"]
    assert hub.get("/incidents/export.csv", "kanri").status_code == 403


def test_nothing_found_says_what_to_do(hub: RecordHub) -> None:
    assert "条件に合う事案はありません。" in hub.get("/incidents?q=zzz").text


@pytest.mark.parametrize("text", [*HTML, *SQL])
def test_what_is_typed_stays_text(hub: RecordHub, text: str) -> None:
    html = hub.get(f"/incidents?q={quote(text)}&who={quote(text)}&kind={quote(text)}&area={quote(text)}").text
    assert text in unescape(html)
    if "<" in text:
        assert text not in html


def test_views_are_kept_by_a_person_for_themselves(hub: RecordHub) -> None:
    kept = hub.post("/incidents/views", name="未判断", query="outcome=none&evil=1&page=3")
    assert kept.headers["location"] == "/incidents?outcome=none&said=view"
    html = hub.get("/incidents").text
    assert '<a href="/incidents?outcome=none">未判断</a>' in html
    assert "未判断</a>" not in hub.get("/incidents", "sato").text
    assert 'aria-current="true">未判断' in hub.get("/incidents?outcome=none").text
    for name in ("", "x" * 81, "a\nb"):
        refused = hub.post("/incidents/views", name=name, query="outcome=none")
        assert "said=view-name" in refused.headers["location"]
    hub.post("/incidents/views", name="未判断", forget="1")
    assert "未判断</a>" not in hub.get("/incidents").text


def test_pages_of_fifty(hub: RecordHub) -> None:
    hub.database.do(
        lambda tx: tx.exec_driver_sql(
            "INSERT INTO incident (site, unit, severity, kinds, state, opened, last, presses, withdrawn,"
            " late_s, last_event) SELECT site, 'c9', 'attention', kinds, 'closed', opened, last, 0, 0, 0, 'x'"
            " FROM incident, (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30)"
            " SELECT i FROM n) WHERE incident.id < 3"
        )
    )
    try:
        first, second = shown(hub, severity="attention"), shown(hub, severity="attention", page="2")
        assert (len(first), len(second)) == (PAGE, 10)
        assert not set(first) & set(second)
        html = hub.get("/incidents?severity=attention&page=2").text
        assert "2／2ページ" in html
        assert 'href="/incidents?severity=attention&amp;page=1" rel="prev"' in html
        assert 'rel="next"' not in html
    finally:
        hub.database.do(lambda tx: tx.exec_driver_sql("DELETE FROM incident WHERE unit = 'c9'"))


def test_the_table_opens_in_a_spreadsheet(hub: RecordHub) -> None:
    answer = hub.get("/incidents/export.csv?kind=2b")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="incidents.csv"'
    heading, row = check_csv(answer.content)
    assert heading[:4] == ["番号", "日付", "時刻", "場所"]
    assert row[:4] == ["1", "2026-11-22", "14:10:00", "市民課 1番 住民票"]
    assert row[8] == "2b 精神的な攻撃"


def test_no_cell_is_a_formula() -> None:
    rows = check_csv(table([["a", "b"], *([text, f" {text}"] for text in EVERY)]))
    assert [row[0] for row in rows[1:]] == [safe(text) for text in EVERY]
    assert all(safe(text).endswith(text) for text in EVERY)
    for text in CSV:
        assert safe(text).startswith("'") == (not text.startswith("a"))
    assert safe(None) == ""


def test_a_hostile_unit_name_stays_text(hub: RecordHub) -> None:
    unit = "-x'--<b>"
    hub.database.do(
        lambda tx: tx.exec_driver_sql(
            "INSERT INTO incident (site, unit, severity, kinds, state, opened, last, presses, withdrawn,"
            " late_s, last_event, acknowledged_by) SELECT site, ?, severity, kinds, state, opened, last, 0,"
            " 0, 0, 'x', '=1+1' FROM incident WHERE id = 1",
            (unit,),
        )
    )
    try:
        html = hub.get("/incidents").text
        assert unit in unescape(html)
        assert unit not in html
        rows = check_csv(hub.get("/incidents/export.csv").content)
        assert any(unit in row[3] for row in rows)
        assert any(row[9] == "'=1+1" for row in rows)
    finally:
        hub.database.do(lambda tx: tx.exec_driver_sql("DELETE FROM incident WHERE last_event = 'x'"))


def test_an_empty_house_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    with RecordHub(tmp_path_factory.mktemp("empty")) as hub:
        assert "事案はまだありません。警報があると、ここに表示されます。" in hub.get("/incidents").text
        hub.happens(Assist())
        assert shown(hub) == [1]
    assert PEOPLE
