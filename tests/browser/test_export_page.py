"""An incident is taken away, in a browser without scripts and by the API; the file is verified."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from hub.people import Role
from tests.support.axe import no_violations
from tests.support.brokers import wait_until
from tests.support.browser import PATIENCE_MS, overflow
from tests.support.hub_peers import Sender
from tests.support.packages import Memory, files_of
from tests.support.recording_office import RecordingOffice, ago, recording_office
from wire.evidence import package as parts
from wire.evidence.keys import public_text
from wire.verifier.__main__ import main
from wire.verifier.findings import codes
from wire.verifier.package import Pins, check

ASKED = {"reason": "警察への相談のため", "basis": "刑事訴訟法第197条第2項"}
API = "/api/v1/incidents/1/exports"
HOSTILE = '#metadata("evil") <img src=x onerror="document.title=\'owned\'"> 髙﨑'


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecordingOffice]:
    """With one incident, and a recording of it."""
    with recording_office(tmp_path_factory.mktemp("export")) as running:
        unit = Sender(running.hub.broker).start()
        pressed = unit.send()
        wait_until(lambda: unit.covered(pressed.sequence), "the press is stored")
        unit.stop()
        recording = running.unit(ago(10, datetime.now(UTC)), why="panic")
        running.put_all(recording.record(10), recording.record(10, 600), recording.record(3, 500, "staff"))
        yield running


@pytest.fixture
def page(browser: Browser, office: RecordingOffice) -> Iterator[Page]:
    profile = browser.new_context(
        locale="ja-JP", viewport={"width": 1280, "height": 800}, java_script_enabled=False
    )
    profile.set_default_timeout(PATIENCE_MS)
    for name, value in office.person("supervisor").cookies.items():
        profile.add_cookies([{"name": name, "value": value, "url": office.hub.url}])
    yield profile.new_page()
    profile.close()


def test_the_form_gives_the_file_without_any_script(
    page: Page, office: RecordingOffice, tmp_path: Path
) -> None:
    page.goto(f"{office.hub.url}/incidents/1/export")
    expect(page.get_by_role("heading", level=1)).to_have_text("事案 1 を書き出す")
    expect(page.locator("table.recordings tbody tr")).to_have_count(1)
    for width in (375, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        assert overflow(page) <= 0
    page.locator("#reason").fill(HOSTILE)
    page.locator("#basis").fill(ASKED["basis"])
    page.locator("#recipient").fill("例署 生活安全課")
    with page.expect_download() as told:
        page.get_by_role("button", name="ZIPファイルを作成").click()
    file = tmp_path / told.value.suggested_filename
    told.value.save_as(file)
    assert file.name.startswith("madomori-city-1-")
    assert main([str(file), "--unit-key", f"c1={public_text(office.key)}"]) == 0
    page.goto(f"{office.hub.url}/disclosures")
    expect(page.locator("tbody tr").first).to_contain_text("例署 生活安全課")
    shown = page.locator("main").inner_text()
    assert ASKED["basis"] in shown


def test_axe_finds_nothing_and_the_page_says_that_the_file_is_being_made(
    browser: Browser, office: RecordingOffice
) -> None:
    profile = browser.new_context(locale="ja-JP")
    profile.set_default_timeout(PATIENCE_MS)
    for name, value in office.person("supervisor").cookies.items():
        profile.add_cookies([{"name": name, "value": value, "url": office.hub.url}])
    shown = profile.new_page()
    for language in ("ja", "en"):
        shown.goto(f"{office.hub.url}/incidents/1/export?lang={language}")
        no_violations(shown)
    shown.locator("#reason").fill("  x")
    shown.locator("#basis").fill("   ")
    shown.locator("form.fields button").click()
    expect(shown.locator("#reason-fault")).to_be_visible()
    no_violations(shown)
    shown.locator("#reason").fill(ASKED["reason"])
    shown.locator("#basis").fill(ASKED["basis"])
    making = shown.locator("#making")
    expect(making).to_be_hidden()
    with shown.expect_download():
        shown.locator("form.fields button").click()
        expect(making).to_be_visible()
        expect(shown.locator("form.fields button")).to_be_disabled()  # a second press would make another one
    no_violations(shown)
    profile.close()


def test_what_is_missing_is_said_at_its_field_and_what_was_written_stays(
    page: Page, office: RecordingOffice
) -> None:
    client = office.person("supervisor")
    answer = client.post("/incidents/1/export", data={"reason": HOSTILE, "basis": " "})
    assert answer.status_code == 422
    assert 'id="basis-fault"' in answer.text
    assert 'id="reason-fault"' not in answer.text
    assert "<img src=x" not in answer.text
    assert "髙﨑" in answer.text
    page.goto(f"{office.hub.url}/recordings")
    page.locator("table.recordings a").first.click()
    page.get_by_role("link", name="ZIPで書き出す").click()
    expect(page).to_have_url(f"{office.hub.url}/incidents/1/export")


def test_the_api_streams_a_package_that_holds(office: RecordingOffice) -> None:
    client = office.person("auditor")
    answer = client.post(API, json=ASKED)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip"), answer.text[:300]
    assert "content-length" not in answer.headers, "it is sent while it is made"
    files = files_of(answer.content)
    found = check(Memory(files), Pins(units={"c1": public_text(office.key)})).findings
    assert found.faults == []
    assert {"recording-good", "ledger-good", "unit-key-good"} <= codes(found)
    assert files[parts.REPORT].startswith(b"%PDF-1.7")
    given = ASKED | {"recipient": "例署"}
    assert client.post(API, json=given).status_code == 403, "an auditor discloses nothing"
    for bad in ({"reason": "x"}, ASKED | {"reason": "a\nb c"}, ASKED | {"more": 1}):
        assert client.post(API, json=bad).status_code == 422
    assert client.post("/api/v1/incidents/999/exports", json=ASKED).json() == {"error": "none"}
    lines = client.get("/api/v1/ledger", params={"subject": "incident/1"}).json()["lines"]
    assert (lines[0]["act"], lines[0]["name"], lines[0]["reason"]) == (
        "exported",
        "auditorの人",
        ASKED["reason"],
    )


@pytest.mark.parametrize("role", [Role.STAFF, Role.ADMIN, None])
def test_without_the_right_there_is_no_byte(office: RecordingOffice, role: Role | None) -> None:
    client = office.person(role.value) if role else httpx.Client(base_url=office.hub.url, timeout=20)
    for number in (1, 999):
        answer = client.post(f"/api/v1/incidents/{number}/exports", json=ASKED)
        assert (answer.status_code, answer.json()["error"]) == ((403, "role") if role else (401, "sign-in"))
        shown = client.get(f"/incidents/{number}/export")
        assert shown.status_code == (403 if role else 303)
        assert client.post(f"/incidents/{number}/export", data=ASKED).status_code == (403 if role else 401)
    if role is None:
        client.close()
