"""Floor plans in the database, on SQLite and PostgreSQL."""

from datetime import UTC, datetime

from hub.pictures import look
from hub.store import plans
from tests.support.hub_store import Database
from tests.support.messages import SITE
from tests.support.pictures import png

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def draw(store: Database, area: str, data: bytes) -> None:
    store.do(lambda tx: plans.draw(tx, SITE, area, data, look(data), by="高橋", now=NOW))


def test_a_drawing_comes_back_as_it_was_and_a_new_one_takes_its_place(store: Database) -> None:
    draw(store, "east", png(64, 32))
    store.do(lambda tx: plans.place(tx, SITE, "east", {"c1": (0.25, 0.5)}))
    second = png(80, 40)
    draw(store, "east", second)
    found = store.do(lambda tx: plans.drawing(tx, SITE, "east"))
    assert found is not None
    assert (found.media, found.data) == ("image/png", second)
    plan = store.do(lambda tx: plans.all_plans(tx, SITE))["east"]
    assert (plan.width, plan.height, dict(plan.spots)) == (80, 40, {"c1": (0.25, 0.5)})
    assert plan.view()["drawing"].startswith("/plans/east/drawing?of=")


def test_a_counter_stands_on_one_drawing_only(store: Database) -> None:
    draw(store, "east", png())
    draw(store, "west", png())
    store.do(lambda tx: plans.place(tx, SITE, "east", {"c1": (0.1, 0.1), "c2": (0.2, 0.2)}))
    store.do(lambda tx: plans.place(tx, SITE, "west", {"c1": (0.9, 0.9)}))
    found = store.do(lambda tx: plans.all_plans(tx, SITE))
    assert {area: set(plan.spots) for area, plan in found.items()} == {"east": {"c2"}, "west": {"c1"}}


def test_what_is_taken_away_is_gone_and_another_site_sees_nothing(store: Database) -> None:
    draw(store, "east", png())
    assert store.do(lambda tx: plans.all_plans(tx, "elsewhere")) == {}
    assert store.do(lambda tx: plans.drawing(tx, "elsewhere", "east")) is None
    assert store.do(lambda tx: plans.remove(tx, SITE, "east"))
    assert not store.do(lambda tx: plans.remove(tx, SITE, "east"))
    assert store.do(lambda tx: plans.place(tx, SITE, "east", {"c1": (0.5, 0.5)})) is None
    assert store.do(lambda tx: plans.all_plans(tx, SITE)) == {}
