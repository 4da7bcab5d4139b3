"""The journal replays what a page missed, and the quarantine keeps what was refused; on both databases."""

from datetime import timedelta

import pytest

from hub.incidents import Act, Action, Already
from hub.store import incidents, journal, quarantine
from hub.store.incidents import NoSuchIncident
from hub.store.quarantine import Rejected
from hub.store.record import Transaction
from tests.support.hub_store import HOUSE, Database, arrived
from tests.support.messages import MOMENT, SITE
from wire.messages.events import (
    Panic,
)


def test_what_a_person_does_is_stored_with_name_lamp_and_journal(store: Database) -> None:
    (incident,) = store.record(arrived(1, Panic())).incidents
    done = store.do(
        lambda tx: Transaction(tx, HOUSE, MOMENT).act(incident.id, Act(Action.ACKNOWLEDGE, "佐藤 一郎"))
    )
    assert [(lamp.state, lamp.covers.sequence) for lamp in done.lamps] == [("coming", 1)]
    assert '"acknowledged_by":"佐藤 一郎"' in done.rows[0].payload
    assert store.rows("select what, who from entry order by id")[-1] == ("acknowledge", "佐藤 一郎")
    (kept,) = store.do(lambda tx: incidents.unresolved(tx, SITE))
    assert kept == done.incidents[0]
    with pytest.raises(Already):
        store.do(lambda tx: Transaction(tx, HOUSE, MOMENT).act(incident.id, Act(Action.ACKNOWLEDGE, "鈴木")))
    with pytest.raises(NoSuchIncident):
        store.do(lambda tx: Transaction(tx, HOUSE, MOMENT).act(999, Act(Action.ACKNOWLEDGE, "鈴木")))


def note(store: Database, *keys: str, at: timedelta = timedelta()) -> list[int]:
    told: list[tuple[str, str, dict[str, object]]] = [("incident", key, {"key": key}) for key in keys]
    return [row.seq for row in store.do(lambda tx: journal.note(tx, told, MOMENT + at))]


def test_the_journal_replays_the_newest_state_of_each_object(store: Database) -> None:
    first = note(store, "a", "b")
    second = note(store, "a", "c")
    assert first + second == sorted(first + second)
    missed = store.do(lambda tx: journal.since(tx, first[0]))
    assert missed is not None
    assert [(row.seq, row.key) for row in missed] == [(first[1], "b"), (second[0], "a"), (second[1], "c")]
    assert store.do(lambda tx: journal.since(tx, second[1])) == []
    assert store.do(journal.last_seq) == second[1]


def test_the_journal_says_when_it_cannot_replay(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    assert store.do(lambda tx: journal.since(tx, 0)) == []
    numbers = note(store, *"abcdef")
    assert store.do(lambda tx: journal.since(tx, numbers[-1] + 1)) is None, "of another database"
    monkeypatch.setattr(journal, "REPLAYED_MAX", 5)
    assert store.do(lambda tx: journal.since(tx, 0)) is None, "too much"
    assert store.do(lambda tx: journal.since(tx, numbers[0])) is not None


def test_the_journal_forgets_only_what_is_old_and_many(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "KEPT_ROWS", 3)
    old = note(store, "a", "b", "c", "d")
    new = note(store, "e", at=timedelta(hours=23))
    assert store.do(lambda tx: journal.prune(tx, MOMENT + timedelta(hours=23))) is False
    assert store.do(lambda tx: journal.prune(tx, MOMENT + timedelta(hours=24, seconds=1))) is False
    assert store.rows("select seq from journal order by seq") == [(n,) for n in old[2:] + new]
    assert store.do(lambda tx: journal.since(tx, 0)) is None, "pruned"
    assert store.do(lambda tx: journal.since(tx, old[1])) is not None


def test_rows_of_a_clock_that_was_far_ahead_do_not_keep_all_that_follow(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "KEPT_ROWS", 1)
    monkeypatch.setattr(journal, "PRUNED_AT_ONCE", 2)
    note(store, "a", "b", at=timedelta(days=3000))
    last = note(store, "c", "d", "e")[-1]
    now = MOMENT + timedelta(hours=25)
    assert [store.do(lambda tx: journal.prune(tx, now)) for _ in range(3)] == [True, True, False]
    assert store.rows("select seq from journal") == [(last,)]


def test_the_quarantine_counts_all_and_keeps_the_last(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine, "ROWS_MAX", 3)

    def refuse(n: int) -> Rejected:
        return Rejected(MOMENT, f"t/{n}\x00\udcff", "json", "bad \x00 \udcff", 999, b"\x00\xff" * 300)

    assert store.do(quarantine.count) == 0
    assert store.do(lambda tx: quarantine.add(tx, [refuse(n) for n in range(5)])) == 5
    assert store.do(lambda tx: quarantine.add(tx, [refuse(5)])) == 6
    assert store.do(quarantine.count) == 6
    rows = store.rows("select topic, size, head from quarantine order by id")
    assert [row[0][:3] for row in rows] == ["t/3", "t/4", "t/5"]
    assert rows[0][1:] == (999, "00ff" * 100)
