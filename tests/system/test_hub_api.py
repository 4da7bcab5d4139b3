"""What pages and programs can ask a running hub: incidents, units, drills, people who are away, metrics."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from hub.signing import KEY_FILE, load_signer, verify
from tests.support.brokers import make_broker, wait_until
from tests.support.hub import SITE, RunningHub, write_config
from tests.support.hub_peers import Sender, health
from wire.messages import Reported
from wire.messages.events import CommandAnswered, Panic

PEOPLE = """
[[people]]
login = "aoki"
name = "青木"
[[people]]
login = "baba"
name = "馬場"
[[groups]]
id = "heads"
members = ["aoki", "baba"]
[[ladders]]
name = "troubles"
for = ["trouble"]
tiers = [{ name = "設備", name_en = "Facilities", seconds = 600, call = ["group:heads"] }]
"""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    folder = tmp_path_factory.mktemp("api")
    broker = make_broker("mosquitto", folder, ["c1", "c2"])
    hub = write_config(folder, broker, ["c1", "c2"], ladder_s=3600.0, database=None)
    hub.config.write_text(hub.config.read_text() + PEOPLE)
    try:
        yield hub.start()
        assert hub.stop() == 0
    finally:
        hub.kill()
        broker.stop()


@pytest.fixture(scope="module")
def page(hub: RunningHub) -> Iterator[httpx.Client]:
    with hub.client() as client:
        yield client


@pytest.fixture(scope="module")
def admin(hub: RunningHub) -> Iterator[httpx.Client]:
    with hub.client("admin", "管理 太郎", "admin") as client:
        yield client


@pytest.fixture(scope="module")
def unit(hub: RunningHub) -> Iterator[Sender]:
    sender = Sender(hub.broker, "c1").start()
    yield sender
    sender.stop()


def pressed(page: httpx.Client, unit: Sender, **words: Any) -> int:
    """A press at a counter where nothing is open; number of the incident."""
    event = unit.send(Panic(**words))
    found: list[dict[str, Any]] = []

    def shown() -> bool:
        found[:] = page.get("/api/v1/live").json()["incidents"]
        return any(incident["last_event"] == event.id for incident in found)

    wait_until(shown, "the incident is there")
    return next(int(i["id"]) for i in found if i["last_event"] == event.id)


def does(page: httpx.Client, number: int, action: str, **words: Any) -> httpx.Response:
    return page.post(f"/api/v1/incidents/{number}/{action}", json=words)


def over(page: httpx.Client, number: int) -> None:
    for action in ("acknowledge", "resolve"):
        does(page, number, action).raise_for_status()


def test_an_incident_from_the_press_to_its_outcome(page: httpx.Client, unit: Sender) -> None:
    number = pressed(page, unit)
    assert does(page, number, "acknowledge", note="向かいます").json()["helper"] == "山田 花子"
    assert does(page, number, "hand-over", to="AOKI").json()["helper"] == "青木"
    assert does(page, number, "hand-over", to="nobody").status_code == 422
    assert does(page, number, "hand-over").status_code == 422
    assert does(page, number, "snooze", seconds=60, note="電話中").json()["snoozed_until"] is not None
    assert does(page, number, "snooze", seconds=601, note="電話中").status_code == 422
    assert does(page, number, "arrive").json()["state"] == "responding"
    assert does(page, number, "acknowledge").status_code == 409
    assert does(page, number, "resolve").json()["state"] == "resolved"
    assert does(page, number, "close").status_code == 422
    assert does(page, number, "close", outcome="legitimate-complaint").json()["state"] == "closed"
    shown = page.get(f"/api/v1/incidents/{number}").json()
    assert (shown["outcome"], shown["merged_into"]) == ("legitimate-complaint", None)
    lines = [(line["what"], line["who"], line["actor"]) for line in shown["timeline"]]
    me = "person:yamada"
    assert lines == [
        ("panic", None, "unit:c1"),
        *(("acknowledge", "山田 花子", me), ("hand-over", "山田 花子", me), ("snooze", "山田 花子", me)),
        *(("arrive", "山田 花子", me), ("resolve", "山田 花子", me), ("close", "山田 花子", me)),
    ]
    assert shown["timeline"][1]["detail"] == {"note": "向かいます"}
    assert all(line["at"] <= line["recorded"] for line in shown["timeline"])


def test_merged_and_split_by_a_person(page: httpx.Client, unit: Sender) -> None:
    first = pressed(page, unit)
    unit.send(Panic())
    wait_until(lambda: len(page.get(f"/api/v1/incidents/{first}").json()["timeline"]) == 2, "both presses")
    assert does(page, first, "split", lines=[1]).status_code == 409, "somebody still waits"
    over(page, first)
    lines = page.get(f"/api/v1/incidents/{first}").json()["timeline"]
    both = does(page, first, "split", lines=[lines[1]["id"]]).json()["incidents"]
    assert [incident["presses"] for incident in both] == [1, 1]
    apart = both[1]["id"]
    assert does(page, apart, "merge", into=apart).status_code == 409
    merged = does(page, apart, "merge", into=first).json()["incidents"]
    assert (merged[0]["state"], merged[0]["merged_into"]) == ("closed", first)
    told = page.get(f"/api/v1/incidents/{first}").json()["timeline"]
    assert {line["incident"] for line in told} == {first, apart}, "what was merged is told there"
    assert does(page, apart, "merge", into=99_999).status_code == 404


def test_the_list_is_searched_and_turned_page_by_page(page: httpx.Client, unit: Sender) -> None:
    numbers = []
    for _ in range(3):
        numbers.append(pressed(page, unit))
        over(page, numbers[-1])
    first = page.get("/api/v1/incidents", params={"limit": 2}).json()
    assert [incident["id"] for incident in first["incidents"]] == numbers[:0:-1]
    second = page.get("/api/v1/incidents", params={"limit": 1, "before": first["next"]}).json()
    assert [incident["id"] for incident in second["incidents"]] == [numbers[0]]
    none = page.get("/api/v1/incidents", params={"state": ["open", "responding"], "unit": "c1"}).json()
    assert none == {"incidents": [], "next": None}
    later = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
    assert page.get("/api/v1/incidents", params={"since": later}).json()["incidents"] == []
    assert page.get("/api/v1/incidents", params={"since": "yesterday"}).status_code == 422


CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
ORDER = {
    "alert": "identifier sender sent status msgType scope restriction info",
    "info": "language category event responseType urgency severity certainty onset headline description "
    "parameter area",
    "area": "areaDesc geocode",
}
"""Elements in the order in which the schema of CAP 1.2 wants them."""


def test_an_alarm_as_a_cap_message(page: httpx.Client, unit: Sender) -> None:
    number = pressed(page, unit)
    answer = page.get(f"/api/v1/incidents/{number}/cap")
    assert answer.headers["content-type"] == "application/cap+xml"
    alert = ElementTree.fromstring(answer.content)  # noqa: S314 - our own
    for name, wanted in ORDER.items():
        for element in alert.iter(f"{CAP}{name}"):
            tags = list(dict.fromkeys(child.tag.removeprefix(CAP) for child in element))
            assert tags == wanted.split(), name
    infos = alert.findall(f"{CAP}info")
    assert [info.findtext(f"{CAP}language") for info in infos] == ["ja", "en-US"]
    assert alert.findtext(f"{CAP}msgType") == "Alert"
    assert infos[0].findtext(f"{CAP}headline") == "市民課 1番 窓口1 で警報"
    for time in (alert.findtext(f"{CAP}sent"), infos[0].findtext(f"{CAP}onset")):
        assert time is not None
        assert time.endswith("-00:00")
        datetime.fromisoformat(time)
    identifier = alert.findtext(f"{CAP}identifier") or ""
    assert not set(identifier) & set(" ,<&")
    over(page, number)
    ended = ElementTree.fromstring(page.get(f"/api/v1/incidents/{number}/cap").content)  # noqa: S314
    assert ended.findtext(f"{CAP}msgType") == "Cancel"
    names = [alert.findtext(f"{CAP}{name}") for name in ("sender", "identifier", "sent")]
    assert ended.findtext(f"{CAP}references") == ",".join(str(name) for name in names)
    assert ended.findtext(f"{CAP}identifier") != alert.findtext(f"{CAP}identifier")
    assert page.get("/api/v1/incidents/99999/cap").status_code == 404


def test_a_command_is_asked_and_answered(page: httpx.Client, admin: httpx.Client, unit: Sender) -> None:
    asked = page.post("/api/v1/units/c1/commands", json={"name": "identify", "arguments": {"seconds": 5.0}})
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    wait_until(lambda: [c for c in unit.commands() if c.id == asked.json()["id"]], "the unit is asked")
    (command,) = [c for c in unit.commands() if c.id == asked.json()["id"]]
    assert (command.name, command.arguments) == ("identify", {"seconds": 5.0})
    assert timedelta(0) < command.expires - datetime.now(UTC) <= timedelta(seconds=30)
    unit.send(CommandAnswered(command=command.id, name="identify", done=False, why="the alarm light is on"))

    def answered() -> bool:
        found = page.get(f"/api/v1/commands/{command.id}").json()
        return (found["state"], found["why"]) == ("refused", "the alarm light is on")

    wait_until(answered, "the answer is known")
    assert page.get("/api/v1/units/c1").json()["commands"][0]["id"] == command.id
    assert page.post("/api/v1/units/c1/commands", json={"name": "explode"}).status_code == 422
    assert page.post("/api/v1/units/zz/commands", json={"name": "identify"}).status_code == 404
    assert page.post("/api/v1/units/c1/commands", json={"name": "restart"}).status_code == 403
    assert admin.post("/api/v1/units/c1/commands", json={"name": "restart"}).status_code == 202


def test_a_configuration_is_signed_versioned_and_its_refusal_shown(
    hub: RunningHub, page: httpx.Client, admin: httpx.Client, unit: Sender
) -> None:
    settings = {"limit_s": 1200.0, "warn_s": 120.0}
    assert page.put("/api/v1/units/c1/configuration", json={"settings": settings}).status_code == 403
    assert admin.put("/api/v1/units/c1/configuration", json={"settings": {"limit_s": -1}}).status_code == 422
    versions = admin.put("/api/v1/units/c1/configuration", json={"settings": settings}).json()["versions"]
    wait_until(lambda: (c := unit.configuration()) and c.version == versions["c1"], "the unit is told")
    told = unit.configuration()
    assert told is not None
    assert told.settings == settings
    key = load_signer(hub.state).public_key
    assert verify(key, SITE, "c1", told)
    assert not verify(key, SITE, "c2", told), "signed for one unit, it is none for another"
    assert not verify(key, SITE, "c1", told.model_copy(update={"settings": settings | {"limit_s": 1201.0}}))
    assert (hub.state / KEY_FILE).stat().st_mode & 0o777 == 0o600
    unit.say(Reported(version=told.version, applied=False, why="no key"))

    def shown() -> bool:
        (counter,) = [c for c in page.get("/api/v1/live").json()["counters"] if c["unit"] == "c1"]
        return bool(counter["configuration"]) and counter["configuration"]["why"] == "no key"

    wait_until(shown, "the refusal is shown")
    wait_until(lambda: ("c1", "configuration") in troubles(page), "it is a trouble")
    unit.say(Reported(version=told.version, applied=True))
    again = admin.put("/api/v1/areas/desk/configuration", json={"settings": {}}).json()["versions"]
    assert again == {"c1": versions["c1"] + 1, "c2": 1}


def troubles(page: httpx.Client) -> dict[tuple[str, str], dict[str, Any]]:
    found = page.get("/api/v1/troubles").json()["troubles"]
    return {(trouble["unit"], trouble["part"]): trouble for trouble in found}


def test_a_trouble_is_shown_acknowledged_and_muted(page: httpx.Client, unit: Sender) -> None:
    unit.say(health(faults=["disk-space"]))
    wait_until(lambda: ("c1", "disk-space") in troubles(page), "the fault is a trouble")
    trouble = troubles(page)[("c1", "disk-space")]
    assert (trouble["state"], trouble["present"], trouble["calling"]) == ("open", True, True)
    work = {"unit": "c1", "until": (datetime.now(UTC) + timedelta(hours=1)).isoformat(), "why": "配線工事"}
    planned = page.post("/api/v1/maintenance", json=work)
    assert planned.status_code == 201
    assert troubles(page)[("c1", "disk-space")]["muted_until"] == planned.json()["until"]
    assert [w["id"] for w in page.get("/api/v1/maintenance").json()["maintenance"]] == [planned.json()["id"]]
    ended = f"/api/v1/maintenance/{planned.json()['id']}/end"
    assert [page.post(ended).status_code for _ in range(2)] == [204, 404]
    acknowledge = f"/api/v1/troubles/{trouble['id']}/acknowledge"
    assert page.post(acknowledge).json()["acknowledged_by"] == "山田 花子"
    assert page.post(acknowledge).status_code == 409
    forever = work | {"until": (datetime.now(UTC) + timedelta(days=40)).isoformat()}
    assert page.post("/api/v1/maintenance", json=forever).status_code == 422
    unit.say(health())


def test_a_drill_with_its_proof(page: httpx.Client, unit: Sender) -> None:
    drill = page.post("/api/v1/drills", json={"area": "desk", "seconds": 300}).json()
    assert drill["state"] == "running"
    wait_until(lambda: [c for c in unit.commands() if c.name == "drill"], "the unit is told of it")
    number = pressed(page, unit, drill=True)
    assert page.get(f"/api/v1/incidents/{number}").json()["severity"] == "drill"
    proof = page.get(f"/api/v1/drills/{drill['id']}").json()
    assert [(press["unit"], press["button"]) for press in proof["presses"]] == [("c1", "panic")]
    assert (proof["units"], proof["missing"]) == (["c1", "c2"], ["c2"])
    assert proof["presses"][0]["after_s"] >= 0
    again = pressed(page, unit, drill=True)
    assert (again, page.get(f"/api/v1/incidents/{again}").json()["severity"]) == (number, "alarm")
    over(page, number)
    ended = page.post(f"/api/v1/drills/{drill['id']}/end")
    assert ended.json()["state"] == "over"
    wait_until(lambda: unit.commands()[-1].arguments == {"seconds": 0.0}, "the unit is told of the end")
    assert page.post(f"/api/v1/drills/{drill['id']}/end").status_code == 404
    assert page.post("/api/v1/drills", json={"area": "nowhere"}).status_code == 422
    wait_until(lambda: page.get("/api/v1/buttons").json()["buttons"], "the button counts as tested")
    (button,) = page.get("/api/v1/buttons").json()["buttons"]
    assert (button["unit"], button["button"]) == ("c1", "panic")


def test_who_is_away_is_not_there_to_be_called(hub: RunningHub, page: httpx.Client) -> None:
    def there() -> dict[str, bool]:
        (ladder,) = [x for x in page.get("/api/v1/ladders").json()["ladders"] if x["name"] == "troubles"]
        return {person["login"]: person["there"] for person in ladder["tiers"][0]["people"]}

    assert there() == {"aoki": True, "baba": True}
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    away = page.post("/api/v1/absences", json={"login": "aoki", "until": until})
    assert away.status_code == 201
    assert there() == {"aoki": False, "baba": True}
    with hub.client("baba", "馬場", "staff") as other:
        assert other.post("/api/v1/absences", json={"login": "aoki", "until": until}).status_code == 403
        assert other.delete(f"/api/v1/absences/{away.json()['id']}").status_code == 403
        mine = other.post("/api/v1/absences", json={"until": until})
        assert (mine.status_code, mine.json()["login"]) == (201, "baba")
        assert other.get("/api/v1/incidents").status_code == 403
    assert there() == {"aoki": False, "baba": False}
    for number in (away.json()["id"], mine.json()["id"]):
        assert page.delete(f"/api/v1/absences/{number}").status_code == 204
    assert page.delete("/api/v1/absences/99999").status_code == 404
    assert there() == {"aoki": True, "baba": True}


def test_a_ladder_whose_people_have_no_address_is_a_trouble(page: httpx.Client) -> None:
    wait_until(lambda: ("troubles", "ladder") in troubles(page), "nobody of it can be reached")
    assert "nobody who could ever be reached" in troubles(page)[("troubles", "ladder")]["detail"]


def test_numbers_for_prometheus_name_nobody(hub: RunningHub, page: httpx.Client, unit: Sender) -> None:
    number = pressed(page, unit)
    answer = httpx.get(f"{hub.url}/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    figures = dict(line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#"))
    assert float(figures["madomori_events_stored_total"]) > 5
    assert {"madomori_oldest_unanswered_seconds", "madomori_troubles", "madomori_inbox_waiting"} <= set(
        figures
    )
    assert (
        float(figures['madomori_units{link="never"}']) + float(figures['madomori_units{link="online"}']) > 0
    )
    assert "山田" not in answer.text
    over(page, number)


def test_what_the_api_can_be_asked_is_told_to_who_is_signed_in(hub: RunningHub, page: httpx.Client) -> None:
    assert httpx.get(f"{hub.url}/api/v1/openapi.json").status_code == 401
    document = page.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.")
    assert {"/api/v1/incidents/{number}/{action}", "/api/v1/drills", "/metrics"} <= set(document["paths"])


def test_the_files_of_the_hub_are_its_own(hub: RunningHub) -> None:
    assert not [file for file in Path(hub.state).iterdir() if file.name.startswith(f"{KEY_FILE}.")]
