"""What can be asked of units: commands, configurations, drills; troubles, people who are away, metrics."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from hub.notifiers.lane import STATES
from hub.signing import load_signer, verify
from tests.support.brokers import wait_until
from tests.support.hub import SITE, RunningHub
from tests.support.hub_api import over, pressed
from tests.support.hub_peers import Sender, health
from wire.messages import Reported
from wire.messages.events import CommandAnswered

KEY_FILE = "configuration-key.pem"


def test_a_command_is_asked_and_answered(supervisor: httpx.Client, admin: httpx.Client, desk: Sender) -> None:
    asked = supervisor.post(
        "/api/v1/units/c1/commands", json={"name": "identify", "arguments": {"seconds": 5.0}}
    )
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    wait_until(lambda: [c for c in desk.commands() if c.id == asked.json()["id"]], "the unit is asked")
    (command,) = [c for c in desk.commands() if c.id == asked.json()["id"]]
    assert (command.name, command.arguments) == ("identify", {"seconds": 5.0})
    assert timedelta(0) < command.expires - datetime.now(UTC) <= timedelta(seconds=30)
    desk.send(CommandAnswered(command=command.id, name="identify", done=False, why="the alarm light is on"))

    def answered() -> bool:
        found = supervisor.get(f"/api/v1/commands/{command.id}").json()
        return (found["state"], found["why"]) == ("refused", "the alarm light is on")

    wait_until(answered, "the answer is known")
    assert supervisor.get("/api/v1/units/c1").json()["commands"][0]["id"] == command.id
    assert supervisor.post("/api/v1/units/c1/commands", json={"name": "explode"}).status_code == 422
    assert supervisor.post("/api/v1/units/zz/commands", json={"name": "identify"}).status_code == 404
    assert supervisor.post("/api/v1/units/c1/commands", json={"name": "restart"}).status_code == 403
    assert admin.post("/api/v1/units/c1/commands", json={"name": "restart"}).status_code == 202


def test_a_configuration_is_signed_versioned_and_its_refusal_shown(
    office: RunningHub, supervisor: httpx.Client, admin: httpx.Client, desk: Sender
) -> None:
    settings = {"limit_s": 1200.0, "warn_s": 120.0}
    assert supervisor.put("/api/v1/units/c1/configuration", json={"settings": settings}).status_code == 403
    assert admin.put("/api/v1/units/c1/configuration", json={"settings": {"limit_s": -1}}).status_code == 422
    versions = admin.put("/api/v1/units/c1/configuration", json={"settings": settings}).json()["versions"]
    wait_until(lambda: (c := desk.configuration()) and c.version == versions["c1"], "the unit is told")
    told = desk.configuration()
    assert told is not None
    assert told.settings == settings
    key = load_signer(office.state / KEY_FILE).public_key
    assert verify(key, SITE, "c1", told)
    assert not verify(key, SITE, "c2", told), "signed for one unit, it is none for another"
    assert not verify(key, SITE, "c1", told.model_copy(update={"settings": settings | {"limit_s": 1201.0}}))
    assert (office.state / KEY_FILE).stat().st_mode & 0o777 == 0o600
    desk.say(Reported(version=told.version, applied=False, why="no key"))

    def shown() -> bool:
        (counter,) = [c for c in supervisor.get("/api/v1/live").json()["counters"] if c["unit"] == "c1"]
        return bool(counter["configuration"]) and counter["configuration"]["why"] == "no key"

    wait_until(shown, "the refusal is shown")
    wait_until(lambda: ("c1", "configuration") in troubles(supervisor), "it is a trouble")
    desk.say(Reported(version=told.version, applied=True))
    again = admin.put("/api/v1/areas/desk/configuration", json={"settings": {}}).json()["versions"]
    assert again == {"c1": versions["c1"] + 1, "c2": 1}


def troubles(supervisor: httpx.Client) -> dict[tuple[str, str], dict[str, Any]]:
    found = supervisor.get("/api/v1/troubles").json()["troubles"]
    return {(trouble["unit"], trouble["part"]): trouble for trouble in found}


def test_a_trouble_is_shown_acknowledged_and_muted(supervisor: httpx.Client, desk: Sender) -> None:
    desk.say(health(faults=["disk-space"]))
    wait_until(lambda: ("c1", "disk-space") in troubles(supervisor), "the fault is a trouble")
    trouble = troubles(supervisor)[("c1", "disk-space")]
    assert (trouble["state"], trouble["present"], trouble["calling"]) == ("open", True, True)
    work = {"unit": "c1", "until": (datetime.now(UTC) + timedelta(hours=1)).isoformat(), "why": "配線工事"}
    planned = supervisor.post("/api/v1/maintenance", json=work)
    assert planned.status_code == 201
    assert troubles(supervisor)[("c1", "disk-space")]["muted_until"] == planned.json()["until"]
    assert [w["id"] for w in supervisor.get("/api/v1/maintenance").json()["maintenance"]] == [
        planned.json()["id"]
    ]
    ended = f"/api/v1/maintenance/{planned.json()['id']}/end"
    assert [supervisor.post(ended).status_code for _ in range(2)] == [204, 404]
    acknowledge = f"/api/v1/troubles/{trouble['id']}/acknowledge"
    assert supervisor.post(acknowledge).json()["acknowledged_by"] == "山田 花子"
    assert supervisor.post(acknowledge).status_code == 409
    forever = work | {"until": (datetime.now(UTC) + timedelta(days=40)).isoformat()}
    assert supervisor.post("/api/v1/maintenance", json=forever).status_code == 422
    desk.say(health())


def test_a_drill_with_its_proof(supervisor: httpx.Client, desk: Sender) -> None:
    drill = supervisor.post("/api/v1/drills", json={"area": "desk", "seconds": 300}).json()
    assert drill["state"] == "running"
    wait_until(lambda: [c for c in desk.commands() if c.name == "drill"], "the unit is told of it")
    number = pressed(supervisor, desk, drill=True)
    assert supervisor.get(f"/api/v1/incidents/{number}").json()["severity"] == "drill"
    proof = supervisor.get(f"/api/v1/drills/{drill['id']}").json()
    assert [(press["unit"], press["button"]) for press in proof["presses"]] == [("c1", "panic")]
    assert (proof["units"], proof["missing"]) == (["c1", "c2"], ["c2"])
    assert proof["presses"][0]["after_s"] >= 0
    again = pressed(supervisor, desk, drill=True)
    assert (again, supervisor.get(f"/api/v1/incidents/{again}").json()["severity"]) == (number, "alarm")
    over(supervisor, number)
    ended = supervisor.post(f"/api/v1/drills/{drill['id']}/end")
    assert ended.json()["state"] == "over"
    wait_until(lambda: desk.commands()[-1].arguments == {"seconds": 0.0}, "the unit is told of the end")
    assert supervisor.post(f"/api/v1/drills/{drill['id']}/end").status_code == 404
    assert supervisor.post("/api/v1/drills", json={"area": "nowhere"}).status_code == 422
    wait_until(lambda: supervisor.get("/api/v1/buttons").json()["buttons"], "the button counts as tested")
    (button,) = supervisor.get("/api/v1/buttons").json()["buttons"]
    assert (button["unit"], button["button"]) == ("c1", "panic")


def test_who_is_away_is_not_there_to_be_called(office: RunningHub, supervisor: httpx.Client) -> None:
    def there() -> dict[str, bool]:
        (ladder,) = [
            x for x in supervisor.get("/api/v1/ladders").json()["ladders"] if x["name"] == "troubles"
        ]
        return {person["login"]: person["there"] for person in ladder["tiers"][0]["people"]}

    assert there() == {"aoki": True, "baba": True}
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    away = supervisor.post("/api/v1/absences", json={"login": "aoki", "until": until})
    assert away.status_code == 201
    assert there() == {"aoki": False, "baba": True}
    with office.client("baba", "馬場", "staff") as other:
        assert other.post("/api/v1/absences", json={"login": "aoki", "until": until}).status_code == 403
        assert other.delete(f"/api/v1/absences/{away.json()['id']}").status_code == 403
        mine = other.post("/api/v1/absences", json={"until": until})
        assert (mine.status_code, mine.json()["login"]) == (201, "baba")
        assert other.get("/api/v1/incidents").status_code == 403
    assert there() == {"aoki": False, "baba": False}
    for number in (away.json()["id"], mine.json()["id"]):
        assert supervisor.delete(f"/api/v1/absences/{number}").status_code == 204
    assert supervisor.delete("/api/v1/absences/99999").status_code == 404
    assert there() == {"aoki": True, "baba": True}


def test_a_ladder_whose_people_have_no_address_is_a_trouble(supervisor: httpx.Client) -> None:
    wait_until(lambda: ("troubles", "ladder") in troubles(supervisor), "nobody of it can be reached")
    assert "nobody who could ever be reached" in troubles(supervisor)[("troubles", "ladder")]["detail"]


def test_numbers_for_prometheus_name_nobody(
    office: RunningHub, supervisor: httpx.Client, desk: Sender
) -> None:
    number = pressed(supervisor, desk)
    answer = httpx.get(f"{office.url}/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    figures = dict(line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#"))
    assert float(figures["madomori_events_stored_total"]) >= 1
    assert {"madomori_oldest_unanswered_seconds", "madomori_troubles", "madomori_inbox_waiting"} <= set(
        figures
    )
    assert (
        float(figures['madomori_units{link="never"}']) + float(figures['madomori_units{link="online"}']) > 0
    )
    fares = [figures[f'madomori_notifiers{{channel="page",state="{state}"}}'] for state in STATES]
    assert sorted(map(float, fares)) == [0.0, 0.0, 0.0, 1.0]
    assert "山田" not in answer.text
    over(supervisor, number)


def test_what_the_api_can_be_asked_is_told_to_who_is_signed_in(
    office: RunningHub, supervisor: httpx.Client
) -> None:
    assert httpx.get(f"{office.url}/api/v1/openapi.json").status_code == 401
    document = supervisor.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.")
    assert {"/api/v1/incidents/{number}/{action}", "/api/v1/drills", "/metrics"} <= set(document["paths"])


def test_the_files_of_the_hub_are_its_own(office: RunningHub) -> None:
    assert not [file for file in office.state.iterdir() if file.name.startswith(f"{KEY_FILE}.")]
