"""What can be asked and done about incidents: timeline, hand-over, merging, lists, CAP."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import httpx

from tests.support.brokers import wait_until
from tests.support.hub_api import does, over, pressed
from tests.support.hub_peers import Sender
from wire.messages.events import Panic


def test_an_incident_from_the_press_to_its_outcome(supervisor: httpx.Client, desk: Sender) -> None:
    number = pressed(supervisor, desk)
    assert does(supervisor, number, "acknowledge", note="向かいます").json()["helper"] == "山田 花子"
    assert does(supervisor, number, "hand-over", to="AOKI").json()["helper"] == "青木"
    assert does(supervisor, number, "hand-over", to="nobody").status_code == 422
    assert does(supervisor, number, "hand-over").status_code == 422
    assert does(supervisor, number, "snooze", seconds=60, note="電話中").json()["snoozed_until"] is not None
    assert does(supervisor, number, "snooze", seconds=601, note="電話中").status_code == 422
    assert does(supervisor, number, "arrive").json()["state"] == "responding"
    assert does(supervisor, number, "acknowledge").status_code == 409
    assert does(supervisor, number, "resolve").json()["state"] == "resolved"
    assert does(supervisor, number, "close").status_code == 422
    assert does(supervisor, number, "close", outcome="legitimate-complaint").json()["state"] == "closed"
    shown = supervisor.get(f"/api/v1/incidents/{number}").json()
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


def test_merged_and_split_by_a_person(supervisor: httpx.Client, desk: Sender) -> None:
    first = pressed(supervisor, desk)
    desk.send(Panic())
    wait_until(
        lambda: len(supervisor.get(f"/api/v1/incidents/{first}").json()["timeline"]) == 2, "both presses"
    )
    assert does(supervisor, first, "split", lines=[1]).status_code == 409, "somebody still waits"
    over(supervisor, first)
    lines = supervisor.get(f"/api/v1/incidents/{first}").json()["timeline"]
    both = does(supervisor, first, "split", lines=[lines[1]["id"]]).json()["incidents"]
    assert [incident["presses"] for incident in both] == [1, 1]
    apart = both[1]["id"]
    assert does(supervisor, apart, "merge", into=apart).status_code == 409
    merged = does(supervisor, apart, "merge", into=first).json()["incidents"]
    assert (merged[0]["state"], merged[0]["merged_into"]) == ("closed", first)
    told = supervisor.get(f"/api/v1/incidents/{first}").json()["timeline"]
    assert {line["incident"] for line in told} == {first, apart}, "what was merged is told there"
    assert does(supervisor, apart, "merge", into=99_999).status_code == 404


def test_the_list_is_searched_and_turned_page_by_page(supervisor: httpx.Client, desk: Sender) -> None:
    numbers = []
    for _ in range(3):
        numbers.append(pressed(supervisor, desk))
        over(supervisor, numbers[-1])
    first = supervisor.get("/api/v1/incidents", params={"limit": 2}).json()
    assert [incident["id"] for incident in first["incidents"]] == numbers[:0:-1]
    second = supervisor.get("/api/v1/incidents", params={"limit": 1, "before": first["next"]}).json()
    assert [incident["id"] for incident in second["incidents"]] == [numbers[0]]
    none = supervisor.get("/api/v1/incidents", params={"state": ["open", "responding"], "unit": "c1"}).json()
    assert none == {"incidents": [], "next": None}
    later = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
    assert supervisor.get("/api/v1/incidents", params={"since": later}).json()["incidents"] == []
    assert supervisor.get("/api/v1/incidents", params={"since": "yesterday"}).status_code == 422


CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
ORDER = {
    "alert": "identifier sender sent status msgType scope restriction info",
    "info": "language category event responseType urgency severity certainty onset headline description "
    "parameter area",
    "area": "areaDesc geocode",
}
"""Elements in the order in which the schema of CAP 1.2 wants them."""


def test_an_alarm_as_a_cap_message(supervisor: httpx.Client, desk: Sender) -> None:
    number = pressed(supervisor, desk)
    answer = supervisor.get(f"/api/v1/incidents/{number}/cap")
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
    over(supervisor, number)
    ended = ElementTree.fromstring(supervisor.get(f"/api/v1/incidents/{number}/cap").content)  # noqa: S314
    assert ended.findtext(f"{CAP}msgType") == "Cancel"
    names = [alert.findtext(f"{CAP}{name}") for name in ("sender", "identifier", "sent")]
    assert ended.findtext(f"{CAP}references") == ",".join(str(name) for name in names)
    assert ended.findtext(f"{CAP}identifier") != alert.findtext(f"{CAP}identifier")
    assert supervisor.get("/api/v1/incidents/99999/cap").status_code == 404
