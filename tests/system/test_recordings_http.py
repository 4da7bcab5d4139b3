"""Recordings over HTTP with a real hub process: what units send, who learns what, how fast it is there."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from hub.people import Role
from hub.web.api import ledger, recordings, sound
from hub.web.pages import ledger as ledger_page
from hub.web.pages import recordings as pages
from tests.support.recording_office import RecordingOffice, ago, recording_office
from tests.support.recordings import RecordingUnit

GENEROUS_S = 10.0
LISTENERS = (Role.SUPERVISOR, Role.AUDITOR)
BODIES = {
    "plays": {"reason": "確認のため"},
    "hold": {"reason": "係争中のため"},
    "release": {"reason": "解決したため"},
    "disclosures": {"recipient": "警察", "what": "写し", "basis": "照会"},
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecordingOffice]:
    with recording_office(tmp_path_factory.mktemp("recordings")) as running:
        yield running


@pytest.fixture(scope="module")
def recorded(office: RecordingOffice) -> RecordingUnit:
    """Half a minute, with a tone that everybody would notice."""
    unit = office.unit(ago(600, datetime.now(UTC)))
    office.put_all(unit.record(10), unit.record(10, 500), unit.record(9.5, 600, "staff"))
    return unit


def grant(client: httpx.Client, name: str) -> str:
    answer = client.post(f"/api/v1/recordings/{name}/plays", json={"reason": "事案の確認"})
    assert answer.status_code == 201
    return str(answer.json()["grant"])


def test_seeking_gives_the_bytes_of_the_whole(office: RecordingOffice, recorded: RecordingUnit) -> None:
    client = office.person("supervisor")
    address, query = (
        f"/api/v1/recordings/{recorded.recording}/audio.",
        {"grant": grant(client, recorded.recording)},
    )
    whole = client.get(address + "wav", params=query)
    assert (whole.status_code, whole.headers["accept-ranges"]) == (200, "bytes")
    assert whole.content[44:] == bytes(recorded.sound)
    for kind in ("wav", "opus"):
        all_of_it = client.get(address + kind, params=query).content
        part = client.get(address + kind, params=query, headers={"range": "bytes=50000-60000"})
        assert part.status_code == 206
        assert part.headers["content-range"] == f"bytes 50000-60000/{len(all_of_it)}"
        assert part.content == all_of_it[50_000:60_001]
        beyond = client.get(address + kind, params=query, headers={"range": "bytes=99999999-"})
        assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(all_of_it)}")
    assert client.get(address + "flac", params=query).content[:4] == b"fLaC"
    record = client.get(f"/api/v1/recordings/{recorded.recording}/segments/1", params=query)
    assert record.headers["content-type"] == "audio/flac"


def test_a_grant_ends_with_the_sign_in(office: RecordingOffice, recorded: RecordingUnit) -> None:
    with office.hub.client("leaving", "退職者", "supervisor") as client:
        token = grant(client, recorded.recording)
        address = f"/api/v1/recordings/{recorded.recording}/audio.wav"
        assert client.get(address, params={"grant": token}).status_code == 200
        client.post("/api/v1/sign-out").raise_for_status()
        assert client.get(address, params={"grant": token}).status_code == 401
    other = office.person("supervisor")
    assert other.get(address, params={"grant": token}).status_code == 403


def routes() -> list[tuple[str, str]]:
    """Every route about recordings, those of pages too; a new one is in this list by itself."""
    found = []
    for router in (recordings.router, sound.router, ledger.router, pages.router, ledger_page.router):
        for route in router.routes:
            path, methods = str(getattr(route, "path", "")), getattr(route, "methods", None) or set()
            if path != "/notice":
                found += [(method, path) for method in sorted(methods) if method != "HEAD"]
    return sorted(set(found))


def filled(path: str, name: str) -> str:
    values = {"recording": name, "index": "0", "number": "1", "day": "2026-11-22"}
    return re.sub(r"\{(\w+)\}", lambda found: values[found[1]], path)


def test_there_are_routes_to_try() -> None:
    assert len(routes()) >= 20


@pytest.mark.parametrize("role", [*Role, None])
def test_without_a_right_every_route_says_the_same_of_what_is_there_and_what_is_not(
    office: RecordingOffice, recorded: RecordingUnit, role: Role | None
) -> None:
    """No byte, no name, no length: the answers about a recording and about a guessed name are equal."""
    token = grant(office.person("supervisor"), recorded.recording)
    client = (
        office.person(role.value) if role is not None else httpx.Client(base_url=office.hub.url, timeout=20)
    )
    for method, path in routes():
        reads_ledger = path.startswith(("/api/v1/ledger", "/ledger"))
        if role in LISTENERS and not (reads_ledger and role is not Role.AUDITOR):
            continue
        body = BODIES.get(path.rsplit("/", 1)[-1]) if method == "POST" else None
        answers = []
        for name in (recorded.recording, "0" * 32):
            query = {"grant": token} if "audio" in path or "segments" in path else {}
            answers.append(client.request(method, filled(path, name), json=body, params=query))
        told, guessed = answers
        assert told.status_code in ((401, 303) if role is None else (403,)), (method, path)
        assert told.status_code == guessed.status_code
        # A page repeats the address that was asked for in its links to other languages, and nothing else.
        said = told.content.replace(recorded.recording.encode(), b"0" * 32)
        assert said == guessed.content, (method, path)
        assert b"seconds" not in said, (method, path)
        assert b"29.5" not in said, (method, path)
    if role is None:
        client.close()


def test_with_the_right_a_guessed_name_is_simply_not_there(office: RecordingOffice) -> None:
    client = office.person("supervisor")
    for method, path in routes():
        if "{recording}" not in path:
            continue
        body = BODIES.get(path.rsplit("/", 1)[-1]) if method == "POST" else None
        answer = client.request(method, filled(path, "0" * 32), json=body, params={"grant": "x"})
        assert answer.status_code == 404, (method, path)


def test_other_pages_and_lists_do_not_mention_recordings_to_those_without_a_right(
    office: RecordingOffice, recorded: RecordingUnit
) -> None:
    for role in ("staff", "admin"):
        client = office.person(role)
        for path in ("/", "/api/v1/live", "/notice"):
            assert recorded.recording not in client.get(path).text
        assert "/recordings" not in client.get("/").text
        assert "/ledger" not in client.get("/").text
    assert "recording" not in httpx.get(f"{office.hub.url}/metrics").text.lower()


def test_what_is_refused_is_answered_as_the_contract_says(office: RecordingOffice) -> None:
    unit = office.unit(ago(300, datetime.now(UTC)))
    first, second = unit.record(1), unit.record(1)
    assert office.put(second).json() == {"error": "gap", "next": 0}
    flipped = bytearray(first.body)
    flipped[-1] ^= 1
    assert office.put(first, bytes(flipped)).status_code == 422
    flipped = bytearray(first.body)
    flipped[flipped.index(b'"uptime":1') + 10] ^= 1
    assert office.put(first, bytes(flipped)).status_code == 403
    assert office.put(first, b"\n".join([first.body, bytes(5_000_000)])).status_code == 413
    assert httpx.put(office.hub.url + second.path, content=first.body).status_code == 403
    office.put_all(first, second)
    acts = office.person("auditor").get("/api/v1/ledger", params={"limit": 20}).json()["lines"]
    assert {"gap", "altered", "bad-signature", "wrong-recording"} <= {
        line["reason"] for line in acts if line["act"] == "refused"
    }
    assert all(line["whole"] for line in acts)


def test_a_folder_that_cannot_be_written_keeps_nobody_from_trying_again(
    office: RecordingOffice, tmp_path: Path
) -> None:
    unit = office.unit(ago(60, datetime.now(UTC)))
    sent = unit.record(1)
    folder = office.hub.state / "recordings"
    aside = tmp_path / "aside"
    folder.rename(aside)
    folder.write_text("in the way")
    try:
        assert office.put(sent).status_code == 503
    finally:
        folder.unlink()
        aside.rename(folder)
    assert office.put(sent).status_code == 200
