"""People and their sign-ins, on both databases."""

from datetime import timedelta

from hub.people import Role
from hub.store import people
from tests.support.hub_store import Database
from tests.support.messages import MOMENT


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
