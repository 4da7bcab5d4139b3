"""Units, drills, planned work, what was refused, and statistics: the pages of a hub to which units speak."""

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.support.admin import one_time_password, seen, sent, signed_in
from tests.support.brokers import wait_until
from tests.support.hub import SITE, RunningHub
from tests.support.hub_api import over, pressed
from tests.support.hub_peers import Sender, health
from wire.messages.events import CommandAnswered, Panic
from wire.topics import Channel, unit_topic

DRILL = {"whom": "unit:c1", "minutes": "10", "begin": "", "every_days": ""}


@pytest.fixture(scope="module")
def nozei(office: RunningHub, admin: httpx.Client) -> Iterator[httpx.Client]:
    """A supervisor who answers for another area than the one where c1 and c2 stand."""
    sent(admin, "/settings/areas/add", {"id": "nozei", "name": "納税課", "name_en": "Tax"})
    counter = {"number": "9番", "number_en": "No. 9", "name": "納税", "name_en": "Taxes"}
    sent(admin, "/settings/counters/add", counter | {"unit": "c9", "area": "nozei"})
    with signed_in(
        office.url, "ueda", one_time_password(admin, "ueda", "上田", "supervisor", "nozei")
    ) as page:
        yield page


def test_a_unit_shows_what_its_heartbeat_says(supervisor: httpx.Client, desk: Sender) -> None:
    desk.say(health(version="9.8.7", disk_free_mb=12345, faults=["microphone"]))
    wait_until(lambda: "9.8.7" in seen(supervisor, "/units"), "the heartbeat is shown")
    text = seen(supervisor, "/units/of/c1")
    assert "12,345 MB" in text
    wait_until(lambda: "Microphone" in seen(supervisor, "/units"), "the fault is shown")
    assert re.search(r"Something is wrong at \d of \d units", seen(supervisor, "/units"))


def test_a_unit_is_asked_and_its_answer_shown(
    supervisor: httpx.Client, admin: httpx.Client, desk: Sender
) -> None:
    assert sent(supervisor, "/units/of/c1/commands", {"name": "identify"}).status_code == 303
    wait_until(lambda: [c for c in desk.commands() if c.name == "identify"], "the unit is asked")
    command = next(c for c in desk.commands() if c.name == "identify")
    assert "Waiting for the unit" in seen(supervisor, "/units/of/c1")
    desk.send(CommandAnswered(command=command.id, name="identify", done=False, why="<b>no</b>"))
    wait_until(lambda: "&lt;b&gt;no&lt;/b&gt;" in supervisor.get("/units/of/c1").text, "the answer, as text")
    assert sent(supervisor, "/units/of/c1/commands", {"name": "restart"}).status_code == 403
    assert sent(admin, "/units/of/c1/commands", {"name": "restart"}).status_code == 303
    assert sent(admin, "/units/of/c1/commands", {"name": "explode"}).status_code == 403


def test_a_drill_proves_the_press(supervisor: httpx.Client, desk: Sender) -> None:
    answer = sent(supervisor, "/units/drills", DRILL)
    assert answer.status_code == 303
    path = answer.headers["location"].partition("?")[0]
    assert "0 of 1 counters have pressed." in seen(supervisor, path)
    desk.send(Panic(drill=True))
    wait_until(lambda: "1 of 1 counters have pressed." in seen(supervisor, path), "the press is proven")
    assert "Emergency button" in seen(supervisor, path)
    assert sent(supervisor, f"{path}/end", {}).status_code == 303
    assert "Over" in seen(supervisor, path)
    assert sent(supervisor, f"{path}/end", {}).status_code == 404


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"minutes": "0"}, "A number from 1 to"),
        ({"begin": "tomorrow"}, "A date and a time, please."),
        ({"begin": "2001-01-01T09:00"}, "A drill begins now or within a year"),
        ({"whom": "unit:nobody"}, "Please choose one of these."),
        ({"every_days": "9999"}, "A number from 1 to 366"),
    ],
)
def test_a_drill_that_cannot_be_is_refused(
    supervisor: httpx.Client, change: dict[str, str], fault: str
) -> None:
    answer = sent(supervisor, "/units/drills", DRILL | change)
    assert (answer.status_code, fault in answer.text) == (422, True)


def test_planned_work_has_an_end_and_is_ended(supervisor: httpx.Client) -> None:
    work = {"whom": "area:desk", "why": "配線", "begin": "", "until": ""}
    assert sent(supervisor, "/units/maintenance", work).status_code == 422
    assert sent(supervisor, "/units/maintenance", work | {"until": "2090-01-01T09:00"}).status_code == 422
    until = supervisor.get("/api/v1/live").json()["now"][:11].replace("T", "T23:59")
    tomorrow = supervisor.post("/api/v1/maintenance", json={"until": f"{until}:59Z", "why": "x"})
    assert tomorrow.status_code == 201
    assert "配線" not in seen(supervisor, "/units/maintenance")
    number = tomorrow.json()["id"]
    assert sent(supervisor, f"/units/maintenance/{number}/end", {}).status_code == 303
    assert sent(supervisor, f"/units/maintenance/{number}/end", {}).status_code == 404


def test_what_was_not_accepted_is_shown_as_text(supervisor: httpx.Client, desk: Sender) -> None:
    desk.peer.link.publish(unit_topic(SITE, "c1", Channel.EVENT), b"<script>alert(1)</script>\x00\xff")
    wait_until(lambda: "/event" in seen(supervisor, "/units/quarantine"), "it is shown")
    body = supervisor.get("/units/quarantine").text
    assert "<script>alert" not in body
    assert "3c 73 63 72" in body


def test_who_answers_for_one_area_sees_and_asks_only_its_units(
    nozei: httpx.Client, supervisor: httpx.Client
) -> None:
    text = seen(nozei, "/units")
    assert "Taxes" in text
    assert "c1" not in text
    assert nozei.get("/units/of/c1").status_code == 404
    assert sent(nozei, "/units/of/c1/commands", {"name": "identify"}).status_code == 404
    assert sent(nozei, "/units/drills", DRILL).status_code == 422, "c1 is no choice"
    assert sent(nozei, "/units/drills", DRILL | {"whom": ""}).status_code == 422, "neither is the whole site"
    other = sent(supervisor, "/units/drills", DRILL).headers["location"].partition("?")[0]
    assert nozei.get(other).status_code == 404
    assert sent(nozei, f"{other}/end", {}).status_code == 404
    assert sent(supervisor, f"{other}/end", {}).status_code == 303
    assert nozei.get("/statistics/report?year=2026").status_code == 403


def test_statistics_count_what_happened(supervisor: httpx.Client, nozei: httpx.Client, desk: Sender) -> None:
    before = _incidents(supervisor)
    over(supervisor, pressed(supervisor, desk))
    assert _incidents(supervisor) == before + 1
    assert _incidents(supervisor, "?area=desk") == before + 1
    assert _incidents(supervisor, "?area=nozei") == 0
    assert _incidents(nozei) == 0, "not of the areas that they answer for"
    assert _incidents(supervisor, "?from=2020-01&to=2020-12") == 0
    faulty = supervisor.get("/statistics?from=x&to=2020-12", headers={"accept-language": "en"})
    assert (faulty.status_code, "A month, please." in faulty.text) == (422, True)


def _incidents(page: httpx.Client, query: str = "") -> int:
    found = re.search(r"Incidents\s+(\d+)\s+Alarms", seen(page, f"/statistics{query}"))
    assert found is not None
    return int(found[1])


@pytest.mark.parametrize("year", ["2026", "令和8", "令和８年度", "R8", "reiwa 8"])
def test_the_report_is_asked_for_by_either_year_and_names_nobody(supervisor: httpx.Client, year: str) -> None:
    page = supervisor.get("/statistics/report", params={"year": year}, headers={"accept-language": "en"})
    assert page.status_code == 200
    main = page.text.partition("<main")[2]
    assert "office year 2026" in main
    assert "山田" not in main


@pytest.mark.parametrize("year", ["", "令和", "0", "99999", "2999", "1' OR 1=1", "2199"])
def test_a_year_without_numbers_has_no_report(supervisor: httpx.Client, year: str) -> None:
    assert supervisor.get("/statistics/report", params={"year": year}).status_code == 404
