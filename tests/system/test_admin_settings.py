"""The house is changed by pages of a hub that goes on running."""

import re
import subprocess
import sys
import tomllib
from typing import Any

import httpx
import pytest

from tests.support.admin import changed, filled, one_time_password, seen, sent, signed_in
from tests.support.brokers import wait_until
from tests.support.hostile_texts import HTML
from tests.support.hub import ROOT, RunningHub
from tests.support.hub_api import over, pressed
from tests.support.hub_peers import Sender

FIRST = {"order-0": "1", "name-0": "係長", "name_en-0": "Leader", "seconds-0": "30"}


def tier_of(page: httpx.Client, number: int) -> dict[str, Any]:
    found: dict[str, Any] = page.get(f"/api/v1/incidents/{number}").json()["tier"]
    return found


def test_a_changed_ladder_rules_the_next_alarm(
    admin: httpx.Client, supervisor: httpx.Client, desk: Sender
) -> None:
    number = pressed(supervisor, desk)
    assert tier_of(supervisor, number)["name_en"] == "Team leader"
    over(supervisor, number)
    answer = changed(admin, "/settings/ladders/default", **{"name-0": "守衛", "name_en-0": "Guard"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings/ladders?said=saved")
    assert "Guard" in seen(admin, "/settings/ladders?said=saved")
    number = pressed(supervisor, desk)
    assert tier_of(supervisor, number)["name_en"] == "Guard"
    over(supervisor, number)


def test_a_ladder_for_one_area_is_tried_and_removed(
    admin: httpx.Client, supervisor: httpx.Client, desk: Sender
) -> None:
    form = {"name": "desk-only", "for": "alarm", "areas": "desk", "arrive_within_s": "60"}
    night = {"order-1": "1", "name-1": "宿直", "name_en-1": "Night duty", "seconds-1": "20"}
    assert sent(admin, "/settings/ladders/add", form | FIRST | {"order-0": "2"} | night).status_code == 303
    number = pressed(supervisor, desk)
    assert tier_of(supervisor, number)["name_en"] == "Night duty", "the order is that of the numbers"
    over(supervisor, number)
    assert sent(admin, "/settings/areas/desk/remove", {}).status_code == 422
    assert admin.post("/settings/ladders/desk-only/remove").status_code == 303
    assert "desk-only" not in seen(admin, "/settings/ladders")


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ({"name": "Big Name", "for": "alarm"} | FIRST, "Small letters, digits and hyphens"),
        ({"name": "default", "for": "alarm"} | FIRST, "This name is reserved."),
        ({"name": "x"} | FIRST, "Please choose at least one."),
        ({"name": "x", "for": "alarm"}, "A ladder needs at least one tier."),
        ({"name": "x", "for": "alarm"} | FIRST | {"seconds-0": "0"}, "A number from 1 to 3600, please."),
        ({"name": "x", "for": "alarm"} | FIRST | {"seconds-0": "nan"}, "A number from 1 to 3600, please."),
        ({"name": "x", "for": "alarm"} | FIRST | {"name_en-0": ""}, "Please fill this in."),
        (
            {"name": "x", "for": "alarm"} | FIRST | {"call-0": "group:heads"},
            "Nobody of this ladder can be reached",
        ),
        ({"name": "troubles", "for": "alarm"} | FIRST, "There is one of that name already."),
    ],
)
def test_a_ladder_that_cannot_be_is_refused_in_words_and_what_was_typed_stays(
    admin: httpx.Client, form: dict[str, str], fault: str
) -> None:
    before = seen(admin, "/settings/ladders")
    answer = sent(admin, "/settings/ladders/add", {"arrive_within_s": "77", **form})
    assert answer.status_code == 422
    assert fault in answer.text
    assert 'value="77"' in answer.text
    assert seen(admin, "/settings/ladders") == before


def test_areas_and_counters_appear_and_go_without_a_restart(
    admin: httpx.Client, supervisor: httpx.Client
) -> None:
    assert (
        sent(admin, "/settings/areas/add", {"id": "nozei", "name": "納税課", "name_en": "Tax"}).status_code
        == 303
    )
    counter = {
        "unit": "c7",
        "area": "nozei",
        "number": "7番",
        "number_en": "No. 7",
        "name": "相談",
        "name_en": "Advice",
    }
    assert sent(admin, "/settings/counters/add", counter).status_code == 303

    def shown() -> list[dict[str, Any]]:
        counters: list[dict[str, Any]] = supervisor.get("/api/v1/live").json()["counters"]
        return [one for one in counters if one["unit"] == "c7"]

    assert [(one["area"], one["name_en"], one["link"]) for one in shown()] == [("nozei", "Advice", "never")]
    assert "Tax" in seen(supervisor, "/")
    assert sent(admin, "/settings/areas/nozei/remove", {}).status_code == 422, "a counter stands there"
    assert changed(admin, "/settings/counters/c7", name_en="Tax advice").status_code == 303
    assert shown()[0]["name_en"] == "Tax advice"
    assert admin.post("/settings/counters/c7/move", data={"by": "-1"}).status_code == 303
    assert admin.post("/settings/counters/c7/remove").status_code == 303
    assert shown() == [], "nothing was ever known of it but its place"
    assert sent(admin, "/settings/areas/nozei/remove", {}).status_code == 303


def test_who_saves_second_is_told_and_overwrites_nothing(admin: httpx.Client) -> None:
    mine = filled(admin, "/settings/counters/c2")
    assert changed(admin, "/settings/counters/c2", name="先").status_code == 303
    answer = sent(admin, "/settings/counters/c2", mine | {"name": ["後"]})
    assert answer.status_code == 422
    assert "Somebody has changed this meanwhile" in answer.text
    assert "後" in answer.text, "what was typed is kept"
    assert filled(admin, "/settings/counters/c2")["name"] == ["先"]


@pytest.mark.parametrize("text", HTML)
def test_names_are_text_on_every_page(admin: httpx.Client, supervisor: httpx.Client, text: str) -> None:
    assert changed(admin, "/settings/counters/c2", name=text, name_en=text).status_code == 303
    for page, path in (
        (admin, "/settings/counters"),
        (admin, "/units"),
        (supervisor, "/"),
        (admin, "/audit"),
    ):
        body = page.get(path).text
        assert "<b class=owned>" not in body
        assert "<script>document" not in body
        assert "<svg onload" not in body
        assert "<img src=x" not in body
    assert filled(admin, "/settings/counters/c2")["name"] == [text], "nothing of it is lost either"


def test_limits_are_signed_sent_and_shown_with_the_units_answer(admin: httpx.Client, desk: Sender) -> None:
    typed = {"limit_s": "20", "warn_s": "25", "grace_s": "", "extend_s": ""}
    refused = sent(admin, "/settings/limits/c1", typed)
    assert (refused.status_code, "At most the time limit" in refused.text) == (422, True)
    assert sent(admin, "/settings/limits/c1", typed | {"warn_s": "5"}).status_code == 303
    wait_until(
        lambda: (c := desk.configuration()) and c.settings == {"limit_s": 1200.0, "warn_s": 300.0},
        "it is told",
    )
    assert "not yet reported" in seen(admin, "/settings/limits")
    assert sent(admin, "/settings/limits/c1", typed | {"warn_s": "", "whole_area": "1"}).status_code == 303
    text = seen(admin, "/audit?what=limits-changed")
    assert text.count("Limits changed") >= 4, "one line for each unit, and the choice in the form"


def test_a_person_from_being_added_to_being_disabled(office: RunningHub, admin: httpx.Client) -> None:
    password = one_time_password(admin, "tanaka", "田中", "supervisor", areas="desk")
    assert password not in seen(admin, "/settings/people/tanaka"), "shown once"
    assert (
        "There is one of that name"
        in sent(admin, "/settings/people/add", {"login": "Tanaka", "name": "x", "role": "staff"}).text
    )
    with signed_in(office.url, "tanaka", password) as tanaka:
        assert "no password of your own yet" in seen(tanaka, "/account")
        own = "a word of one's own"
        bad = sent(tanaka, "/account/password", {"fresh": own, "again": "another"})
        assert (bad.status_code, "This is not the same as above." in bad.text) == (422, True)
        assert sent(tanaka, "/account/password", {"fresh": own, "again": own}).status_code == 303
        wrong = sent(tanaka, "/account/password", {"password": "guess", "fresh": own, "again": own})
        assert (wrong.status_code, "This is not your password." in wrong.text) == (422, True)
        with signed_in(office.url, "tanaka", own) as elsewhere:
            end = re.search(r'action="(/account/sign-ins/\w+/end)"', tanaka.get("/account").text)
            assert end is not None
            assert tanaka.post(end[1]).status_code == 303
            assert elsewhere.get("/api/v1/me").status_code == 401
        choices = sent(tanaka, "/account/choices", {"language": "en", "sound": "low"})
        assert "lang=en" in choices.headers["set-cookie"]
        assert filled(tanaka, "/account", "/account/choices") == {"language": ["en"], "sound": ["low"]}
        assert admin.post("/settings/people/tanaka/disable").status_code == 303
        assert tanaka.get("/api/v1/me").status_code == 401
    assert (
        httpx.post(f"{office.url}/api/v1/sign-in", json={"login": "tanaka", "password": own}).status_code
        == 401
    )
    assert admin.post("/settings/people/tanaka/enable").status_code == 303
    signed_in(office.url, "tanaka", own).close()


def test_an_administrator_cannot_lock_everybody_out(admin: httpx.Client) -> None:
    assert admin.post("/settings/people/admin/disable").status_code == 422
    answer = changed(admin, "/settings/people/admin", role="staff")
    assert (answer.status_code, "At least one administrator is needed." in answer.text) == (422, True)


def test_how_somebody_is_called_comes_before_a_ladder_that_calls_them(admin: httpx.Client) -> None:
    one_time_password(admin, "mori", "森", "supervisor")
    answer = sent(
        admin, "/settings/people/mori/call", {"language": "ja", "webhook": "", "mail": "mori@example.jp"}
    )
    assert (answer.status_code, "names no mail server" in answer.text) == (422, True)
    hours = {"language": "ja", "webhook": "", "days-0": ["mon", "fri"], "begin-0": "17:15", "end-0": "08:30"}
    assert "The end must be later" in sent(admin, "/settings/people/mori/call", hours).text
    hours |= {"begin-0": "08:30", "end-0": "17:15"}
    assert sent(admin, "/settings/people/mori/call", hours).status_code == 303
    assert filled(admin, "/settings/people/mori", "/settings/people/mori/call")["begin-0"] == ["08:30"]
    assert changed(admin, "/settings/groups/heads", members=["aoki", "mori"]).status_code == 303
    named = admin.post("/settings/people/mori/call/remove", headers={"accept-language": "en"})
    assert (named.status_code, "Named in: heads" in named.text) == (422, True)
    assert sent(admin, "/settings/groups/heads/remove", {}).status_code == 422, "a ladder calls it"
    away = {"begin": "2026-11-22T09:00", "until": "2026-11-21T09:00"}
    assert sent(admin, "/settings/people/mori/absences", away).status_code == 422
    assert (
        sent(admin, "/settings/people/mori/absences", away | {"until": "2090-01-01T09:00"}).status_code == 303
    )
    assert "Absent until" in seen(admin, "/settings/people")


def test_texts_of_the_site(admin: httpx.Client) -> None:
    assert (
        changed(
            admin, "/settings/texts", address="東京都西東京市南町5-6-13", after_en="Call 1101"
        ).status_code
        == 303
    )
    assert filled(admin, "/settings/texts")["address"] == ["東京都西東京市南町5-6-13"]
    assert changed(admin, "/settings/texts", address="x" * 201).status_code == 422


def test_the_audit_names_who_before_and_after(admin: httpx.Client) -> None:
    changed(admin, "/settings/areas/desk", name_en="Before")
    changed(admin, "/settings/areas/desk", name_en="After it")
    text = " ".join(seen(admin, "/audit?what=area-changed").split())
    assert re.search(r"管理 太郎 \(admin\).*Area changed desk Name in English Before → After it", text)
    assert "Nothing was done" in seen(admin, "/audit?login=nobody")
    assert "A date, please." in seen(admin, "/audit?since=yesterday")


def test_the_command_prints_the_house_and_takes_the_files(office: RunningHub, admin: httpx.Client) -> None:
    def ask(way: str) -> str:
        command = [sys.executable, "-m", "hub", "house", way, "--config", str(office.config)]
        return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout

    changed(admin, "/settings/areas/desk", name_en="By the page")
    assert tomllib.loads(ask("--export"))["areas"][0]["name_en"] == "By the page"
    ask("--import")
    wait_until(
        lambda: filled(admin, "/settings/areas/desk")["name_en"] == ["Citizens' Affairs"], "it is followed"
    )
