"""The hub, wired: starts every part, and stops them in order."""

import asyncio
import signal
import socket
from collections.abc import Iterable, Sequence
from datetime import timedelta

import structlog
import uvloop

from hub import interpreter
from hub.announce import Announcer
from hub.asking import Asking
from hub.certificates import Certificates
from hub.clock import SystemClock
from hub.drawing import Drawings
from hub.fleet import Fleet
from hub.following import Following
from hub.gather import Gather
from hub.heard import Heard
from hub.home_assistant import discoveries
from hub.housekeeping import Housekeeping
from hub.inbox import Inbox
from hub.levels import Levels
from hub.live import Board
from hub.metrics import Metrics
from hub.notifiers.notifying import Notifying
from hub.own_health import OwnHealth
from hub.recordings.parts import Recordings, no_recordings
from hub.responding import Responding
from hub.running import Readiness, Running
from hub.setting_types import BadSettings
from hub.settings import Settings
from hub.signing import load_signer
from hub.store import events, incidents, journal, quarantine, sessions
from hub.store.database import Store
from hub.store.errors import StoreError
from hub.store.settle import Changes
from hub.supervision import Supervision
from hub.watch import Watch
from hub.web.app import create_app
from hub.web.auth import Gate
from hub.web.export.wiring import exporting_of
from hub.web.server import PortTaken, Server, listen
from hub.web.services import Extension, Services
from wire.link import Link
from wire.messages import Health, Status
from wire.topics import hub_subscriptions

_log = structlog.get_logger()

STOP_WITHIN_S = 4.0
GAPS_MATTER = timedelta(days=7)
"""Events that are missing in a stream which has not grown for longer will not come any more."""


class CannotStart(Exception):
    """Something the hub needs is not there; the message says what."""


def run(settings: Settings, extensions: Sequence[Extension] = ()) -> None:
    """Run until SIGTERM or SIGINT. Raises ``CannotStart``, ``BadSettings``, or what made a part fail."""
    interpreter.settle()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_Hub(settings, extensions).run())


class _Hub:
    def __init__(self, settings: Settings, extensions: Sequence[Extension]) -> None:
        self._settings = settings
        self._extensions = extensions
        self._running = Running()
        self._away = ""

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._running.stopping.set)
        try:
            listener = listen(self._settings.web)
        except PortTaken as error:
            raise CannotStart(str(error)) from error
        store = Store(self._settings.database_url)
        try:
            await store.open()
            self._keeping = Housekeeping(store, self._settings, SystemClock())
            self._settings = await self._keeping.load()
            self._wire(store)
            await self._load()
        except StoreError as error:
            raise CannotStart(str(error)) from error
        await self._serve(listener)

    def _wire(self, store: Store) -> None:
        settings, clock = self._settings, SystemClock()
        self._store, self._clock = store, clock
        self._house = settings.house()
        self._fleet = Fleet(counter.unit for counter in settings.counters)
        self._board = Board(settings, self._fleet, clock)
        self._announcer = Announcer(settings, store, self._board, clock)
        self._watch = Watch(store, self._house, self._board, clock, self._announcer.committed)
        self._levels = Levels(settings.site, self._board, clock)
        self._drawings = Drawings(store, settings.site, self._board, clock)
        self._inbox = Inbox(
            store,
            self._house,
            clock,
            Heard(
                foretell=self._board.foretell,
                unsay=self._board.unsay,
                announce=self._stored,
                status=self._status,
                health=self._health,
                reported=self._watch.reported,
                level=self._levels.heard,
                quarantined=self._board.quarantined,
            ),
        )
        loop = asyncio.get_running_loop()
        self._link = Link(
            settings.link(),
            subscriptions=hub_subscriptions(settings.site),
            on_delivery=self._inbox.deliver,
            on_connection=lambda up, why: loop.call_soon_threadsafe(self._connection, up, why),
        )
        self._announcer.use(self._link)
        self._back: Gather[str] = Gather(lambda units: self._running.tell(self._announcer.receipts_of(units)))
        self._levels.use(self._link)
        self._notifying = Notifying(
            settings, store, clock, self._link, self._board.publish, own=lambda: self._house.texts
        )
        self._asking = Asking(
            store, self._house, clock, load_signer(settings.key_file), self._link, on_desired=self._desired
        )
        wanted = settings.recordings
        self._recordings = Recordings(settings, wanted, store, clock) if wanted else None
        self._own = OwnHealth(
            clock,
            recordings=self._recordings.troubles if self._recordings is not None else no_recordings,
            gaps=self._watch.gaps,
            flooding=self._inbox.flood.flooding,
            desired=lambda: self._asking.desired,
            units=lambda: self._fleet,
            lanes=self._notifying.lanes,
            certificates=Certificates(settings.certificates).seen,
            instance=settings.instance,
            folder=settings.state_dir,
        )
        self._supervision = Supervision(
            store, self._house, self._board, clock, self._own.look, shared=settings.shared_database
        )
        self._gate = Gate(settings.site, store, clock, self._board.end_sign_in)
        self._services = Services(
            settings=settings,
            clock=clock,
            board=self._board,
            responding=Responding(store, self._house, clock, self._announcer.committed),
            gate=self._gate,
            store=store,
            notifying=self._notifying,
            asking=self._asking,
            levels=self._levels,
            drawings=self._drawings,
            supervision=self._supervision,
            house=self._house,
            recordings=self._recordings,
            exporting=exporting_of(lambda: self._settings, self._house, self._recordings, store, clock),
            keeping=self._keeping,
            metrics=Metrics(
                store,
                self._house,
                self._board,
                clock,
                inflow=self._inbox.figures,
                lanes=self._notifying.lanes,
            ),
            ready=Readiness(store, clock, lambda: self._link.connected and not self._inbox.trouble),
            extensions=self._extensions,
        )
        self._keeping.tell(self._changed)

    def _changed(self, settings: Settings) -> None:
        """Another house rules."""
        self._settings = self._services.settings = settings
        self._house.change(settings.house())
        self._fleet.register(counter.unit for counter in settings.counters)
        self._board.know(settings)
        self._announcer.know(settings)
        self._announcer.discover(discoveries(settings, self._house))
        if self._recordings is not None:
            self._recordings.know(settings)
        self._watch.changed(unit.name for unit in self._fleet)
        self._running.tell(self._watch.wake_all())
        _log.info("house_changed", version=self._keeping.version)

    async def _load(self) -> None:
        """Go on where the last run ended."""
        site, now = self._settings.site, self._clock.now()
        read = self._store.read
        seq = await read(journal.last_seq)
        standing = await read(lambda tx: incidents.unresolved(tx, site))
        running = await read(lambda tx: sessions.running(tx, site))
        refused = await read(quarantine.count)
        heard = await read(lambda tx: events.last_heard(tx, site))
        self._board.load(seq, standing, running, refused)
        self._fleet.remember(heard.items(), now)
        self._watch.remember_gaps(await read(lambda tx: events.open_gaps(tx, site, now.wall - GAPS_MATTER)))
        await self._asking.load()
        await self._drawings.load()
        await self._supervision.load()
        self._desired(self._asking.desired)
        await self._watch.wake_all()

    def _stored(self, changes: Changes) -> None:
        self._announcer.committed(changes)
        self._watch.committed(changes)
        self._supervision.committed(changes)

    def _desired(self, units: Iterable[str]) -> None:
        """Units shall run another configuration."""
        for unit in units:
            self._board.desired[unit] = self._asking.desired[unit].version
            self._watch.changed([unit])

    def _health(self, unit: str, health: Health) -> None:
        self._watch.health(unit, health)
        self._levels.beat(unit, health)

    def _status(self, unit: str, status: Status, retained: bool) -> None:
        self._watch.status(unit, status)
        # What the broker had retained comes with our own connection, which tells every unit anyway.
        if status.online and not retained:
            self._back.add([unit])

    def _connection(self, connected: bool, why: str) -> None:
        self._own.connection(connected)
        if connected:
            _log.info("broker_connected")
            self._running.tell(self._announcer.tell_again())
            self._running.tell(self._asking.tell_again())
            self._announcer.discover(discoveries(self._settings, self._house))
        elif why != self._away and not self._running.stopping.is_set():
            _log.warning("broker_away", why=why)
        self._away = why

    async def _serve(self, listener: socket.socket) -> None:
        server = Server(create_app(self._services))
        for extension in self._extensions:
            await extension.start()
        watch = self._watch
        watch.changed(unit.name for unit in self._fleet)
        for work in (
            watch.tell_counters(),
            watch.keep_ticking(),
            watch.stay_alive(),
            watch.tidy(),
            self._levels.keep_telling(),
            self._asking.keep_looking(),
            self._supervision.keep_looking(),
            self._keeping.keep_following(),
        ):
            self._running.spawn(work)
        if self._settings.shared_database:
            following = Following(self._store, self._settings.site, self._board, self._announcer)
            self._running.spawn(following.keep_following())
        for work in self._recordings.work() if self._recordings is not None else ():
            self._running.spawn(work)
        self._link.start()
        self._running.spawn(self._notifying.run())
        web = self._running.spawn(server.serve(sockets=[listener]))
        await self._running.stopping.wait()
        _log.info("hub_stopping")
        await self._stop(server, web)
        if self._running.failure is not None:
            raise self._running.failure
        _log.info("hub_stopped")

    async def _stop(self, server: Server, web: asyncio.Task[None]) -> None:
        """Pages first, since they hold connections, and what tells people outside beside them; then the way
        in, the link, and the store last."""
        async with asyncio.timeout(STOP_WITHIN_S):
            for extension in self._extensions:
                await extension.stop()
            telling = asyncio.get_running_loop().create_task(self._notifying.close())
            server.should_exit = True
            self._board.close()
            await self._inbox.close()
            self._announcer.flush()
            await asyncio.wait([web], timeout=2.0)
            await telling
            await asyncio.get_running_loop().run_in_executor(None, self._link.stop)
            await self._running.end()
        self._gate.close()
        if self._recordings is not None:
            self._recordings.close()
        self._store.close()


__all__ = ["BadSettings", "CannotStart", "Extension", "run"]
