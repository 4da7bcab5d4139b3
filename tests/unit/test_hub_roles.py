"""Every route says who may use it; what another site makes a browser send is refused."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from starlette.responses import PlainTextResponse
from starlette.staticfiles import StaticFiles

from hub.clock import SystemClock
from hub.fleet import Fleet
from hub.live import Board
from hub.people import Role
from hub.settings import Settings
from hub.store.errors import StoreUnavailable
from hub.web.app import UndeclaredRoute, create_app
from hub.web.auth import needs, public
from hub.web.guard import BODY_BYTES_MAX, POLICY
from hub.web.services import Extension, Services


def services(*extensions: Extension) -> Services:
    settings = Settings(site="city", state_dir=Path("unused"))
    clock = SystemClock()
    board = Board(settings, Fleet([]), clock)
    nothing: Any = None

    async def ready() -> bool:
        return False

    return Services(
        settings=settings,
        clock=clock,
        board=board,
        responding=nothing,
        gate=nothing,
        store=nothing,
        notifying=nothing,
        house=settings.house(),
        keeping=nothing,
        asking=nothing,
        levels=nothing,
        drawings=nothing,
        supervision=nothing,
        metrics=nothing,
        ready=ready,
        extensions=extensions,
    )


def extension(*, dependencies: list[Any]) -> Extension:
    router = APIRouter()

    @router.post("/counters/press", dependencies=dependencies)
    async def press() -> PlainTextResponse:
        return PlainTextResponse("pressed")

    return Extension("virtual", router)


def asked(app: FastAPI, method: str, path: str, **options: Any) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://hub.test") as client:
            return await client.request(method, path, **options)

    return asyncio.run(ask())


def test_the_hubs_own_routes_all_declare_who_may_use_them() -> None:
    create_app(services())


def test_a_route_that_declares_nothing_refuses_the_start() -> None:
    with pytest.raises(UndeclaredRoute, match="/counters/press must declare"):
        create_app(services(extension(dependencies=[])))


def test_a_route_hidden_in_a_router_of_a_router_refuses_the_start_too() -> None:
    outer = APIRouter()
    outer.include_router(extension(dependencies=[]).router, prefix="/deep")
    with pytest.raises(UndeclaredRoute, match="/deep/counters/press"):
        create_app(services(Extension("virtual", outer)))


def test_a_mount_in_an_extension_refuses_the_start(tmp_path: Path) -> None:
    router = APIRouter()
    router.mount("/files", StaticFiles(directory=tmp_path))
    with pytest.raises(UndeclaredRoute, match="/files"):
        create_app(services(Extension("virtual", router)))


def test_declaring_no_role_at_all_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="name at least one role"):
        needs()


def test_a_role_may_be_declared_for_a_whole_router() -> None:
    router = APIRouter(dependencies=[needs(Role.ADMIN)])

    @router.get("/inside")
    async def inside() -> PlainTextResponse:
        return PlainTextResponse("inside")

    app = create_app(services(Extension("virtual", router)))
    assert asked(app, "GET", "/inside").status_code == 303


def test_nobody_gets_in_without_signing_in() -> None:
    app = create_app(services())
    page = asked(app, "GET", "/?wall=1", headers={"accept": "text/html"})
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in?next=%2F%3Fwall%3D1")
    for method, path in (
        ("GET", "/api/v1/live"),
        ("GET", "/api/v1/live/stream"),
        ("POST", "/api/v1/incidents/1/acknowledge"),
    ):
        answer = asked(app, method, path)
        assert (answer.status_code, answer.json()) == (401, {"error": "sign-in"}), path


OPEN = extension(dependencies=[public])


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://hub.test"}, 200),
        ({"origin": "https://hub.test"}, 200),
        ({"sec-fetch-site": "same-origin", "origin": "http://hub.test"}, 200),
        ({"origin": "http://evil.test"}, 403),
        ({"origin": "http://hub.test.evil.test"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://hub.test"}, 403),
        ({"sec-fetch-site": "same-origin", "origin": "http://evil.test"}, 403),
    ],
)
def test_only_the_hubs_own_pages_may_send_something(headers: dict[str, str], status: int) -> None:
    answer = asked(create_app(services(OPEN)), "POST", "/counters/press", headers=headers)
    assert answer.status_code == status
    assert answer.text == "pressed" or answer.json() == {"error": "cross-site"}


def test_a_body_has_a_largest_size() -> None:
    app = create_app(services(OPEN))
    assert asked(app, "POST", "/counters/press", content=b"x" * 1000).status_code == 200
    assert asked(app, "POST", "/counters/press", content=b"x" * (BODY_BYTES_MAX + 1)).status_code == 413


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/sign-in", "/nowhere", "/api/v1/live"])
def test_every_answer_has_the_security_headers(path: str) -> None:
    answer = asked(create_app(services()), "GET", path)
    assert answer.headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY
    assert POLICY.startswith("default-src 'none'; ")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"


def test_a_refusal_has_them_too() -> None:
    answer = asked(create_app(services()), "POST", "/api/v1/sign-in", headers={"origin": "http://evil.test"})
    assert answer.status_code == 403
    assert answer.headers["content-security-policy"] == POLICY


def test_watchdogs_get_little_to_read() -> None:
    app = create_app(services())
    assert (asked(app, "GET", "/healthz").status_code, asked(app, "GET", "/healthz").text) == (200, "ok\n")
    assert (asked(app, "GET", "/readyz").status_code, asked(app, "GET", "/readyz").text) == (
        503,
        "not ready\n",
    )


def test_a_database_that_is_away_is_named_as_such() -> None:
    router = APIRouter()

    @router.get("/broken", dependencies=[public])
    async def broken() -> None:
        raise StoreUnavailable("disk is full")

    answer = asked(create_app(services(Extension("virtual", router))), "GET", "/broken")
    assert answer.status_code == 503
    assert "disk" not in answer.text
    api = asked(
        create_app(services(Extension("virtual", router))),
        "GET",
        "/broken",
        headers={"accept": "application/json"},
    )
    assert (api.status_code, api.json()) == (503, {"error": "store"})


def test_files_of_an_extension_are_served_under_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a{}")
    app = create_app(services(Extension("virtual", APIRouter(), static=tmp_path)))
    assert asked(app, "GET", "/static/virtual/a.css").text == "a{}"
    assert asked(app, "GET", "/static/virtual/../../app.py").status_code == 404


def test_files_are_asked_for_again_so_that_an_upgrade_reaches_every_browser() -> None:
    answer = asked(create_app(services()), "GET", "/static/live.js")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["etag"]


@pytest.mark.parametrize(
    ("language", "title"), [("ja", "ページが見つかりません"), ("en", "There is no such page")]
)
def test_a_page_that_is_not_there_says_so_in_the_readers_language(language: str, title: str) -> None:
    headers = {"accept": "text/html", "accept-language": language}
    answer = asked(create_app(services()), "GET", "/nowhere", headers=headers)
    assert answer.status_code == 404
    assert title in answer.text
    assert asked(create_app(services()), "GET", "/api/v1/nowhere").json() == {"error": "not-found"}
