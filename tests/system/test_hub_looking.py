"""A real hub: floor plans, how loud it is where somebody looks, and who sees which area."""

import sqlite3
from datetime import UTC, datetime

import httpx

from tests.support.brokers import wait_until
from tests.support.hostile_texts import FILE_NAMES
from tests.support.hub import RunningHub
from tests.support.hub_api import does, over, pressed
from tests.support.hub_peers import Listener, Sender, health
from tests.support.pictures import png
from wire.codec import encode
from wire.messages import Level
from wire.topics import Channel

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def upload(page: httpx.Client, data: bytes, name: str = "plan.png") -> httpx.Response:
    files = {"drawing": (name, data, "image/png")}
    return page.post("/plans/desk/drawing", files=files, headers={"accept": "text/html"})


def limited_to(hub: RunningHub, login: str, areas: str) -> None:
    """What the administration pages do."""
    with sqlite3.connect(hub.state / "hub.sqlite", timeout=10) as store:
        store.execute("update person set areas = ? where login = ?", (areas, login))


def test_a_drawing_is_taken_placed_shown_and_outlives_the_hub(
    office: RunningHub, supervisor: httpx.Client, admin: httpx.Client
) -> None:
    with Listener(supervisor) as stream:
        assert upload(admin, png(64, 32)).headers["location"] == "/plans/desk?said=drawn"
        places = {"x-c1": "25", "y-c1": "50.5", "x-c2": "", "y-c2": ""}
        assert admin.post("/plans/desk/places", data=places).status_code == 303
        wait_until(lambda: len(stream.of("plan")) == 2, "the page is told")
        assert stream.of("plan")[-1]["spots"] == {"c1": [0.25, 0.505]}
    plan = supervisor.get("/api/v1/live").json()["plans"][0]
    picture = supervisor.get(plan["drawing"])
    assert picture.content == png(64, 32)
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert picture.headers["x-content-type-options"] == "nosniff"
    assert picture.headers["cache-control"] == "no-store"
    for name in FILE_NAMES:  # what a file is called is of no account
        assert upload(admin, png(64, 32), name).status_code == 303
    office.stop()
    office.start()
    assert supervisor.get("/api/v1/live").json()["plans"][0]["spots"] == {"c1": [0.25, 0.505]}


def test_what_is_no_picture_is_refused_and_nobody_else_may_draw(
    supervisor: httpx.Client, admin: httpx.Client
) -> None:
    refused = upload(admin, SVG)
    assert refused.status_code == 422
    assert "PNG・JPEG・WebPの画像ではありません" in refused.text
    assert upload(admin, b"").status_code == 422
    assert admin.post("/plans/desk/drawing").status_code == 422
    assert upload(supervisor, png()).status_code == 403
    assert supervisor.get("/plans").status_code == 403
    assert admin.get("/plans/nowhere").status_code == 404
    assert admin.get("/plans/..%2Fetc").status_code == 404
    assert admin.post("/plans/desk/places", data={"x-c1": "nan", "y-c1": "1"}).status_code == 422
    assert httpx.get(f"{admin.base_url}/plans/desk/drawing").status_code == 303


def test_how_loud_it_is_reaches_who_looks_and_the_unit_is_asked(
    supervisor: httpx.Client, desk: Sender
) -> None:
    def beat() -> None:
        desk.say(health(microphone="hearing", level_dba=51.04, background_dba=40.0))

    with supervisor.stream("GET", "/api/v1/live/stream?page=abcdef0123456789", timeout=20) as response:
        lines = response.iter_lines()
        next(lines)

        def look(units: list[str]) -> int:
            asked = {"page": "abcdef0123456789", "units": units, "close": units}
            return supervisor.put("/api/v1/live/looking", json=asked).status_code

        beat()
        wait_until(lambda: supervisor.get("/api/v1/units/c1").json()["link"] == "online", "it is heard")
        assert look(["c1", "c2", "nobody"]) == 204
        wait_until(lambda: any(c.name == "watch-level" for c in desk.commands()), "the unit is asked")
        said = Level(time=datetime.now(UTC), level_dba=77.7, background_dba=44.0, calibrated=True)
        desk.peer.link.publish(desk.topic(Channel.LEVEL), encode(said), qos=0)
        # Until the line comes; a stream that stays silent ends the test.
        for line in iter(lambda: next(lines), 'data: {"c1":[77.7,44.0]}'):
            assert line != "event: reset"
        assert look([]) == 204
    unknown = {"page": "0123456789abcdef", "units": ["c1"]}
    assert supervisor.put("/api/v1/live/looking", json=unknown).status_code == 404
    assert supervisor.put("/api/v1/live/looking", json={"page": "zz", "units": []}).status_code == 422


def test_who_answers_for_another_area_sees_and_does_nothing_here(
    office: RunningHub, supervisor: httpx.Client, desk: Sender
) -> None:
    number = pressed(supervisor, desk)
    with office.client("tanaka", "田中", "supervisor") as page:
        assert page.get("/api/v1/live").json()["incidents"][0]["id"] == number
        limited_to(office, "tanaka", '["elsewhere"]')
        shown = page.get("/api/v1/live").json()
        assert (shown["areas"], shown["counters"], shown["incidents"], shown["plans"]) == ({}, [], [], [])
        assert page.get("/api/v1/units").json() == {"units": []}
        assert page.get("/api/v1/incidents").json()["incidents"] == []
        assert page.get("/plans/desk/drawing").status_code == 404
        for address in (f"/api/v1/incidents/{number}", f"/api/v1/incidents/{number}/cap", "/api/v1/units/c1"):
            assert page.get(address).status_code == 404
        assert does(page, number, "acknowledge").status_code == 404
        asked = {"name": "identify", "arguments": {"seconds": 1.0}}
        assert page.post("/api/v1/units/c1/commands", json=asked).status_code == 404
        with Listener(page, since=0) as stream, Listener(supervisor) as other:
            over(supervisor, number)
            wait_until(lambda: other.of("incident"), "others are told")
            wait_until(lambda: len(stream.of("alive")) >= 3, "time passes")
            assert [kind for kind, _, _ in stream.told if kind in ("incident", "counter", "plan")] == []
        limited_to(office, "tanaka", '["desk"]')
        assert [one["unit"] for one in page.get("/api/v1/live").json()["counters"]] == ["c1", "c2"]


def test_the_page_can_be_installed_and_nothing_of_it_is_kept(supervisor: httpx.Client) -> None:
    told = supervisor.get("/manifest.webmanifest?lang=en")
    assert told.headers["content-type"] == "application/manifest+json"
    assert told.headers["cache-control"] == "no-store"
    manifest = told.json()
    assert (manifest["name"], manifest["display"], manifest["start_url"]) == ("Madomori", "standalone", "/")
    for icon in manifest["icons"]:
        assert supervisor.get(icon["src"]).headers["content-type"] == icon["type"]
    page = supervisor.get("/")
    assert page.headers["cache-control"] == "no-store"
    assert "serviceWorker" not in supervisor.get("/static/live.js").text
    script = supervisor.get("/static/live.js")
    assert (script.headers["content-encoding"], script.headers["cache-control"]) == ("gzip", "no-cache")
    again = supervisor.get("/static/live.js", headers={"if-none-match": script.headers["etag"]})
    assert again.status_code == 304
    plain = supervisor.get("/", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers


def test_a_page_that_is_not_there_says_so_to_people_and_programs(supervisor: httpx.Client) -> None:
    html = {"accept": "text/html"}
    assert "<h1" in supervisor.get("/nowhere", headers=html).text
    assert supervisor.get("/nowhere", headers={"accept": "application/json"}).json() == {"error": "not-found"}
    assert supervisor.get("/sign-out", headers=html).status_code == 404  # it only takes a form
    forbidden = supervisor.get("/plans", headers=html)
    assert "山田 花子" in forbidden.text
    assert supervisor.get("/plans/NOT%20A%20NAME", headers=html).status_code in (403, 422)
