"""The hub's real application on a database of its own, without broker and units: people, counters in two
sections, and incidents that a test puts there. Requests go straight into it, or through a socket.
"""

import asyncio
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from hub.asking import Asking
from hub.clock import Now
from hub.fleet import Fleet
from hub.incidents import Act, Action, Outcome
from hub.live import Board
from hub.people import Person, Role, SignIn
from hub.responding import Responding
from hub.settings import Area, Counter, Office, Settings
from hub.store import journal, people
from hub.store.database import Store
from hub.store.record import Transaction
from hub.web import auth
from hub.web.app import create_app
from hub.web.services import Services
from tests.support.brokers import wait_until
from tests.support.hub_store import Database, arrived
from tests.support.messages import EVENT_EXAMPLES, SITE
from tools.demo.broker import free_port
from wire.messages.events import Bang, EventData, Panic, Shout

NOW = datetime(2026, 11, 22, 5, 20, tzinfo=UTC)
"""14:20 in Tokyo."""
PEOPLE = {
    "yamada": Person(1, "yamada", "山田 花子", Role.SUPERVISOR),
    "sato": Person(2, "sato", "佐藤 一郎", Role.SUPERVISOR),
    "mori": Person(3, "mori", "森 課長", Role.SUPERVISOR),
    "suzuki": Person(4, "suzuki", "鈴木 窓口", Role.STAFF, frozenset({"shimin"})),
    "tax": Person(5, "tax", "田中 税務", Role.SUPERVISOR, frozenset({"nozei"})),
    "kanri": Person(6, "kanri", "管理 太郎", Role.ADMIN),
    "kansa": Person(7, "kansa", "監査 次郎", Role.AUDITOR),
}
AREAS = [
    Area(
        id="shimin", name="市民課", name_en="Citizens' Affairs", building="本庁舎", floor="1階", floor_en="1F"
    ),
    Area(id="nozei", name="納税課", name_en="Tax Payment", building="第二庁舎", address="中町1-5-2"),
]
COUNTERS = [
    Counter(unit="c1", area="shimin", number="1番", number_en="No. 1", name="住民票", name_en="Residence"),
    Counter(unit="c2", area="nozei", number="5番", number_en="No. 5", name="納税相談", name_en="Taxes"),
]
OFFICE = Office(name="市役所", name_en="City Hall", address="中町1-5-1", telephone="042-464-1311")
SHOUT = next(e for e in EVENT_EXAMPLES if isinstance(e, Shout) and e.phase == "start")
BANG = next(data for data in EVENT_EXAMPLES if isinstance(data, Bang))


class _Clock:
    def now(self) -> Now:
        return Now(NOW, 1000.0)


class _Gate:
    """A cookie is a login; passwords are not what is tested here."""

    async def find(self, token: str) -> SignIn | None:
        person = PEOPLE.get(token)
        return SignIn(token, person, datetime.now(UTC) + timedelta(hours=1)) if person else None


class _Link:
    """A broker that takes everything."""

    def __init__(self) -> None:
        self.published: list[tuple[str, bytes]] = []

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        assert not retain
        self.published.append((topic, payload))
        return True


class RecordHub:
    """Use it as a context; ``get`` and ``post`` ask as somebody."""

    def __init__(self, folder: Path, *, counters: Sequence[Counter] = COUNTERS) -> None:
        url = f"sqlite:///{folder / 'hub.sqlite'}"
        self.database = Database(url)
        self.settings = Settings(
            site=SITE, state_dir=folder, areas=AREAS, counters=list(counters), office=OFFICE
        )
        self.house = self.settings.house()
        self.store = Store(url)
        self.link = _Link()
        self._sequence = 0
        self._runner = asyncio.Runner()
        for who in PEOPLE.values():
            self.database.do(
                lambda tx, p=who: people.give_one_time(  # type: ignore[misc]
                    tx, p.login, "x", name=p.name, role=p.role, now=NOW
                )
            )

    def __enter__(self) -> "RecordHub":
        self._runner.run(self.store.open())
        self.app = create_app(self._services())
        return self

    def __exit__(self, *_error: object) -> None:
        self.store.close()
        self._runner.close()
        self.database.engine.dispose()

    def _services(self) -> Services:
        nothing: Any = None
        board = Board(self.settings, Fleet([]), _Clock())
        self._board = board
        board.seq = self.database.do(journal.last_seq)
        gate: Any = _Gate()

        async def ready() -> bool:
            return True

        return Services(
            settings=self.settings,
            clock=_Clock(),
            board=board,
            responding=Responding(self.store, self.house, _Clock(), board.apply),
            gate=gate,
            store=self.store,
            notifying=nothing,
            house=self.house,
            keeping=nothing,
            asking=Asking(
                self.store, self.house, _Clock(), nothing, self.link, on_desired=lambda _units: None
            ),
            levels=nothing,
            drawings=nothing,
            supervision=nothing,
            metrics=nothing,
            ready=ready,
        )

    def happens(self, data: EventData, *, unit: str = "c1", ago_s: float = 600, late_s: float = 0) -> int:
        """An event, so long ago; number of the unit's newest incident."""
        self._sequence += 1
        at = NOW - timedelta(seconds=ago_s)
        event = arrived(self._sequence, data, unit=unit, received=at + timedelta(seconds=late_s), time=at)
        self.database.do(lambda tx: Transaction(tx, self.house, NOW).record([event]))
        return int(self.database.rows(f"SELECT max(id) FROM incident WHERE unit = '{unit}'")[0][0] or 0)

    def incident(self, unit: str = "c1", **words: Any) -> int:
        """A new one: two presses that came late, a shout and a bang. What was open there is closed."""
        closed = f"UPDATE incident SET state = 'closed' WHERE unit = '{unit}'"
        self.database.do(lambda tx: tx.exec_driver_sql(closed))
        self.happens(Panic(presses=2), unit=unit, late_s=40, **words)
        self.happens(SHOUT, unit=unit, ago_s=500)
        return self.happens(BANG, unit=unit, ago_s=480)

    def act(self, number: int, *actions: Action, login: str = "yamada") -> None:
        """What a supervisor does."""
        who = PEOPLE[login]
        for action in actions:
            outcome = Outcome.HARASSMENT if action is Action.CLOSE else None
            done = Act(action, who.name, who.login, outcome=outcome)
            self.database.do(lambda tx, d=done: Transaction(tx, self.house, NOW).act(number, d))  # type: ignore[misc]

    def ask(self, method: str, path: str, login: str | None = "yamada", **options: Any) -> httpx.Response:
        """One request, not followed further."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            cookies = {auth.COOKIE: login} if login else {}
            headers = {"accept": "text/html", "accept-language": "ja"} | options.pop("headers", {})
            async with httpx.AsyncClient(
                transport=transport, base_url="http://hub.test", cookies=cookies, headers=headers
            ) as client:
                return await client.request(method, path, **options)

        return self._runner.run(send())

    def get(self, path: str, login: str | None = "yamada", **options: Any) -> httpx.Response:
        """A page."""
        return self.ask("GET", path, login, **options)

    def post(self, path: str, login: str | None = "yamada", **form: Any) -> httpx.Response:
        """A form that is sent."""
        return self.ask("POST", path, login, data=form)


class ServedHub(RecordHub):
    """The same for a browser: it listens on loopback in a thread of its own."""

    def __enter__(self) -> "ServedHub":
        self.port = free_port()
        self._thread = threading.Thread(target=self._run, name="served hub")
        self._up = threading.Event()
        self._thread.start()
        wait_until(lambda: self._up.is_set() and self._server.started, "the hub listens")
        return self

    def _run(self) -> None:
        with self._runner:  # ended here: in the test's thread the browser's own loop is running
            self._runner.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self.store.open()
        self.app = create_app(self._services())
        self._server = uvicorn.Server(
            uvicorn.Config(self.app, "127.0.0.1", self.port, log_level="warning", timeout_graceful_shutdown=1)
        )
        self._up.set()
        await self._server.serve()

    def __exit__(self, *_error: object) -> None:
        self._loop.call_soon_threadsafe(self._board.close)
        self._server.should_exit = True
        self._thread.join(15)
        assert not self._thread.is_alive(), "the hub does not end"
        super().__exit__()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


__all__ = ["NOW", "PEOPLE", "RecordHub", "ServedHub"]
