"""The database of a running hub: one thread that writes, one that reads, and the loop that waits for them.

One writer: what is committed has one order, which the pages' journal relies on. SQLite would allow no more
anyway. A job is a function of a connection; it runs inside a transaction of its own.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError

from hub.store import log
from hub.store.commits import take_noted
from hub.store.errors import StoreClosed, StoreError, StoreRefused, StoreUnavailable
from hub.store.migrate import migrate
from hub.store.traces import forget_traces
from hub.store.turns import begin_turn, end_turn

_log = structlog.get_logger()

T = TypeVar("T")

BUSY_S = 5.0
"""How long SQLite waits for another process (a command line) that writes, in seconds."""


Transact = Callable[[Callable[[Connection], Any]], Any]
"""Runs work in a transaction of its own and returns what it gives, after COMMIT. Raises ``StoreError``, or
what the work raises of its own."""

Job = Callable[[Transact], None]
"""What a thread of the store does at a time. It must not raise."""


ERASE_PRAGMA = "secure_delete=FAST"
"""What is deleted is overwritten where that costs no further write."""
ONE_WRITER = "SELECT pg_advisory_xact_lock(1835100015)"
"""Of several hubs on one PostgreSQL one writes at a time, as in SQLite: what they commit has one order, and
what one reads to decide no other changes before it has written."""
SERVER_OPTIONS = (
    "-c synchronous_commit=on -c timezone=UTC -c lock_timeout=8s -c idle_in_transaction_session_timeout=5s"
)
"""A commit is what a receipt promises, whatever the server's default is. A hub that hangs in the middle of a
transaction must not keep the others from writing."""


class Store:
    """Open it inside the running loop; ``write`` and ``read`` are for that loop only."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._writer = _Hand("store-write", make_engine(url))
        self._reader = _Hand("store-read", make_engine(url, writes=False))

    async def open(self) -> None:
        """Bring the tables up to date and start. Raises ``StoreError``."""
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(None, prepare, self._url)
        except SQLAlchemyError as error:
            raise StoreUnavailable(f"the database cannot be opened: {_told(error)}") from error
        self._writer.start(loop)
        self._reader.start(loop)
        await self._make_room()

    async def _make_room(self) -> None:
        try:
            await self.write(log.make_room)
        except log.Made:
            pass
        except StoreError as error:  # commits will take a little longer
            _log.warning("log_without_room", why=str(error))

    async def write(self, work: Callable[[Connection], T], then: Callable[[T], None] | None = None) -> T:
        """Run ``work`` in a transaction; returns after COMMIT.

        ``then`` gets the result on the loop, before this returns, in the order of the commits, and also
        when the caller was cancelled meanwhile. Raises ``StoreError``, or what ``work`` raises of its own.
        """
        return await self._writer.run(work, then)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` that only reads. Raises ``StoreError``, or what ``work`` raises of its own."""
        try:
            return await self._reader.run(work, None)
        except StoreUnavailable:
            # A server that was restarted dropped our idle connection; to read twice harms nobody.
            return await self._reader.run(work, None)

    async def tidy(self) -> None:
        """Bring what SQLite has in its write-ahead log home into the file. Raises ``StoreError``.

        SQLite would do it within the commit that fills the log, and that could be the one of an alarm.
        """
        parsed = make_url(self._url)
        if parsed.get_backend_name() == "sqlite" and parsed.database is not None:
            loop = asyncio.get_running_loop()
            try:
                await loop.run_in_executor(None, log.tidy, parsed.database)
            except sqlite3.Error as error:
                raise StoreUnavailable(_told(error)) from error

    async def forget_traces(self, table: str) -> bool:
        """See ``hub.store.traces``; False: not now. Raises ``StoreError``."""
        loop = asyncio.get_running_loop()
        try:
            done = await loop.run_in_executor(None, forget_traces, self._url, table)
        except (sqlite3.Error, SQLAlchemyError) as error:
            raise StoreUnavailable(_told(error)) from error
        await self._make_room()
        return done

    def on_commit(self, what: str, told: Callable[[], None]) -> None:
        """Call ``told`` on the loop after each COMMIT of a transaction that noted ``what``
        (``hub.store.commits``)."""
        self._writer.listeners[what] = told

    def submit(self, job: Job) -> None:
        """Let the writing thread do a job of several transactions, in its turn; from any thread.

        After ``close`` it is not done.
        """
        self._writer.submit(job)

    def close(self, timeout_s: float = 2.0) -> None:
        """Finish what is being done and stop. Raises ``TimeoutError`` when a thread does not end."""
        for hand in (self._writer, self._reader):
            hand.ask_to_stop()
        for hand in (self._writer, self._reader):
            hand.join(timeout_s)


class _Hand:
    """One thread with one connection. Callers bound the queue: each waits for its own job."""

    def __init__(self, name: str, engine: Engine) -> None:
        self._engine = engine
        driver = engine.dialect.loaded_dbapi
        self._driver_away = (driver.OperationalError, driver.InterfaceError)
        self._driver_errors = (driver.Error,)
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connection: Connection | None = None
        self._stopping = False
        self.listeners: dict[str, Callable[[], None]] = {}

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._thread.start()

    def ask_to_stop(self) -> None:
        self._stopping = True
        self._jobs.put(None)

    def join(self, timeout_s: float) -> None:
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
            if self._thread.is_alive():
                raise TimeoutError(f"{self._thread.name} did not end within {timeout_s} s")

    def submit(self, job: Job) -> None:
        self._jobs.put(job)

    async def run(self, work: Callable[[Connection], T], then: Callable[[T], None] | None) -> T:
        loop = self._loop
        if loop is None or self._stopping:
            raise StoreClosed("the store is not open")
        future: asyncio.Future[T] = loop.create_future()

        def succeed(result: T) -> None:
            if then is not None:
                try:
                    then(result)
                except Exception:  # noqa: BLE001 - it is committed: the caller must not believe otherwise
                    _log.exception("store_follow_up_failed")
            if not future.done():
                future.set_result(result)

        def fail(error: Exception) -> None:
            if not future.done():
                future.set_exception(error)

        def job(transact: Transact) -> None:
            try:
                result = transact(work)
            except Exception as error:  # noqa: BLE001 - handed to the one who waits for it
                loop.call_soon_threadsafe(fail, error)
            else:
                loop.call_soon_threadsafe(succeed, result)

        self.submit(job)
        return await future

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job(self._transact)
            except Exception:  # noqa: BLE001 - a job must not raise; the next one must be done all the same
                _log.exception("store_job_failed")
            del job  # a batch must not live until the next one comes
        self._forget()
        self._engine.dispose()

    def _transact(self, work: Callable[[Connection], Any]) -> Any:
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
            take_noted(self._connection)  # of a transaction that failed
            with self._connection.begin():
                begin_turn(self._connection)
                result = work(self._connection)
            end_turn(self._connection)
            noted = take_noted(self._connection)
        except (OperationalError, InterfaceError, *self._driver_away) as error:
            self._forget(broken=True)
            raise StoreUnavailable(_told(error)) from error
        except (SQLAlchemyError, *self._driver_errors) as error:
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                self._forget(broken=True)
                raise StoreUnavailable(_told(error)) from error
            raise StoreRefused(_told(error)) from error
        self._tell(noted)
        return result

    def _tell(self, noted: set[str]) -> None:
        for what in noted:
            if self._loop is not None and what in self.listeners:
                self._loop.call_soon_threadsafe(self.listeners[what])

    def _forget(self, *, broken: bool = False) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                if broken:
                    connection.invalidate()
                connection.close()
            except SQLAlchemyError as error:
                _log.warning("store_connection_not_closed", error=_told(error))


def make_engine(url: str, *, writes: bool = True) -> Engine:
    """An engine as the hub needs it; in SQLite a transaction that writes takes its lock at the start."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        engine = create_engine(parsed, connect_args={"options": SERVER_OPTIONS})
        if writes:

            @event.listens_for(engine, "begin")
            def _one_writer(connection: Connection) -> None:
                connection.exec_driver_sql(ONE_WRITER)

        return engine
    engine = create_engine(parsed, connect_args={"timeout": BUSY_S, "check_same_thread": False})
    start = "BEGIN IMMEDIATE" if writes else "BEGIN"

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes late and only for some statements
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", ERASE_PRAGMA, log.PRAGMA):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.connection.cursor().execute(start)  # past SQLAlchemy, which takes as long as a press's row

    return engine


def prepare(url: str) -> None:
    """Make the folder of an SQLite file and bring the tables up to date."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = make_engine(url)
    try:
        with engine.begin() as connection:
            migrate(connection)
    finally:
        engine.dispose()


def _told(error: Exception) -> str:
    """The driver's words without the statement and its values: those may hold personal data."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return f"{type(cause).__name__}: {cause}".splitlines()[0][:300]
