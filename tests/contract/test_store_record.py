"""Reports, tasks, cases and searches in the database, on SQLite and on PostgreSQL."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from hub.incidents import Act, Action, Entry
from hub.people import Person, Role
from hub.record.approval import Approval, Stage
from hub.record.cases import Case, Limits
from hub.record.tasks import Task
from hub.store import cases, incidents, record_reports, record_search, record_tasks
from hub.store.cases import CaseChanged, NoSuchCase
from hub.store.people import give_one_time
from hub.store.record import Transaction
from hub.store.record_reports import Kept
from hub.store.record_search import Asked, TooManyViews
from hub.store.record_tasks import NoSuchTask
from tests.support.hostile_texts import SQL
from tests.support.hub_store import HOUSE, Database, arrived
from tests.support.messages import MOMENT, SITE
from wire.messages.events import Assist, Panic, SessionStarted, SessionStopped

YAMADA = Person(1, "yamada", "山田 花子", Role.SUPERVISOR)
TEXT = "「おい、責任者を出せ」と大声。ｶｽﾊﾗ対応。Ａ１番窓口。"


def later(hours: float) -> Any:
    return MOMENT + timedelta(hours=hours)


@pytest.fixture
def two(store: Database) -> tuple[Database, int, int]:
    """Two incidents at two counters, an hour apart."""
    store.record(arrived(1, Panic()))
    store.record(arrived(1, Assist(), unit="c2", received=later(1), time=later(1)), now=later(1))
    return store, 1, 2


def found(store: Database, **asked: Any) -> list[int]:
    wanted = Asked(**asked)
    hits = [one.id for one in store.do(lambda tx: record_search.find(tx, SITE, wanted))]
    assert store.do(lambda tx: record_search.count(tx, SITE, wanted)) == len(hits)
    return hits


def write(store: Database, number: int, revision: int, report: dict[str, str], **changes: Any) -> Kept:
    kept = Kept(report, revision, **changes)
    store.do(lambda tx: record_reports.keep(tx, number, kept, YAMADA, MOMENT))
    return kept


def test_every_revision_of_a_report_stays(two: tuple[Database, int, int]) -> None:
    store, first, second = two
    assert store.do(lambda tx: record_reports.load(tx, first)) == Kept()
    write(store, first, 1, {"words": "一"})
    kept = write(store, first, 2, {"words": "二", "kinds": "2a,2i"})
    handed = replace(kept, approval=Approval(Stage.DECIDING, "yamada", "sato"))
    store.do(lambda tx: record_reports.keep_approval(tx, first, handed))
    assert store.do(lambda tx: record_reports.load(tx, first)) == handed
    assert store.do(lambda tx: record_reports.load(tx, second)) == Kept()
    told = store.do(lambda tx: record_reports.revisions(tx, first))
    assert [(r.number, r.who, r.login, r.report["words"]) for r in told] == [
        (1, "山田 花子", "yamada", "一"),
        (2, "山田 花子", "yamada", "二"),
    ]
    assert store.do(lambda tx: record_reports.report_at(tx, first, 1)) == {"words": "一"}
    assert store.do(lambda tx: record_reports.kinds_by_incident(tx, [first, second])) == {first: ("2a", "2i")}


@pytest.mark.parametrize(
    ("words", "hit"),
    [
        ("責任者", True),
        ("カスハラ", True),
        ("かすはら", True),
        ("ｶｽﾊﾗ 責任者", True),
        ("a1番", True),
        ("Ａ１番", True),
        ("責任者 見つからない", False),
        ("応援", True),
        ("1", True),
        ("", True),
        ("%", False),
        ("_", False),
        ("\\", False),
        ("責_者", False),
    ],
)
def test_a_search_finds_what_is_meant(two: tuple[Database, int, int], words: str, hit: bool) -> None:
    store, first, second = two
    write(store, first, 1, {"words": TEXT})
    note = Entry("note", MOMENT, "佐藤", "person:sato", {"note": "応援が到着"})
    store.do(lambda tx: incidents.add_entries(tx, [(first, note, None)], MOMENT))
    hits = found(store, words=words)
    assert (first in hits) == hit
    assert (second in hits) == (words == "")


@pytest.mark.parametrize("text", SQL)
def test_what_is_searched_is_never_a_command(two: tuple[Database, int, int], text: str) -> None:
    store, first, second = two
    for asked in ("words", "who", "kind", "sign", "outcome", "severity"):
        assert found(store, **{asked: text}) == [], asked
    write(store, first, 1, {"words": f"前{text}後"})
    assert found(store, words=text.split(maxsplit=1)[0]) == [first]
    assert found(store) == [second, first]


def test_filters(two: tuple[Database, int, int]) -> None:
    store, first, second = two
    write(store, first, 1, {"kinds": "2a,2i"})
    act = Act(Action.ACKNOWLEDGE, "佐藤 一郎", "sato")
    store.do(lambda tx: Transaction(tx, HOUSE, MOMENT).act(second, act))
    assert found(store, since=later(0.5)) == [second]
    assert found(store, until=later(0.5)) == [first]
    assert found(store, hidden=["c1"]) == found(store, units=["c2"]) == [second]
    assert found(store, units=[]) == []
    assert found(store, sign="assist") == found(store, who="佐藤") == found(store, states=["acknowledged"])
    assert found(store, kind="2a") == found(store, kind="2") == [first]
    assert found(store, kind="2b") == found(store, kind="9") == []
    assert found(store, outcome="none", severity="alarm") == [second, first]
    assert found(store, outcome="harassment") == found(store, severity="attention") == []
    page = store.do(lambda tx: record_search.find(tx, SITE, Asked(), skip=1, limit=1))
    assert [one.id for one in page] == [first]
    assert store.do(lambda tx: record_search.count(tx, "elsewhere", Asked())) == 0


def test_tasks(two: tuple[Database, int, int]) -> None:
    store, first, second = two
    one = Task(0, "lawyer", "", "佐藤", None, "山田 花子")
    numbers = [store.do(lambda tx: record_tasks.add(tx, first, one, MOMENT))]
    urgent = replace(one, kind="police-report", due=date(2026, 11, 30))
    numbers.append(store.do(lambda tx: record_tasks.add(tx, first, urgent, MOMENT)))
    listed = store.do(lambda tx: record_tasks.of_incident(tx, first))
    assert [task.id for task in listed] == numbers[::-1], "what has a date first"
    done = replace(listed[0], done_by="佐藤", done_at=MOMENT)
    store.do(lambda tx: record_tasks.change(tx, done))
    assert store.do(lambda tx: record_tasks.of_incident(tx, first)) == [listed[1], done]
    with pytest.raises(NoSuchTask):
        store.do(lambda tx: record_tasks.get(tx, second, numbers[0]))


CASE = Case(0, "黒い鞄の男性", "", Limits(900.0, True, True, "電話は代表番号のみ"), frozenset({"yamada"}))


def test_a_case_and_its_revisions(store: Database) -> None:
    number = store.do(lambda tx: cases.add(tx, SITE, CASE, YAMADA, MOMENT))
    kept = store.do(lambda tx: cases.get(tx, SITE, number))
    assert kept == replace(CASE, id=number, revision=1)
    store.do(lambda tx: cases.change(tx, SITE, replace(kept, note="再来"), YAMADA, MOMENT))
    with pytest.raises(CaseChanged) as stale:
        store.do(lambda tx: cases.change(tx, SITE, replace(kept, note="別"), YAMADA, MOMENT))
    assert stale.value.theirs.note == "再来"
    now = store.do(lambda tx: cases.get(tx, SITE, number))
    store.do(lambda tx: cases.change(tx, SITE, now, YAMADA, MOMENT))
    told = store.do(lambda tx: cases.revisions(tx, number))
    assert [(r.number, r.content["note"]) for r in told] == [(1, ""), (2, "再来")], "no change, no revision"
    with pytest.raises(NoSuchCase):
        store.do(lambda tx: cases.get(tx, "elsewhere", number))


def test_a_case_counts_hours_and_warnings(store: Database) -> None:
    store.record(
        arrived(1, SessionStarted(limit_s=1800, warn_s=300, grace_s=300)),
        arrived(2, Panic(), received=later(0.5), time=later(0.5)),
        arrived(3, SessionStopped(lasted_s=3600), received=later(1), time=later(1)),
    )
    store.record(arrived(1, Assist(), unit="c2"))
    number = store.do(lambda tx: cases.add(tx, SITE, CASE, YAMADA, MOMENT))
    for incident in (1, 2):
        linked = [
            store.do(lambda tx, i=incident: cases.link(tx, number, i, "山田", MOMENT))  # type: ignore[misc]
            for _ in range(2)
        ]
        assert linked == [True, False]
    steps = [
        (1, Entry("step", MOMENT, "山田", "person:yamada", {"step": step}), None)
        for step in ("announce", "cease", "cease", "police")
    ]
    store.do(lambda tx: incidents.add_entries(tx, steps, MOMENT))
    line = store.rows("SELECT max(id) FROM entry WHERE detail LIKE '%cease%'")[0][0]
    undone = Entry("step-undone", MOMENT, "山田", "person:yamada", {"step": "cease", "line": line})
    store.do(lambda tx: incidents.add_entries(tx, [(1, undone, None)], MOMENT))
    told = {one.incident.id: one for one in store.do(lambda tx: cases.linked(tx, number, later(9)))}
    assert (told[1].lasted_s, told[1].warnings) == (3600.0, 2)
    assert (told[2].lasted_s, told[2].warnings) == (0.0, 0)
    assert [case.id for case in store.do(lambda tx: cases.of_incident(tx, SITE, 1))] == [number]
    assert [store.do(lambda tx: cases.unlink(tx, number, 1)) for _ in range(2)] == [True, False]
    assert store.do(lambda tx: cases.of_incident(tx, SITE, 1)) == []


def test_views_are_kept_for_one_person(store: Database) -> None:
    store.do(lambda tx: give_one_time(tx, "yamada", "x", name="山田", role=Role.SUPERVISOR, now=MOMENT))
    store.do(lambda tx: record_search.keep_view(tx, 1, "未決", "outcome=none"))
    store.do(lambda tx: record_search.keep_view(tx, 1, "未決", "outcome=none&sign=panic"))
    assert store.do(lambda tx: record_search.views(tx, 1)) == [("未決", "outcome=none&sign=panic")]
    for n in range(record_search.VIEWS_MAX - 1):
        store.do(lambda tx, n=n: record_search.keep_view(tx, 1, f"{n}", ""))  # type: ignore[misc]
    with pytest.raises(TooManyViews):
        store.do(lambda tx: record_search.keep_view(tx, 1, "もう一つ", ""))
    store.do(lambda tx: record_search.forget_view(tx, 1, "未決"))
    assert "未決" not in dict(store.do(lambda tx: record_search.views(tx, 1)))
