"""The house, the audit, people and figures keep their word on SQLite and on PostgreSQL."""

import asyncio
from datetime import timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from hub.clock import SystemClock
from hub.house_tables import Tables
from hub.housekeeping import Housekeeping, begin, take_file
from hub.people import Person, Role
from hub.setting_types import BadSettings
from hub.settings import Settings, read
from hub.store import audit, figures, house, people, record_reports
from hub.store.audit import By, Deed, Wanted
from hub.store.database import Store
from hub.store.house import Version
from hub.store.record_reports import Kept
from tests.support.hostile_texts import LOG, SQL
from tests.support.hub_store import Database, arrived
from tests.support.messages import MOMENT, SITE, UNIT
from wire.messages.events import Panic

YAMADA = By("yamada", "山田", "10.0.0.8")
TOKYO = ZoneInfo("Asia/Tokyo")


def settings(*areas: str) -> Settings:
    named = [{"id": area, "name": area, "name_en": area} for area in areas]
    return read({"site": SITE, "state_dir": "unused", "areas": named})


def names(version: Version) -> list[str]:
    return [area["id"] for area in version.tables["areas"]]


def test_the_first_start_takes_the_house_of_the_file_and_later_starts_do_not(store: Database) -> None:
    first = store.do(lambda tx: begin(tx, settings("shimin"), MOMENT))
    later = store.do(lambda tx: begin(tx, settings("shimin", "nozei"), MOMENT))
    assert (first.number, later.number, names(later)) == (1, 1, ["shimin"])
    taken = store.do(lambda tx: take_file(tx, settings("nozei"), MOMENT))
    assert (taken.number, names(taken)) == (2, ["nozei"])
    assert store.do(lambda tx: house.newest_number(tx, SITE)) == 2
    assert store.do(lambda tx: house.newest_number(tx, "another-site")) == 0
    imported = store.do(lambda tx: audit.shown(tx, SITE, Wanted(what="house-imported")))
    assert [line.deed.subject for line in imported] == ["version 2", "version 1"]


def test_a_version_is_never_written_twice(store: Database) -> None:
    version = Version(1, {"areas": []}, "山田", MOMENT)
    store.do(lambda tx: house.add(tx, SITE, version))
    with pytest.raises(IntegrityError):
        store.do(lambda tx: house.add(tx, SITE, version))


def add_area(area: str) -> object:
    def edit(tables: Tables) -> Deed:
        tables["areas"].append({"id": area, "name": area, "name_en": area})
        return Deed("area-added", area)

    return edit


def test_of_two_hubs_each_follows_what_the_other_changed(store: Database) -> None:
    async def both() -> None:
        stores = [Store(store.url), Store(store.url)]
        told: list[list[str]] = [[], []]
        keeping = []
        for n, each in enumerate(stores):
            await each.open()
            keeping.append(Housekeeping(each, settings("shimin"), SystemClock()))
            await keeping[n].load()
            keeping[n].tell(lambda now, n=n: told[n].append(now.areas[-1].id))  # type: ignore[misc]
        await keeping[0].change(YAMADA, add_area("nozei"))  # type: ignore[arg-type]
        assert told == [["nozei"], []]
        await keeping[1].change(YAMADA, add_area("zeimu"))  # type: ignore[arg-type]
        assert [area.id for area in keeping[1].settings.areas] == ["shimin", "nozei", "zeimu"], (
            "on the newest"
        )
        await keeping[0].follow()
        await keeping[0].follow()
        assert told == [["nozei", "zeimu"], ["zeimu"]], "each change is told once"
        with pytest.raises(BadSettings, match="named once"):
            await keeping[0].change(YAMADA, add_area("nozei"))  # type: ignore[arg-type]
        assert keeping[0].version == 3
        for each in stores:
            each.close()

    asyncio.run(both())
    lines = store.do(lambda tx: audit.shown(tx, SITE, Wanted(what="area-added")))
    assert [line.deed.subject for line in lines] == ["zeimu", "nozei"], "what was refused is not in the audit"


@pytest.mark.parametrize("statement", ["update audit set name = 'x'", "delete from audit"])
def test_the_audit_only_grows(store: Database, statement: str) -> None:
    store.do(lambda tx: audit.add(tx, SITE, YAMADA, Deed("area-added", "shimin"), MOMENT))
    with pytest.raises(DBAPIError, match="audit only grows"):
        store.do(lambda tx: tx.execute(text(statement)))
    assert len(store.do(lambda tx: audit.shown(tx, SITE, Wanted()))) == 1


def test_of_a_change_the_audit_keeps_what_differs(store: Database) -> None:
    deed = Deed(
        "area-changed", "shimin", {"name": "市民", "id": "shimin"}, {"name": "市民課", "id": "shimin"}
    )
    store.do(lambda tx: audit.add(tx, SITE, YAMADA, deed, MOMENT))
    (line,) = store.do(lambda tx: audit.shown(tx, SITE, Wanted()))
    assert (line.by, line.at) == (YAMADA, MOMENT)
    assert (line.deed.before, line.deed.after) == ({"name": "市民"}, {"name": "市民課"})


def test_the_audit_is_found_by_person_kind_and_time_page_by_page(store: Database) -> None:
    for n in range(5):
        by = YAMADA if n % 2 else By("sato", "佐藤")
        deed = Deed("signed-in" if n < 3 else "signed-out", str(n))
        store.do(lambda tx, by=by, deed=deed, n=n: audit.add(tx, SITE, by, deed, MOMENT + timedelta(hours=n)))  # type: ignore[misc]

    def found(**wanted: object) -> list[str]:
        asked = Wanted(**wanted)  # type: ignore[arg-type]
        return [line.deed.subject for line in store.do(lambda tx: audit.shown(tx, SITE, asked))]

    assert found() == ["4", "3", "2", "1", "0"]
    assert found(login="yamada") == ["3", "1"]
    assert found(what="signed-in", login="sato") == ["2", "0"]
    since, until = MOMENT + timedelta(hours=1), MOMENT + timedelta(hours=3)
    assert found(since=since, until=until) == ["2", "1"]
    lines = store.do(lambda tx: audit.shown(tx, SITE, Wanted(limit=2)))
    assert found(before=lines[-1].id) == ["2", "1", "0"]
    assert store.do(lambda tx: audit.actors(tx, SITE)) == ["sato", "yamada"]
    assert store.do(lambda tx: audit.shown(tx, "another-site", Wanted())) == []


@pytest.mark.parametrize("hostile", [*SQL, *LOG, "\x00", "\ud800"])
def test_whatever_is_typed_the_audit_holds_one_line_of_it(store: Database, hostile: str) -> None:
    store.do(
        lambda tx: audit.add(
            tx, SITE, By(hostile, hostile, hostile), Deed("sign-in-refused", hostile), MOMENT
        )
    )
    (line,) = store.do(lambda tx: audit.shown(tx, SITE, Wanted()))
    for said in (line.by.login, line.by.name, line.by.address, line.deed.subject):
        assert said.isprintable()
    assert (
        store.do(lambda tx: audit.shown(tx, SITE, Wanted(login=hostile.replace("\x00", "")[:1] + "-"))) == []
    )


def person(
    login: str = "yamada", role: Role = Role.SUPERVISOR, areas: frozenset[str] | None = None
) -> Person:
    return Person(0, login, "山田", role, areas)


def test_a_person_is_made_once_and_comes_back_as_they_are(store: Database) -> None:
    limited = person(areas=frozenset({"shimin", "nozei"}))
    assert store.do(lambda tx: people.make(tx, limited, "hash", MOMENT))
    assert not store.do(lambda tx: people.make(tx, limited, "other", MOMENT))
    assert store.do(lambda tx: people.make(tx, person("sato"), "hash", MOMENT))
    everybody = store.do(people.everybody)
    assert [one.person.login for one in everybody] == ["sato", "yamada"]
    assert [one.person.areas for one in everybody] == [None, frozenset({"shimin", "nozei"})]


def test_who_is_disabled_is_out_at_once_and_keeps_no_one_time_password(store: Database) -> None:
    store.do(lambda tx: people.make(tx, person(), "one-time", MOMENT))
    who = store.do(lambda tx: people.account(tx, "yamada"))
    assert who is not None
    until = MOMENT + timedelta(hours=12)
    for token in ("a" * 64, "b" * 64):
        store.do(partial(people.enter, token_hash=token, who=who.person, now=MOMENT, expires=until))
    entries = store.do(lambda tx: people.sign_ins(tx, who.person.id, MOMENT))
    assert {one.id for one in entries} == {"a" * 16, "b" * 16}
    assert store.do(lambda tx: people.end_sign_in(tx, who.person.id, "a" * 16)) == ["a" * 64]
    assert store.do(lambda tx: people.end_sign_in(tx, who.person.id + 1, "b" * 16)) == [], "only one's own"
    assert store.do(lambda tx: people.disable(tx, who.person.id, MOMENT)) == ["b" * 64]
    assert store.do(lambda tx: people.find_sign_in(tx, "b" * 64, MOMENT)) is None
    after = store.do(lambda tx: people.account(tx, "yamada"))
    assert after is not None
    assert (after.disabled_at, after.one_time_hash) == (MOMENT, None)


def test_the_last_administrator_is_known(store: Database) -> None:
    for login in ("a", "b"):
        store.do(lambda tx, login=login: people.make(tx, person(login, Role.ADMIN), "h", MOMENT))  # type: ignore[misc]
    first, second = (one.person.id for one in store.do(people.everybody))
    assert store.do(lambda tx: people.admins_left(tx, first)) == 1
    store.do(lambda tx: people.disable(tx, second, MOMENT))
    assert store.do(lambda tx: people.admins_left(tx, first)) == 0


def test_figures_are_of_the_period_with_areas_and_local_times(store: Database) -> None:
    store.record(arrived(1, Panic()), arrived(2, Panic(), unit="c9"))
    since, until = MOMENT - timedelta(hours=1), MOMENT + timedelta(hours=1)

    def found(begin: object, end: object) -> list[tuple[str, str, float | None, int]]:
        rows = store.do(
            lambda tx: figures.happened(tx, SITE, begin, end, area_of={UNIT: "shimin"}, zone=TOKYO)  # type: ignore[arg-type]
        )
        return sorted((row.area, row.severity, row.answered_s, row.opened.hour) for row in rows)

    hour = MOMENT.astimezone(TOKYO).hour
    assert found(since, until) == [("", "alarm", None, hour), ("shimin", "alarm", None, hour)]
    assert found(until, until + timedelta(days=1)) == []
    writer = Person(1, "sato", "佐藤", Role.STAFF)
    kept = Kept({"words": "一", "kinds": "2b,2c"}, 1)
    store.do(lambda tx: record_reports.keep(tx, 1, kept, writer, MOMENT))
    rows = store.do(lambda tx: figures.happened(tx, SITE, since, until, area_of={}, zone=TOKYO))
    assert sorted(row.conduct for row in rows) == [(), ("2b", "2c")], "a record that nobody wrote counts, too"
    assert store.do(lambda tx: figures.tested(tx, SITE, since, until)) == set()


def test_settings_stay_of_the_file(tmp_path: Path) -> None:
    """What is not of the house never comes from the database."""
    database = Database(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    database.do(lambda tx: begin(tx, settings("shimin"), MOMENT))

    async def load() -> Settings:
        store = Store(database.url)
        await store.open()
        keeping = Housekeeping(
            store, settings().model_copy(update={"time_zone": "Europe/Paris"}), SystemClock()
        )
        found = await keeping.load()
        store.close()
        return found

    found = asyncio.run(load())
    assert (found.time_zone, [area.id for area in found.areas]) == ("Europe/Paris", ["shimin"])
    database.engine.dispose()


def test_a_house_that_no_longer_fits_the_file_stops_the_start_and_says_what_to_do(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    tower = {"name": "t1", "host": "10.0.0.9", "protocol": "pns-ab"}
    call = [{"name": "係長", "name_en": "Leader", "seconds": 30, "call": ["tower:t1"]}]
    plain = {"site": SITE, "state_dir": "unused"}
    database.do(lambda tx: begin(tx, read(plain | {"towers": [tower], "ladder": call}), MOMENT))

    async def load() -> None:
        store = Store(database.url)
        await store.open()
        try:
            await Housekeeping(store, read(plain), SystemClock()).load()
        finally:
            store.close()

    with pytest.raises(BadSettings, match="house --import`\nladder: tower must be one of none; given: 't1'"):
        asyncio.run(load())
    database.engine.dispose()
