"""The store keeps its word on SQLite and on PostgreSQL: each test runs on both."""

from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from hub.incidents import Act, Action, State
from hub.people import Role
from hub.store import events, incidents, lamps, people, sessions
from hub.store.database import prepare
from hub.store.migrate import MIGRATIONS, newest
from hub.store.record import Transaction
from hub.store.schema import metadata
from hub.store.tally import can_write
from hub.streams import Stream
from tests.support.hub_store import HOUSE, Database, arrived
from tests.support.messages import EPOCH, EVENT_EXAMPLES, MOMENT, SITE
from wire.messages.events import (
    Assist,
    Booted,
    Panic,
    SessionStarted,
    SessionStopped,
    Shout,
    Withdrawn,
)

EXAMPLE = {type(data): data for data in EVENT_EXAMPLES}
MEETING = SessionStarted(limit_s=1800, warn_s=300, grace_s=300)


def test_migrations_make_exactly_the_tables_of_the_schema(store: Database) -> None:
    prepare(store.url)  # a second start finds nothing to do
    with store.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    assert differences == []


def test_the_newest_version_is_the_last_migration() -> None:
    """Else a start would take old tables for this version's."""
    assert [newest()] == ScriptDirectory(str(MIGRATIONS)).get_heads()


def test_every_event_is_stored_as_it_came(store: Database) -> None:
    batch = [arrived(n, data) for n, data in enumerate(EVENT_EXAMPLES, 1)]
    assert store.record(*batch).stored == len(batch)
    rows = store.rows("select sequence, payload, type from event order by sequence")
    assert rows == [(a.event.sequence, a.payload, a.event.type) for a in batch]


def test_times_come_back_in_utc(store: Database) -> None:
    received = MOMENT + timedelta(seconds=90)
    store.record(arrived(1, Panic(), received=received))
    (incident,) = store.do(lambda tx: incidents.unresolved(tx, SITE))
    assert (incident.opened, incident.late_s) == (MOMENT, 90.0)
    assert incident.opened.tzinfo is not None
    assert incident.opened.utcoffset() == timedelta(0)


def test_a_duplicate_is_stored_once_and_counts_once(store: Database) -> None:
    first = store.record(arrived(1, Panic()), arrived(1, Panic()), arrived(2, Panic(presses=2)))
    again = store.record(arrived(1, Panic()), arrived(2, Panic(presses=2)))
    assert (first.stored, again.stored) == (2, 0)
    assert (first.incidents[0].presses, again.incidents, again.rows, again.lamps) == (3, [], [], [])
    assert again.streams == {("c1", EPOCH): Stream(through=2)}
    assert store.rows("select count(*) from event") == [(2,)]
    assert store.rows("select count(*) from entry") == [(2,)]


def test_streams_grow_over_batches_and_epochs(store: Database) -> None:
    store.record(arrived(1), arrived(4))
    store.record(arrived(2), arrived(1, epoch="f" * 16), now=MOMENT + timedelta(seconds=1))
    assert store.do(lambda tx: events.last_streams(tx, SITE)) == {
        ("c1", EPOCH): Stream(2, ((4, 4),)),
        ("c1", "f" * 16): Stream(1),
    }
    assert store.do(lambda tx: events.last_heard(tx, SITE)) == {"c1": MOMENT + timedelta(seconds=1)}


def test_only_the_last_streams_of_a_unit_are_repeated(store: Database) -> None:
    for n in range(events.RECEIPTS_REPEATED + 4):
        later = MOMENT + timedelta(seconds=n)
        store.record(arrived(1, Assist(), epoch=f"{n:016x}"), now=later)
    store.record(arrived(1, Assist(), unit="c2"))
    told = store.do(lambda tx: events.last_streams(tx, SITE, ["c1"]))
    expected = {("c1", f"{n:016x}") for n in range(4, events.RECEIPTS_REPEATED + 4)}
    assert set(told) == expected
    assert ("c2", EPOCH) in store.do(lambda tx: events.last_streams(tx, SITE))


def test_a_press_opens_an_incident_and_what_follows_joins_it(store: Database) -> None:
    opened_by = store.record(arrived(1, Panic()))
    joined = store.record(arrived(2, EXAMPLE[Shout]), arrived(3, Assist()))
    (first,), (second,) = opened_by.incidents, joined.incidents
    assert (first.id, first.kinds) == (second.id, ("panic",))
    assert (second.kinds, second.level_dba) == (("panic", "shout", "assist"), 84.5)
    assert store.do(lambda tx: incidents.unresolved(tx, SITE)) == [second]
    rows = store.rows("select what, who from entry order by id")
    assert rows == [("panic", None), ("shout", None), ("assist", None)]


def test_several_counters_in_one_batch_keep_apart(store: Database) -> None:
    changes = store.record(
        arrived(1, Panic(), unit="c1"), arrived(1, Panic(), unit="c2"), arrived(2, Panic(), unit="c1")
    )
    assert {i.unit: i.presses for i in changes.incidents} == {"c1": 2, "c2": 1}
    assert {lamp.unit: (lamp.state, lamp.covers.sequence) for lamp in changes.lamps} == {
        "c1": ("stored", 2),
        "c2": ("stored", 1),
    }


def test_a_press_after_the_end_opens_a_new_incident(store: Database) -> None:
    (first,) = store.record(arrived(1, Panic())).incidents
    for action in (Action.ACKNOWLEDGE, Action.RESOLVE):
        store.do(lambda tx, action=action: Transaction(tx, HOUSE, MOMENT).act(first.id, Act(action, "佐藤")))  # type: ignore[misc]
    (second,) = store.record(arrived(2, Panic())).incidents
    assert second.id != first.id
    assert [i.id for i in store.do(lambda tx: incidents.unresolved(tx, SITE))] == [second.id]


def test_a_due_tier_is_called_once(store: Database) -> None:
    (incident,) = store.record(arrived(1, Panic())).incidents
    due = MOMENT + timedelta(seconds=30)
    climbed = store.do(lambda tx: Transaction(tx, HOUSE, due).wake(incident.id))
    assert [lamp.state for lamp in climbed.lamps] == ["unanswered"]
    assert '"tier":{"index":1,"round":1,"name":"課長"' in climbed.rows[0].payload
    assert store.do(lambda tx: Transaction(tx, HOUSE, due).wake(incident.id)).incidents == []
    (kept,) = store.do(lambda tx: incidents.unresolved(tx, SITE))
    assert kept.standing == climbed.incidents[0].standing


def test_what_is_due_at_several_counters_is_called_in_one_go(store: Database) -> None:
    opened = store.record(*(arrived(n, Panic(), unit=f"c{n}") for n in (1, 2, 3))).incidents
    due = MOMENT + timedelta(seconds=30)
    store.do(lambda tx: Transaction(tx, HOUSE, due).wake(opened[1].id))
    climbed = store.do(lambda tx: Transaction(tx, HOUSE, due).wake(*(one.id for one in opened)))
    assert [one.unit for one in climbed.incidents] == ["c1", "c3"], "each only where it is still due"
    assert {(lamp.unit, lamp.state) for lamp in climbed.lamps} == {("c1", "unanswered"), ("c3", "unanswered")}


def test_a_press_withdrawn_after_the_end_is_noted_there_and_opens_nothing(store: Database) -> None:
    (incident,) = store.record(arrived(1, Panic())).incidents
    for action in (Action.ACKNOWLEDGE, Action.RESOLVE):
        done = Act(action, "佐藤")
        store.do(lambda tx, done=done: Transaction(tx, HOUSE, MOMENT).act(incident.id, done))  # type: ignore[misc]
    changes = store.record(arrived(2, Withdrawn(panic_epoch=EPOCH, panic_sequence=1)))
    assert [(i.id, i.withdrawn, i.state) for i in changes.incidents] == [(incident.id, True, State.RESOLVED)]
    assert [(lamp.state, lamp.covers.sequence) for lamp in changes.lamps] == [("off", 2)]
    assert store.do(lambda tx: incidents.unresolved(tx, SITE)) == []


def test_attention_alone_leaves_the_lamp_alone(store: Database) -> None:
    changes = store.record(arrived(1, EXAMPLE[Shout]))
    assert len(changes.incidents) == 1
    assert changes.lamps == []
    assert store.do(lambda tx: lamps.lamps(tx, SITE)) == {}


def test_lamps_are_kept_for_the_next_start(store: Database) -> None:
    told = store.record(arrived(7, Panic())).lamps
    assert list(store.do(lambda tx: lamps.lamps(tx, SITE)).values()) == told


def test_meetings_follow_their_events_in_any_order(store: Database) -> None:
    started = store.record(arrived(1, MEETING))
    running = started.sessions["c1"]
    assert running is not None
    assert (running.started, running.limit_s) == (MOMENT, 1800)
    assert store.record(arrived(2, SessionStopped(lasted_s=60))).sessions == {"c1": None}
    assert store.record(arrived(4, SessionStopped(lasted_s=60))).sessions == {"c1": None}
    assert store.record(arrived(3, MEETING)).sessions == {"c1": None}, "its end is known already"
    assert store.rows("select sequence, lasted_s from session order by sequence") == [(1, 60.0), (3, 60.0)]


def test_a_new_start_of_the_unit_ends_the_meeting_of_the_old_one(store: Database) -> None:
    store.record(arrived(1, MEETING))
    booted = EXAMPLE[Booted]
    early = arrived(1, booted, epoch="1" * 16, time=MOMENT - timedelta(hours=1))
    assert store.record(early).sessions["c1"] is not None
    later = MOMENT + timedelta(minutes=3)
    assert store.record(arrived(1, booted, epoch="2" * 16, time=later, received=later)).sessions == {
        "c1": None
    }
    assert store.do(lambda tx: sessions.running(tx, SITE)) == {}


def test_the_store_can_be_asked_whether_it_can_write(store: Database) -> None:
    for _ in range(2):
        store.do(can_write)
    assert store.rows("select value from tally where name = 'written'") == [(2,)]


def test_a_transaction_that_fails_leaves_nothing(store: Database) -> None:
    def fail(tx: object) -> None:
        Transaction(tx, HOUSE, MOMENT).record([arrived(1, Panic())])  # type: ignore[arg-type]
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        store.do(fail)
    for table in ("event", "stream", "incident", "entry", "lamp", "journal"):
        assert store.rows(f"select count(*) from {table}") == [(0,)], table


def test_commits_are_as_durable_as_a_receipt_says(store: Database) -> None:
    with store.engine.connect() as connection:
        if store.url.startswith("sqlite"):
            assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
            assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
        else:
            assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"


def test_a_one_time_password_is_used_up_by_one(store: Database) -> None:
    def give(hashed: str, name: str | None, role: Role | None) -> bool:
        return store.do(lambda tx: people.give_one_time(tx, "demo", hashed, name=name, role=role, now=MOMENT))

    assert not give("h1", None, None), "too little is known to make the person"
    assert give("h1", "山田", Role.SUPERVISOR)
    assert give("h2", None, None), "a fresh one replaces the old"
    account = store.do(lambda tx: people.account(tx, "demo"))
    assert account is not None
    assert (account.person.name, account.person.role, account.one_time_hash) == (
        "山田",
        Role.SUPERVISOR,
        "h2",
    )
    number = account.person.id

    def use(hashed: str) -> bool:
        return store.do(lambda tx: people.use_one_time(tx, number, hashed))

    assert [use("h1"), use("h2"), use("h2")] == [False, True, False]


def test_a_sign_in_lives_until_it_expires_or_is_left(store: Database) -> None:
    store.do(lambda tx: people.give_one_time(tx, "demo", "h", name="山田", role=Role.SUPERVISOR, now=MOMENT))
    account = store.do(lambda tx: people.account(tx, "demo"))
    assert account is not None
    end = MOMENT + timedelta(hours=12)
    for token in ("t1", "t2", "t3"):
        store.do(lambda tx, token=token: people.enter(tx, token, account.person, MOMENT, end))  # type: ignore[misc]
    found = store.do(lambda tx: people.find_sign_in(tx, "t1", end - timedelta(seconds=1)))
    assert found is not None
    assert (found.person, found.expires_at) == (account.person, end)
    assert store.do(lambda tx: people.find_sign_in(tx, "t1", end)) is None
    store.do(lambda tx: people.leave(tx, "t1"))
    assert store.do(lambda tx: people.find_sign_in(tx, "t1", MOMENT)) is None
    ended = store.do(lambda tx: people.set_password(tx, account.person.id, "new", "t2"))
    assert ended == ["t3"]
    assert store.do(lambda tx: people.find_sign_in(tx, "t2", MOMENT)) is not None
