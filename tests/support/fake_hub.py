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

from hub.people import Role, SignIn
from hub.settings import Counter as Registered
from hub.web import auth
from hub.web.app import STATIC
from hub.web.failures import add_failures
from hub.web.guard import Guard
from hub.web.live_state import live_state
from hub.web.packing import PackedFiles
from hub.web.pages import add_pages
from hub.web.services import Extension
from tests.support.brokers import wait_until
from tests.support.fake_drawings import FakeDrawings
from tests.support.shown import AREAS, PEOPLE, ZONE, ago, as_the_hub_would, counter, incident
from tools.demo.broker import free_port

__all__ = ["AREAS", "OPEN_SESAME", "PEOPLE", "FakeHub", "ago", "counter", "incident"]

OPEN_SESAME = "one-time-password"
ANSWERED_AS = {
    "acknowledge": "acknowledged",
    "arrive": "responding",
    "hand-over": "acknowledged",
    "snooze": "open",
    "resolve": "resolved",
}
ALLOWED = {
    "acknowledge": {"open"},
    "arrive": {"acknowledged"},
    "hand-over": {"acknowledged", "responding"},
    "snooze": {"open"},
    "resolve": {"acknowledged", "responding"},
}


def _more(body: dict[str, Any]) -> dict[str, Any]:
    """What a hand-over and a snooze change besides the state."""
    if "to" in body:
        return {"helper": PEOPLE[body["to"]].name}
    if "seconds" in body:
        return {"snoozed_until": ago(-body["seconds"])}
    return {}


class _Gate:
    """Signs everybody of ``PEOPLE`` in with one password."""

    async def sign_in(self, login: str, password: str, _address: str, _browser: str = "") -> auth.Entered:
        if login == "slow":
            raise auth.Throttled(17.2)
        if password != OPEN_SESAME or login not in PEOPLE:
            raise auth.WrongPassword
        return auth.Entered(login, PEOPLE[login])

    async def find(self, token: str) -> SignIn | None:
        person = PEOPLE.get(token)
        return SignIn(token, person, datetime.now(UTC) + timedelta(hours=1)) if person else None

    async def sign_out(self, token: str, _address: str = "") -> None:
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
        self.plans: dict[str, dict[str, Any]] = {}
        self.drawings = FakeDrawings(self._drawn)
        self.troubles: list[dict[str, Any]] = []
        self.told: list[dict[str, Any]] = []
        """Who was told of any incident."""
        self.asked: list[tuple[int, str, dict[str, Any]]] = []
        """Number, act and body of everything that a page did with an incident."""
        self.looked: list[dict[str, Any]] = []
        """What pages said that they look at."""
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "FakeHub":
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        app.state.services = Mock(
            settings=Mock(areas=AREAS, counters=list(self.registered), zone=ZONE, time_zone=ZONE.key),
            clock=Mock(now=lambda: Mock(wall=datetime.now(UTC))),
            board=self,
            drawings=self.drawings,
            gate=_Gate(),
            extensions=self.extensions,
        )
        add_pages(app, app.state.services)
        self._add_api(app)
        for extension in self.extensions:
            app.include_router(extension.router)
            assert extension.static is not None
            app.mount(f"/static/{extension.name}", StaticFiles(directory=extension.static))
        app.mount("/static", PackedFiles(STATIC))
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
        self.put(self._incidents[number] | as_the_hub_would(changes))

    def quarantine(self, count: int) -> None:
        """So many messages were not accepted."""
        self._quarantined = count
        self._tell("quarantined", {"count": count})

    def cut(self) -> None:
        """Every stream ends, as with a network that goes."""

        def cut() -> None:
            for stream in self._streams:
                stream.put_nowait(b"")

        self._loop.call_soon_threadsafe(cut)

    def state_of(self, number: int) -> str:
        return str(self._incidents[number]["state"])

    async def snapshot(self, _areas: object = None) -> dict[str, Any]:
        """What the board knows."""
        return {
            "plans": list(self.plans.values()),
            "seq": len(self._journal),
            "now": ago(0),
            "counters": list(self._counters.values()),
            "incidents": [i for i in self._incidents.values() if i["state"] not in ("resolved", "closed")],
            "quarantined": self._quarantined,
        }

    def _drawn(self, plan: dict[str, Any]) -> None:
        if plan["drawing"] is None:
            self.plans.pop(plan["area"], None)
        else:
            self.plans[plan["area"]] = plan
        self._tell("plan", plan)

    def put_troubles(self, *troubles: dict[str, Any]) -> None:
        """This is wrong with the equipment, and nothing else."""
        self.troubles = list(troubles)
        self._tell("trouble", {"unit": "hub"})

    def loud(self, levels: dict[str, list[float | None]]) -> None:
        """Units tell how loud it is."""
        frame = f"event: levels\ndata: {json.dumps(levels)}\n\n".encode()

        def tell() -> None:
            for stream in self._streams:
                stream.put_nowait(frame)

        self._loop.call_soon_threadsafe(tell)

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
        async def live(request: Request) -> Response:
            return JSONResponse(await live_state(app.state.services, request.state.sign_in.person))

        @app.get("/api/v1/troubles", dependencies=[auth.everybody])
        async def troubles() -> Response:
            return JSONResponse({"troubles": self.troubles})

        @app.get("/api/v1/helpers", dependencies=[auth.everybody])
        async def helpers() -> Response:
            return JSONResponse(
                {"helpers": [{"login": login, "name": who.name} for login, who in PEOPLE.items()]}
            )

        @app.put("/api/v1/live/looking", dependencies=[auth.everybody], status_code=204)
        async def looking(request: Request) -> Response:
            self.looked.append(await request.json())
            return Response(status_code=204)

        @app.get("/api/v1/incidents/{number}", dependencies=[auth.everybody])
        async def details(number: int) -> Response:
            return JSONResponse(self._incidents[number] | {"timeline": [], "told": self.told})

        @app.get("/api/v1/live/stream", dependencies=[auth.everybody])
        async def stream(since: int, page: str = "") -> Response:
            return StreamingResponse(self._told(since), media_type="text/event-stream")

        @app.post("/api/v1/incidents/{number}/{action}", dependencies=[auth.everybody])
        async def act(number: int, action: str, request: Request) -> Response:
            shown, person = self._incidents[number], request.state.sign_in.person
            body = json.loads(await request.body() or b"{}")
            self.asked.append((number, action, body))
            if person.role is not Role.SUPERVISOR:
                return JSONResponse({"error": "role"}, 403)
            if shown["state"] not in ALLOWED[action]:
                by = shown["acknowledged_by"]
                return JSONResponse({"error": "already", "by": by, "state": shown["state"]}, 409)
            by = shown["acknowledged_by"] or person.name
            self.change(
                number, state=ANSWERED_AS[action], acknowledged_by=by, acknowledged_at=ago(0), **_more(body)
            )
            return JSONResponse(self._incidents[number])

    async def _told(self, since: int) -> AsyncIterator[bytes]:
        mine: asyncio.Queue[bytes] = asyncio.Queue()
        for missed in self._journal[since:]:
            mine.put_nowait(missed)
        self._streams.add(mine)
        try:
            while not self._ending.is_set():
                try:
                    told = await asyncio.wait_for(mine.get(), 0.5)
                    if not told:
                        return
                    yield told
                except TimeoutError:
                    alive = {"now": ago(0), "seq": len(self._journal)}
                    yield f"event: alive\ndata: {json.dumps(alive)}\n\n".encode()
        finally:
            self._streams.discard(mine)
