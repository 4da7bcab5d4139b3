"""The outbox of notices on SQLite and on PostgreSQL."""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from hub.notices import Notice
from hub.store import notices, standing
from hub.store.notices import AHEAD, Claimed
from hub.store.standing import KEPT_FOR
from tests.support.hub_store import Database
from tests.support.messages import MOMENT, SITE
from tests.support.notices import notice

NOW = MOMENT + timedelta(minutes=10)
A, B = "hub-a", "hub-b"


def add(store: Database, *added: Notice, now: datetime = NOW) -> int:
    return store.do(lambda tx: notices.add(tx, SITE, added, now))


def claim(
    store: Database, holder: str = A, *, limit: int = 10, now: datetime = NOW, **how: Any
) -> list[Claimed]:
    how = {"channel": "webhook", "lease_s": 20.0, **how}
    return store.do(lambda tx: notices.claim(tx, SITE, now, holder, limit=limit, **how))


def ids(claimed: Sequence[Claimed]) -> list[str]:
    return [one.notice.id for one in claimed]


def state(store: Database, number: int = 1) -> tuple[Any, ...]:
    (row,) = store.rows(f"select state, attempts, last_error from notices where id = '7-1-0-{number}'")
    return row


def test_a_notice_comes_back_as_it_was_added(store: Database) -> None:
    told = notice(note="髙橋さんへ　﨑", answered_by="山田 花子", late_s=61.5)
    assert add(store, told) == 1
    (claimed,) = claim(store)
    assert claimed.notice == told
    assert (claimed.attempts, claimed.added) == (0, NOW)
    assert claimed.lease_until == NOW + timedelta(seconds=20)


def test_the_same_id_is_added_once(store: Database) -> None:
    assert add(store, notice(1), notice(2)) == 2
    assert add(store, notice(1), notice(3)) == 1
    assert ids(claim(store)) == ["7-1-0-1", "7-1-0-2", "7-1-0-3"]


def test_what_is_claimed_is_claimed_once_while_the_lease_lasts(store: Database) -> None:
    add(store, notice(1), notice(2))
    assert ids(claim(store, A, limit=1)) == ["7-1-0-1"]
    assert ids(claim(store, B)) == ["7-1-0-2"]
    assert claim(store, B) == []
    later = NOW + timedelta(seconds=21)
    assert store.do(lambda tx: notices.waiting(tx, SITE, later)) == [("webhook", "desk")]
    store.do(lambda tx: notices.release(tx, SITE, later))
    again = claim(store, B, now=later)
    assert [(one.notice.id, one.attempts) for one in again] == [("7-1-0-1", 1), ("7-1-0-2", 1)]


def test_alarms_leave_first_then_what_was_never_tried(store: Database) -> None:
    add(store, notice(1, severity="trouble"), notice(2), notice(3, severity="trouble"), notice(4))
    first = claim(store, limit=1)
    assert ids(first) == ["7-1-0-2"]
    store.do(lambda tx: notices.failed(tx, first[0].number, A, "x", NOW))
    assert ids(claim(store)) == ["7-1-0-4", "7-1-0-2", "7-1-0-1", "7-1-0-3"]


def test_of_one_lane_only(store: Database) -> None:
    add(store, notice(1, address="a"), notice(2, address="b"), notice(3, "mail", "x@city.example"))
    assert ids(claim(store, lane="b")) == ["7-1-0-2"]
    assert claim(store, lane="c") == []
    assert ids(claim(store, channel="mail", lane="")) == ["7-1-0-3"], "mail has one lane for all addresses"
    assert claim(store, limit=0) == []


def test_sent_is_sent_whoever_holds_it(store: Database) -> None:
    add(store, notice(1))
    (mine,) = claim(store, A)
    store.do(lambda tx: notices.release(tx, SITE, NOW + timedelta(seconds=30)))
    claim(store, B, now=NOW + timedelta(seconds=30))
    store.do(lambda tx: notices.sent(tx, [mine.number], NOW))
    assert state(store) == ("sent", 2, None)


def test_a_failure_is_tried_again_at_its_time_or_given_up(store: Database) -> None:
    add(store, notice(1))
    (claimed,) = claim(store)
    again = NOW + timedelta(seconds=5)
    store.do(lambda tx: notices.failed(tx, claimed.number, A, "no answer within 5 s", again))
    assert state(store) == ("due", 1, "no answer within 5 s")
    assert claim(store, now=NOW + timedelta(seconds=4)) == []
    (claimed,) = claim(store, now=again)
    store.do(lambda tx: notices.failed(tx, claimed.number, A, "x" * 500))
    assert state(store)[:2] == ("failed", 2)
    assert claim(store, now=NOW + timedelta(days=1)) == []


def test_a_failure_of_one_who_no_longer_holds_it_changes_nothing(store: Database) -> None:
    add(store, notice(1))
    (claimed,) = claim(store, A)
    store.do(lambda tx: notices.release(tx, SITE, NOW + timedelta(seconds=30)))
    claim(store, B, now=NOW + timedelta(seconds=30))
    store.do(lambda tx: notices.failed(tx, claimed.number, A, "late"))
    assert state(store) == ("claimed", 2, None)


def test_handed_back_is_as_if_never_tried(store: Database) -> None:
    add(store, notice(1))
    (claimed,) = claim(store)
    store.do(lambda tx: notices.failed(tx, claimed.number, A, "", NOW, tried=False))
    assert state(store) == ("due", 0, None)


def test_a_holder_that_starts_anew_takes_its_own_back_at_once(store: Database) -> None:
    add(store, notice(1), notice(2))
    claim(store, A, limit=1)
    claim(store, B, limit=1)
    store.do(lambda tx: notices.release(tx, SITE, NOW, A))
    assert ids(claim(store, A)) == ["7-1-0-1"]


def test_a_clock_that_was_set_back_delays_nothing(store: Database) -> None:
    add(store, notice(1, due=NOW), notice(2))
    (claimed,) = claim(store, now=NOW, limit=1)
    store.do(lambda tx: notices.failed(tx, claimed.number, A, "x", NOW + timedelta(seconds=60)))
    claim(store, now=NOW)
    earlier = NOW - AHEAD - timedelta(hours=3)
    assert store.do(lambda tx: notices.waiting(tx, SITE, earlier)) == [("webhook", "desk")]
    store.do(lambda tx: notices.release(tx, SITE, earlier))
    assert len(claim(store, now=earlier)) == 2


def test_an_older_one_that_had_to_wait_is_replaced_by_a_newer_of_its_subject(store: Database) -> None:
    add(store, notice(1), notice(2, incident=8), notice(3, address="b"))
    for one in claim(store, lane="desk"):
        store.do(lambda tx, n=one.number: notices.failed(tx, n, A, "away", NOW))  # type: ignore[misc]
    claimed = claim(store, lane="desk")
    assert not any(store.do(lambda tx, c=one: notices.replaced(tx, SITE, c)) for one in claimed)  # type: ignore[misc]
    add(store, notice(4, reason="stand_down", severity="none"))
    gone = [store.do(lambda tx, c=one: notices.replaced(tx, SITE, c)) for one in claimed]  # type: ignore[misc]
    assert gone == [True, False]
    assert state(store, 1)[0] == "replaced"


def test_one_whose_hub_died_is_told_again_and_not_replaced(store: Database) -> None:
    add(store, notice(1))
    claim(store)
    add(store, notice(2))
    store.do(lambda tx: notices.release(tx, SITE, NOW, A))
    _, first = claim(store)  # what was never tried leaves first
    assert (first.notice.id, first.attempts) == ("7-1-0-1", 1)
    assert not store.do(lambda tx: notices.replaced(tx, SITE, first))


def test_a_payload_of_another_version_is_given_up_and_keeps_no_other(store: Database) -> None:
    add(store, notice(1), notice(2))
    store.do(lambda tx: tx.execute(text("update notices set payload = '{}' where id = '7-1-0-1'")))
    assert ids(claim(store)) == ["7-1-0-2"]
    assert state(store, 1) == ("failed", 1, "the stored notice cannot be read by this version")


def test_nothing_waits_for_a_lane_that_is_not_there(store: Database) -> None:
    add(store, notice(1, address="gone"), notice(2))
    assert store.do(lambda tx: notices.abandon(tx, SITE, ("webhook", "gone"), "none")) == 1
    assert state(store, 1) == ("failed", 0, "none")
    assert ids(claim(store)) == ["7-1-0-2"]


def test_what_stands_is_the_most_severe_among_the_newest_of_each_subject(store: Database) -> None:
    def stands() -> str:
        return store.do(lambda tx: standing.standing(tx, SITE, "tower", "hall"))

    def tell(number: int, **changes: Any) -> None:
        add(store, notice(number, "tower", "hall", **changes))

    assert stands() == "none"
    tell(1, incident=None, reason="trouble", severity="trouble", kinds=("disk",))
    assert stands() == "trouble"
    tell(2, severity="attention", reason="attention")
    tell(3, incident=9)
    assert stands() == "alarm"
    tell(4, incident=9, reason="stand_down", severity="none")
    assert stands() == "attention"
    tell(5, reason="stand_down", severity="none")
    tell(6, incident=None, reason="recovered", severity="none", kinds=("clock",))
    assert stands() == "trouble", "another part has recovered"
    tell(7, incident=None, reason="recovered", severity="none", kinds=("disk",))
    assert stands() == "none"
    tell(8, incident=None, reason="test", severity="none")
    add(store, notice(9, "tower", "other"))
    assert stands() == "none"


def test_old_ones_are_forgotten_but_not_what_still_stands(store: Database) -> None:
    old = NOW - KEPT_FOR - timedelta(days=1)
    add(
        store,
        *(notice(1, due=old), notice(2, "tower", "hall", due=old), notice(3, due=old), notice(4)),
        *(notice(5, "tower", "hall", incident=8, due=old), notice(6, "tower", "hall", incident=8, due=old)),
    )
    numbers = [row[0] for row in store.rows("select number from notices where id <> '7-1-0-3'")]
    store.do(lambda tx: notices.sent(tx, numbers, old))
    store.do(lambda tx: standing.forget(tx, standing.old(tx, NOW)))
    assert store.do(lambda tx: standing.old(tx, NOW)) == []
    left = [row[0] for row in store.rows("select id from notices order by number")]
    assert left == ["7-1-0-2", "7-1-0-3", "7-1-0-4", "7-1-0-6"], "3 still waits, 2 and 6 still stand"


def test_health_tells_what_waits_and_how_it_went(store: Database) -> None:
    add(store, *(notice(n) for n in range(1, 5)), notice(5, "mail", "x@city.example"))
    claimed = claim(store, limit=3)
    store.do(lambda tx: notices.sent(tx, [claimed[0].number], NOW))
    store.do(lambda tx: notices.failed(tx, claimed[1].number, A, "x"))
    mail, desk = store.do(lambda tx: notices.health(tx, SITE))
    assert (mail.channel, mail.lane, mail.waiting, mail.sent) == ("mail", "", 1, 0), "no address is told"
    assert (desk.waiting, desk.oldest, desk.sent, desk.failed, desk.last_sent) == (2, NOW, 1, 1, NOW)


def test_what_became_of_one_can_be_asked(store: Database) -> None:
    add(store, notice(1))
    (claimed,) = claim(store)
    store.do(lambda tx: notices.sent(tx, [claimed.number], NOW))
    found = store.do(lambda tx: notices.find(tx, SITE, "7-1-0-1"))
    assert found is not None
    assert (found.state, found.attempts, found.sent, found.error) == ("sent", 1, NOW, None)
    assert store.do(lambda tx: notices.find(tx, SITE, "none")) is None


@pytest.mark.parametrize("limit", [1, 7])
def test_two_hubs_that_claim_at_once_share_without_overlap(store: Database, limit: int) -> None:
    add(store, *(notice(n) for n in range(1, 101)))
    taken: dict[str, list[str]] = {A: [], B: []}
    together = threading.Barrier(2)

    def hub(holder: str) -> None:
        together.wait(10)
        while claimed := claim(store, holder, limit=limit):
            taken[holder] += ids(claimed)

    threads = [threading.Thread(target=hub, args=(holder,)) for holder in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(taken[A]) + len(taken[B]) == 100
    assert len({*taken[A], *taken[B]}) == 100


def test_what_is_rolled_back_was_never_added(store: Database) -> None:
    class Broken(Exception):
        pass

    def work(tx: Connection) -> None:
        notices.add(tx, SITE, [notice(1)], NOW)
        raise Broken

    with pytest.raises(Broken):
        store.do(work)
    assert claim(store) == []
