"""A stand-in for the hub's core behind the real pages: states that a test puts there appear as if they had
happened. It speaks the interface of the pages: ``/api/v1/live``, its stream, and the three actions."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import Mock

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.staticfiles import StaticFiles

from hub.people import Person, Role, SignIn
from hub.settings import Area
from hub.settings import Counter as Registered
from hub.web import auth
from hub.web.app import STATIC
from hub.web.failures import add_failures
from hub.web.guard import Guard
from hub.web.pages import add_pages
from hub.web.services import Extension
from tests.support.brokers import wait_until
from tools.demo.broker import free_port

OPEN_SESAME = "one-time-password"
ANSWERED_AS = {"acknowledge": "acknowledged", "arrive": "responding", "resolve": "resolved"}
ALLOWED = {"acknowledge": {"open"}, "arrive": {"acknowledged"}, "resolve": {"acknowledged", "responding"}}
PEOPLE = {
    "yamada": Person(1, "yamada", "山田 花子", Role.SUPERVISOR),
    "sato": Person(2, "sato", "佐藤 一郎", Role.SUPERVISOR),
    "staff": Person(3, "staff", "鈴木", Role.STAFF),
}
AREAS = [
    Area(id="shimin", name="市民課", name_en="Citizens' Affairs"),
    Area(id="nozei", name="納税課", name_en="Tax Payment"),
]
NAMES = [
    ("住民票", "Residence records"),
    ("印鑑登録", "Seal registration"),
    ("戸籍", "Family register"),
    ("納税相談", "Tax consultation"),
]


def ago(seconds: float) -> str:
    """An instant of the API, ``seconds`` before now."""
    return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat(timespec="milliseconds")[:-6] + "Z"


def counter(n: int, **changes: Any) -> dict[str, Any]:
    """Counter number ``n``, well and free."""
    name, name_en = NAMES[(n - 1) % len(NAMES)]
    return {
        "unit": f"counter-{n}",
        "area": AREAS[0 if n <= 3 else 1].id,
        "number": f"{n}番",
        "number_en": f"No. {n}",
        "name": name,
        "name_en": name_en,
        "known": True,
        "link": "online",
        "since": ago(60),
        "seen": ago(1),
        "faults": [],
        "session": None,
    } | changes


def incident(number: int, unit: str, **changes: Any) -> dict[str, Any]:
    """An open alarm by the emergency button, just now."""
    return {
        "id": number,
        "unit": unit,
        "severity": "alarm",
        "kinds": ["panic"],
        "state": "open",
        "opened": ago(2),
        "last": ago(2),
        "presses": 1,
        "withdrawn": False,
        "late_s": 0.0,
        "acknowledged_by": None,
        "acknowledged_at": None,
        "tier": {"index": 0, "round": 1, "name": "係長", "name_en": "Team leader"},
        "level_dba": None,
        "calibrated": None,
        "last_event": f"{number:016x}-1",
    } | changes


class _Gate:
    """Signs everybody of ``PEOPLE`` in with one password."""

    async def sign_in(self, login: str, password: str, _address: str) -> auth.Entered:
        if login == "slow":
            raise auth.Throttled(17.2)
        if password != OPEN_SESAME or login not in PEOPLE:
            raise auth.WrongPassword
        return auth.Entered(login, PEOPLE[login])

    async def find(self, token: str) -> SignIn | None:
        person = PEOPLE.get(token)
        return SignIn(token, person, datetime.now(UTC) + timedelta(hours=1)) if person else None

    async def sign_out(self, token: str) -> None:
        """Nothing is kept."""


@dataclass
class FakeHub:
    """Start it, put counters and incidents, look at what the browser shows."""

    counters: list[dict[str, Any]] = field(default_factory=list)
    extensions: Sequence[Extension] = ()
    registered: Sequence[Registered] = ()
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self._counters = {shown["unit"]: shown for shown in self.counters}
        self._incidents: dict[int, dict[str, Any]] = {}
        self._quarantined = 0
        self._journal: list[bytes] = []
        self._streams: set[asyncio.Queue[bytes]] = set()
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "FakeHub":
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        app.state.services = Mock(
            settings=Mock(areas=AREAS, counters=list(self.registered)),
            clock=Mock(now=lambda: Mock(wall=datetime.now(UTC))),
            board=self,
            gate=_Gate(),
            extensions=self.extensions,
        )
        add_pages(app, app.state.services)
        self._add_api(app)
        for extension in self.extensions:
            app.include_router(extension.router)
            assert extension.static is not None
            app.mount(f"/static/{extension.name}", StaticFiles(directory=extension.static))
        app.mount("/static", StaticFiles(directory=STATIC))
        add_failures(app)
        app.add_middleware(Guard)
        config = uvicorn.Config(app, "127.0.0.1", self.port, log_level="warning", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="fake hub")
        self._thread.start()
        wait_until(lambda: self._server.started, "the stand-in listens")
        return self

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ending = asyncio.Event()
        for extension in self.extensions:
            await extension.start()
        serving = asyncio.create_task(self._server.serve())
        await self._ending.wait()
        self._server.should_exit = True
        for extension in self.extensions:
            await extension.stop()
        await serving

    def stop(self) -> None:
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._ending.set)
            self._thread.join(10)
            assert not self._thread.is_alive(), "the stand-in does not end"
            self._thread = None

    def put_counter(self, shown: dict[str, Any]) -> None:
        """A counter changed."""
        self._counters[shown["unit"]] = shown
        self._tell("counter", shown)

    def put(self, shown: dict[str, Any]) -> None:
        """An incident is new or changed."""
        self._incidents[shown["id"]] = shown
        self._tell("incident", shown)

    def change(self, number: int, **changes: Any) -> None:
        """An incident changed in these fields."""
        self.put(self._incidents[number] | changes)

    def quarantine(self, count: int) -> None:
        """So many messages were not accepted."""
        self._quarantined = count
        self._tell("quarantined", {"count": count})

    def state_of(self, number: int) -> str:
        return str(self._incidents[number]["state"])

    async def snapshot(self) -> dict[str, Any]:
        """The body of ``GET /api/v1/live``."""
        return {
            "seq": len(self._journal),
            "now": ago(0),
            "counters": list(self._counters.values()),
            "incidents": [i for i in self._incidents.values() if i["state"] not in ("resolved", "closed")],
            "quarantined": self._quarantined,
        }

    def _tell(self, event: str, data: dict[str, Any]) -> None:
        def tell() -> None:
            number = len(self._journal) + 1
            self._journal.append(f"event: {event}\nid: {number}\ndata: {json.dumps(data)}\n\n".encode())
            for stream in self._streams:
                stream.put_nowait(self._journal[-1])

        if self._thread is None:
            tell()
        else:
            self._loop.call_soon_threadsafe(tell)

    def _add_api(self, app: FastAPI) -> None:
        @app.get("/api/v1/live", dependencies=[auth.everybody])
        async def live() -> Response:
            return JSONResponse(await self.snapshot())

        @app.get("/api/v1/live/stream", dependencies=[auth.everybody])
        async def stream(since: int) -> Response:
            return StreamingResponse(self._told(since), media_type="text/event-stream")

        @app.post("/api/v1/incidents/{number}/{action}", dependencies=[auth.everybody])
        async def act(number: int, action: str, request: Request) -> Response:
            shown, person = self._incidents[number], request.state.sign_in.person
            if person.role is not Role.SUPERVISOR:
                return JSONResponse({"error": "role"}, 403)
            if shown["state"] not in ALLOWED[action]:
                by = shown["acknowledged_by"]
                return JSONResponse({"error": "already", "by": by, "state": shown["state"]}, 409)
            by = shown["acknowledged_by"] or person.name
            self.put(shown | {"state": ANSWERED_AS[action], "acknowledged_by": by, "acknowledged_at": ago(0)})
            return JSONResponse(self._incidents[number])

    async def _told(self, since: int) -> AsyncIterator[bytes]:
        mine: asyncio.Queue[bytes] = asyncio.Queue()
        for missed in self._journal[since:]:
            mine.put_nowait(missed)
        self._streams.add(mine)
        try:
            while not self._ending.is_set():
                try:
                    yield await asyncio.wait_for(mine.get(), 0.5)
                except TimeoutError:
                    alive = {"now": ago(0), "seq": len(self._journal)}
                    yield f"event: alive\ndata: {json.dumps(alive)}\n\n".encode()
        finally:
            self._streams.discard(mine)
