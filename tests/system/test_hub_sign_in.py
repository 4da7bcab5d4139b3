"""Signing in and out of a real hub."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.support.brokers import wait_until
from tests.support.hub import ROOT, RunningHub, start_hub
from tests.support.hub_peers import Listener
from tools.demo.broker import Broker


@pytest.fixture
def hub(tmp_path: Path, mosquitto: Broker) -> Iterator[RunningHub]:
    with start_hub(tmp_path, mosquitto) as running:
        yield running


def enter(hub: RunningHub, login: str, password: str) -> httpx.Response:
    return httpx.post(f"{hub.url}/api/v1/sign-in", json={"login": login, "password": password}, timeout=20)


def test_a_one_time_password_works_once_and_the_cookie_is_closed_to_scripts(hub: RunningHub) -> None:
    password = hub.one_time_password("demo", "山田 花子", "supervisor")
    first = enter(hub, "demo", password)
    assert (first.status_code, first.json()) == (200, {"name": "山田 花子", "role": "supervisor"})
    cookie = first.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "max-age=43200" in cookie
    assert "secure" not in cookie, "without https the browser would not send it back"
    again = enter(hub, "demo", password)
    assert (again.status_code, again.json()) == (401, {"error": "wrong"})
    stored = hub.query("select token_hash from sign_in")
    assert first.cookies["madomori"] not in str(stored), "the database has only hashes"


def test_of_many_at_once_with_one_password_one_gets_in(hub: RunningHub) -> None:
    password = hub.one_time_password("demo", "山田 花子", "supervisor")
    with ThreadPoolExecutor(4) as people:
        answers = list(people.map(lambda _: enter(hub, "demo", password).status_code, range(4)))
    assert sorted(answers) == [200, 401, 401, 401]


def test_guessing_is_slowed_down_and_the_seconds_are_told(hub: RunningHub) -> None:
    password = hub.one_time_password("demo", "山田 花子", "supervisor")
    answers = [enter(hub, "demo", f"guess {n}") for n in range(8)]
    assert [a.status_code for a in answers[:5]] == [401] * 5
    slowed = next(a for a in answers if a.status_code == 429)
    assert slowed.json()["error"] == "throttled"
    assert int(slowed.headers["retry-after"]) == slowed.json()["wait_s"] >= 1
    other = hub.one_time_password("other", "鈴木", "staff")
    assert enter(hub, "other", other).status_code == 200, "another person is not slowed down"
    wait_until(
        lambda: enter(hub, "demo", password).status_code == 200, "after the wait the right one works", 60
    )


def test_an_unknown_login_is_answered_like_a_wrong_password(hub: RunningHub) -> None:
    answer = enter(hub, "nobody", "anything")
    assert (answer.status_code, answer.json()) == (401, {"error": "wrong"})
    assert enter(hub, "x" * 300, "y" * 399).status_code == 401
    assert enter(hub, "x" * 500, "y").status_code == 422


def test_signing_out_ends_the_cookie_and_the_open_stream(hub: RunningHub) -> None:
    with hub.client() as page, Listener(page) as stream:
        assert page.get("/api/v1/me").json() == {
            "login": "yamada",
            "name": "山田 花子",
            "role": "supervisor",
        }
        cookies = dict(page.cookies)
        assert page.post("/api/v1/sign-out").status_code == 204
        wait_until(stream.ended.is_set, "the stream ends")
        assert httpx.get(f"{hub.url}/api/v1/live", cookies=cookies, timeout=20).status_code == 401


def test_a_password_of_ones_own_ends_the_other_sign_ins(hub: RunningHub) -> None:
    with hub.client() as mine, hub.client() as elsewhere:
        assert mine.post("/api/v1/me/password", json={"password": "short"}).status_code == 422
        assert elsewhere.get("/api/v1/me").status_code == 200
        assert mine.post("/api/v1/me/password", json={"password": "a good long one"}).status_code == 204
        assert mine.get("/api/v1/me").status_code == 200
        assert elsewhere.get("/api/v1/me").status_code == 401
    for _ in range(2):
        assert enter(hub, "Yamada", "a good long one").status_code == 200


def test_another_site_cannot_make_a_signed_in_browser_do_anything(hub: RunningHub) -> None:
    with hub.client() as page:
        for headers in ({"origin": "http://evil.test"}, {"sec-fetch-site": "cross-site"}):
            for path in ("/api/v1/sign-out", "/api/v1/incidents/1/acknowledge", "/api/v1/sign-in"):
                answer = page.post(path, headers=headers)
                assert (answer.status_code, answer.json()) == (403, {"error": "cross-site"})
        own = page.post("/api/v1/incidents/1/acknowledge", headers={"origin": hub.url})
        assert own.status_code == 404


def test_the_command_says_what_is_missing(hub: RunningHub) -> None:
    def ask(*words: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "hub", "one-time-password", "--config", str(hub.config)]
        done = subprocess.run([*command, *words], capture_output=True, text=True, check=False, cwd=ROOT)
        return done.returncode, done.stderr

    code, told = ask("--login", "nobody")
    assert code == 2
    assert "give --name and --role" in told
    code, told = ask("--login", "x", "--name", "y", "--role", "boss")
    assert code == 2
    assert "staff, supervisor, admin, auditor; given: 'boss'" in told
