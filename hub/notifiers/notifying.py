"""Notifying as the rest of the hub sees it: built from the settings, asked how it fares, tried out."""

import asyncio
import hashlib
import secrets
import socket
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, TypeVar

import structlog

from hub.clock import Clock
from hub.house import SiteTexts
from hub.notices import Both, Channel, Language, Notice, Place, Severity, Target
from hub.notifiers.annunciator import Delivers
from hub.notifiers.build import Hub, make_lanes
from hub.notifiers.carrier import Carrier
from hub.notifiers.lane import LaneHealth
from hub.notifiers.protocol import Retry
from hub.settings import Settings
from hub.store import journal, notices, standing
from hub.store.database import Store
from hub.store.errors import StoreError
from hub.views import iso

_log = structlog.get_logger()

T = TypeVar("T")

DATABASE_S = 5.0
"""How long a lane waits for the database."""
KEY_CHARS_MAX = 48


class NoSuchNotifier(Exception):
    """No notifier of that channel and name is set up."""


class Notifying:
    """Make it inside the running loop; ``run`` is a task, ``close`` comes before the link and the store."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        clock: Clock,
        link: Delivers,
        publish: Callable[[list[journal.Row]], None],
        *,
        own: Callable[[], SiteTexts] = SiteTexts,
    ) -> None:
        """``publish`` tells pages of journal rows, on the loop. Raises ``BadSettings``."""
        self._site = settings.site
        self._store = store
        self._clock = clock
        self._publish = publish
        self._loop = asyncio.get_running_loop()
        self._telling: set[asyncio.Task[None]] = set()
        hub = Hub(clock, link, self._standing, self._note, self._health_changed, own)
        holder = f"{socket.gethostname()[:40]}-{hashlib.sha256(bytes(settings.state_dir)).hexdigest()[:12]}"
        self._carrier = Carrier(store, settings.site, clock, make_lanes(settings, hub), holder)

    async def run(self) -> None:
        """Carry notices until closed."""
        await self._carrier.run()

    async def close(self) -> None:
        """Stop every lane, in order."""
        await self._carrier.close()

    async def test(self, channel: Channel, name: str, language: Language) -> str:
        """Let a test be sent; gives the notice's id. Raises ``NoSuchNotifier`` or ``StoreError``."""
        if not self._carrier.knows(channel, name):
            raise NoSuchNotifier
        now = self._clock.now().wall
        notice = make_test(Target(channel, name), language, now)
        await self._store.write(lambda tx: notices.add(tx, self._site, [notice], now))
        return notice.id

    async def told(self, notice: str) -> dict[str, Any] | None:
        """What became of a notice so far; None where there is none of that id."""
        found = await self._store.read(lambda tx: notices.find(tx, self._site, notice))
        if found is None:
            return None
        return {
            "id": notice,
            "state": found.state,
            "attempts": found.attempts,
            "sent": iso(found.sent),
            "error": found.error,
        }

    def lanes(self) -> list[LaneHealth]:
        """How each notifier fares, by this hub's own experience."""
        return self._carrier.healths

    async def health(self) -> list[dict[str, Any]]:
        """How every notifier fares: by this hub's experience since it started, and by what is stored."""
        stored = {
            (one.channel, one.lane): one
            for one in await self._store.read(lambda tx: notices.health(tx, self._site))
        }
        shown = []
        for lane in self._carrier.healths:
            kept = stored.get((lane.channel, lane.name))
            shown.append(
                {
                    **health_view(lane),
                    "waiting": kept.waiting if kept else 0,
                    "oldest": iso(kept.oldest) if kept else None,
                    "sent": kept.sent if kept else 0,
                    "failed": kept.failed if kept else 0,
                    "last_sent": iso(kept.last_sent) if kept else None,
                }
            )
        return shown

    # On a lane's thread.

    def _standing(self, tower: str) -> Severity:
        return self._ask(self._store.read(lambda tx: standing.standing(tx, self._site, "tower", tower)))

    def _note(self, key: str, shown: dict[str, Any]) -> None:
        self._ask(self._journal("notice", key, shown))

    def _ask(self, work: Coroutine[Any, Any, T]) -> T:
        asked = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return asked.result(DATABASE_S)
        except StoreError as error:
            raise Retry("the database is not available") from error
        except TimeoutError as error:
            asked.cancel()
            raise Retry(f"the database gave no answer within {DATABASE_S:g} s") from error

    def _health_changed(self, health: LaneHealth) -> None:
        self._loop.call_soon_threadsafe(self._tell_health, health)

    # On the loop.

    def _tell_health(self, health: LaneHealth) -> None:
        task = self._loop.create_task(self._journal_health(health))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _journal_health(self, health: LaneHealth) -> None:
        try:
            await self._journal("notifier", f"{health.channel}/{health.name}", health_view(health))
        except StoreError as error:
            _log.warning("notifier_health_not_told", why=str(error))

    async def _journal(self, kind: str, key: str, shown: dict[str, Any]) -> None:
        now = self._clock.now().wall
        told = [(kind, key[:KEY_CHARS_MAX], shown)]
        await self._store.write(lambda tx: journal.note(tx, told, now), self._publish)


def health_view(lane: LaneHealth) -> dict[str, Any]:
    """One lane as pages read it."""
    return {
        "channel": lane.channel,
        "name": lane.name,
        "state": lane.state,
        "since": iso(lane.since),
        "error": lane.why or None,
    }


def make_test(target: Target, language: Language, now: datetime) -> Notice:
    """A notice that says that it is a test."""
    nowhere = Place(Both("", ""), Both("", ""), Both("窓守", "Madomori"))
    return Notice(
        id=f"test-{secrets.token_hex(8)}",
        due=now,
        target=target,
        reason="test",
        severity="none",
        place=nowhere,
        unit="hub",
        opened=now,
        language=language,
    )
