"""The house while the hub runs: kept in the database, changed by people, followed by every hub on it."""

import asyncio
import copy
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import Connection

from hub.clock import Clock
from hub.house_tables import Tables, settings_with, tables_of
from hub.setting_types import BadSettings
from hub.settings import Settings
from hub.store import audit, house
from hub.store.audit import By, Deed
from hub.store.database import Store
from hub.store.errors import StoreError
from hub.store.house import Version

_log = structlog.get_logger()

FOLLOW_S = 2.0
"""How often it is looked whether another hub or a command line has changed the house, in seconds."""

FROM_FILE = By("", "madomori-hub")
"""Who takes the house from the settings file."""

Edit = Callable[[Tables], Deed]
"""Changes the tables that it is given and says what it did. What it raises leaves everything as it was."""


class Housekeeping:
    """Everything happens on the event loop. A change is stored as a whole house, with its line of the audit
    in the same transaction, and rules after COMMIT."""

    def __init__(self, store: Store, settings: Settings, clock: Clock) -> None:
        """``settings``: of the file; its house is taken on the first start only."""
        self._store = store
        self._file = settings
        self._clock = clock
        self._told: Callable[[Settings], None] | None = None
        self.settings = settings
        """Those of the file with the house that rules."""
        self.version = 0

    def tell(self, told: Callable[[Settings], None]) -> None:
        """Call ``told`` whenever another house rules."""
        self._told = told

    async def load(self) -> Settings:
        """The settings with the house that rules; the first start takes the file's. Raises ``StoreError`` or
        ``BadSettings``."""
        now = self._clock.now().wall
        newest = await self._store.write(lambda tx: begin(tx, self._file, now))
        try:
            self._take(newest)
        except BadSettings as error:
            raise BadSettings(
                f"the house in the database (version {newest.number}) does not fit the settings file: change "
                f"the file, or let its house rule by `madomori-hub house --import`\n{error}"
            ) from error
        if tables_of(self.settings) != tables_of(self._file):
            _log.warning("house_of_the_file_not_used", version=self.version, see="madomori-hub house")
        return self.settings

    async def change(self, by: By, edit: Edit) -> None:
        """Change the newest house, whoever made it. Raises ``BadSettings``, ``StoreError``, or what ``edit``
        raises."""
        now = self._clock.now().wall

        def work(tx: Connection) -> Version:
            newest = begin(tx, self._file, now)
            tables = copy.deepcopy(dict(newest.tables))
            deed = edit(tables)
            # As the settings have it, so that what is stored does not depend on who wrote it.
            made = Version(newest.number + 1, tables_of(settings_with(self._file, tables)), by.name, now)
            house.add(tx, self._file.site, made)
            audit.add(tx, self._file.site, by, deed, now)
            return made

        await self._store.write(work, self._take)

    async def follow(self) -> None:
        """Once: take over what another has changed. Raises ``StoreError`` or ``BadSettings``."""
        site = self._file.site
        if await self._store.read(lambda tx: house.newest_number(tx, site)) > self.version:
            newest = await self._store.read(lambda tx: house.newest(tx, site))
            if newest is not None:
                self._take(newest)

    async def keep_following(self) -> None:
        """``follow`` for ever."""
        while True:
            await asyncio.sleep(FOLLOW_S)
            try:
                await self.follow()
            except StoreError as error:
                _log.warning("house_not_followed", why=str(error))
            except BadSettings as error:
                _log.error("house_cannot_be_used", why=str(error))

    def _take(self, newest: Version) -> None:
        if newest.number <= self.version:
            return
        self.settings = settings_with(self._file, newest.tables)
        self.version = newest.number
        if self._told is not None:
            self._told(self.settings)


def begin(tx: Connection, file: Settings, now: datetime) -> Version:
    """The house that rules; that of the settings file when there is none yet."""
    return house.newest(tx, file.site) or _take_file(tx, file, 1, now)


def take_file(tx: Connection, file: Settings, now: datetime) -> Version:
    """Let the house of the settings file rule from now on."""
    newest = house.newest(tx, file.site)
    return _take_file(tx, file, 1 if newest is None else newest.number + 1, now)


def _take_file(tx: Connection, file: Settings, number: int, now: datetime) -> Version:
    made = Version(number, tables_of(file), FROM_FILE.name, now)
    house.add(tx, file.site, made)
    counts = {name: len(table) for name, table in made.tables.items() if isinstance(table, list)}
    audit.add(tx, file.site, FROM_FILE, Deed("house-imported", f"version {number}", after=counts), now)
    return made
