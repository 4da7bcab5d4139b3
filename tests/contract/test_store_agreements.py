"""Meetings under a case in the database: in any order of arrival, and what happened in them belongs to it."""

import json
from datetime import datetime, timedelta
from itertools import islice, permutations
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from hub.incidents import Act, Action, Entry
from hub.orders import order
from hub.people import Person, Role
from hub.record.cases import Case, Limits
from hub.store import agreements, cases, incidents, orders, sessions
from hub.store.events import Arrived
from hub.store.record import Transaction
from tests.support.hub_store import HOUSE, Database, arrived, opened
from tests.support.messages import MOMENT, SITE
from wire.messages.events import (
    Booted,
    EventData,
    GoingOn,
    Panic,
    SessionAgreed,
    SessionExtended,
    SessionStarted,
    SessionStopped,
)

A, B = "a" * 16, "b" * 16
COMMAND = "0123456789abcdef"
BY = Person(1, "yamada", "山田 花子", Role.SUPERVISOR)
PLAIN = SessionStarted(limit_s=1800, warn_s=300, grace_s=300)
UNDER = SessionStarted(limit_s=900, warn_s=300, grace_s=300, case=1, command=COMMAND)
AGREED = SessionAgreed(case=1, limit_s=900, warn_s=300, grace_s=300, recorded=True, command=COMMAND)


def at(sequence: int, minutes: float, data: EventData, *, epoch: str = A, unit: str = "c1") -> Arrived:
    moment: dict[str, Any] = {"time": MOMENT + timedelta(minutes=minutes)}
    received: datetime = moment["time"]
    return arrived(
        sequence, data, unit=unit, epoch=epoch, received=received, uptime=3600.0 + 60 * minutes, **moment
    )


def asked(tx: Connection, unit: str = "c1") -> int:
    """A case, and an order for a meeting under it."""
    number = cases.add(tx, SITE, Case(0, "赤い帽子の方", limits=Limits(900, two_staff=True)), BY, MOMENT)
    made = order(f"{number:016x}", unit, "meet", {"case": number}, by=BY.name, now=MOMENT)
    orders.add(tx, SITE, [made])
    return number


def linked(store: Database) -> list[tuple[Any, ...]]:
    return store.rows("select case_id, incident_id from case_incident order by incident_id")


def test_a_running_meeting_knows_its_case_and_how_many_staff_it_needs(store: Database) -> None:
    store.do(asked)
    changes = store.record(at(1, 0, UNDER))
    running = changes.sessions["c1"]
    assert running is not None
    assert (running.case, running.limit_s, running.two_staff) == (1, 900, True)


def test_what_nobody_has_asked_for_is_no_meeting_under_a_case(store: Database) -> None:
    store.do(lambda tx: asked(tx, "c2"))
    changes = store.record(at(1, 0, UNDER), at(2, 1, Panic()))
    running = changes.sessions["c1"]
    assert running is not None
    assert running.case is None, "the unit was not asked: it cannot link what happens there"
    assert linked(store) == []


STORY = [
    at(1, 0, PLAIN),
    at(2, 5, AGREED),
    at(3, 6, Panic()),
    at(1, 10, Booted(version="1", hardware="gpio", passed=[], failed=[], session=GoingOn(
        epoch=A, sequence=1, lasted_s=600.0, limit_s=900, warn_s=300, grace_s=300, case=1)), epoch=B),
    at(2, 12, SessionExtended(by_s=600, limit_s=1500), epoch=B),
]  # fmt: skip


def test_whatever_order_they_arrive_in_the_last_word_of_the_unit_holds(tmp_path: Path) -> None:
    tables = (
        "case_incident",
        "notices",
        "entry",
        "incident",
        "session",
        "event",
        "stream",
        "journal",
        "lamp",
    )
    with opened(f"sqlite:///{tmp_path / 'hub.sqlite'}") as store:
        store.do(asked)
        for story in islice(permutations(STORY), 0, None, 5):
            store.do(lambda tx: [tx.exec_driver_sql(f"delete from {t}") for t in tables])
            for each in story:
                store.record(each)
            names = [each.event.type for each in story]
            assert store.rows("select limit_s, case_id from session") == [(1500.0, 1)], names
            assert len(linked(store)) == 1, names


def test_an_incident_in_such_a_meeting_belongs_to_the_case_with_a_line_that_says_why(store: Database) -> None:
    store.do(asked)
    store.record(at(1, 0, UNDER))
    changes = store.record(at(2, 1, Panic()))
    number = changes.incidents[0].id
    assert linked(store) == [(1, number)]
    assert [row.key for row in changes.rows].count(str(number)) >= 1, "pages learn it"
    found = store.rows(
        f"select who, actor, detail from entry where what='case-linked' and incident_id={number}"
    )
    [(who, actor, detail)] = found
    assert (who, actor, json.loads(detail)) == (None, "hub", {"case": 1, "meeting": True})
    store.record(at(3, 2, Panic()))
    assert len(linked(store)) == 1


def test_before_and_after_it_nothing_is_linked(store: Database) -> None:
    store.do(asked)
    first = store.record(at(1, 0, Panic())).incidents[0]
    end(store, first.id)
    store.record(at(2, 1, UNDER), at(3, 4, SessionStopped(lasted_s=180)))
    store.record(at(4, 5, Panic()))
    assert linked(store) == []


def test_a_person_has_the_last_word(store: Database) -> None:
    store.do(asked)
    number = store.record(at(1, 0, UNDER), at(2, 1, Panic())).incidents[0].id

    def take_away(tx: Connection) -> None:
        cases.unlink(tx, 1, number)
        line = Entry("case-unlinked", MOMENT, BY.name, "person:yamada", {"case": 1})
        incidents.add_entries(tx, [(number, line, None)], MOMENT)

    store.do(take_away)
    store.record(at(3, 2, SessionExtended(by_s=600, limit_s=1500)))
    store.record(at(4, 3, Panic()))
    assert linked(store) == []


def test_the_page_of_an_incident_finds_its_meeting(store: Database) -> None:
    store.do(asked)
    store.record(at(1, 0, UNDER), at(2, 10, SessionStopped(lasted_s=600)))

    def met(minutes: float) -> agreements.Meeting | None:
        moment = MOMENT + timedelta(minutes=minutes)
        return store.do(lambda tx: agreements.of_incident(tx, SITE, "c1", moment))

    inside = met(5)
    assert inside is not None
    assert (inside.case, inside.limit_s, inside.two_staff) == (1, 900, True)
    assert inside.ended is not None
    assert met(11) is None
    assert [one.unit for one in store.do(lambda tx: agreements.asked(tx, SITE, 1))] == ["c1"]
    assert store.do(lambda tx: sessions.running(tx, SITE)) == {}


def end(store: Database, number: int) -> None:
    def work(tx: Connection) -> None:
        for action in (Action.ACKNOWLEDGE, Action.RESOLVE):
            Transaction(tx, HOUSE, MOMENT).act(number, Act(action, BY.name, "person:yamada"))

    store.do(work)
