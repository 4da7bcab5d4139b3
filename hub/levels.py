"""How loud it is at counters that somebody looks at.

Every counter on a screen gets what its unit's heartbeat says. Where it matters more (an alarm, or a person
who points at the counter) the unit is asked for its level several times a second, for as long as somebody
looks. Nothing of it is stored.
"""

import asyncio
import secrets
from collections.abc import Collection
from dataclasses import dataclass

from hub.asking import Publishes
from hub.clock import Clock
from hub.fleet import Unit
from hub.live import Board
from hub.orders import order
from hub.watcher import Watcher
from wire.codec import encode
from wire.limits import ASKED_S_MAX
from wire.messages import Health, Level
from wire.topics import Channel, unit_topic

TELL_S = 0.25
"""Pages hear of levels this often, in seconds: often enough for a bar that moves."""
LOOKS_FOR_S = 25.0
"""A page that has not said again that somebody looks is not looked at any more, in seconds."""
CLOSE_MAX = 16
"""Units that one page can ask for several levels a second."""
RENEW_S = ASKED_S_MAX - 5.0
"""A unit is asked again before what it was asked for ends, in seconds."""


@dataclass(frozen=True, slots=True)
class _Look:
    units: frozenset[str]
    close: frozenset[str]
    until: float


class Levels:
    """On the event loop, except for ``heard``."""

    def __init__(self, site: str, board: Board, clock: Clock) -> None:
        self._site = site
        self._fleet = board.fleet
        self._board = board
        self._clock = clock
        self._link: Publishes | None = None
        self._looks: dict[Watcher, _Look] = {}
        self._wanted: frozenset[str] = frozenset()
        self._fresh: dict[str, bytes] = {}
        self._asked: dict[str, float] = {}

    def use(self, link: Publishes) -> None:
        """By which units are asked."""
        self._link = link

    def look(self, watcher: Watcher, units: Collection[str], close: Collection[str]) -> None:
        """These counters are on a page's screen, and of these it wants to know more. None: nobody looks."""
        seen = frozenset(unit for unit in units if watcher.concerns(self._board.area_of(unit)))
        if not seen:
            self._looks.pop(watcher, None)
        else:
            near = frozenset(sorted(seen & set(close))[:CLOSE_MAX])
            self._looks[watcher] = _Look(seen, near, self._clock.now().monotonic + LOOKS_FOR_S)
        self._forget()
        self._ask()
        fresh = {unit: told for unit in seen if (told := self._last(unit)) is not None}
        if fresh:
            watcher.tell_levels(fresh)

    def heard(self, unit: str, level: Level) -> None:
        """A unit's level; from any thread: what nobody wants costs nothing more."""
        if unit in self._wanted:
            self._fresh[unit] = _told(level.level_dba, level.background_dba)

    def beat(self, unit: str, health: Health) -> None:
        """A heartbeat."""
        if unit in self._wanted and unit not in self._asked and health.level_dba is not None:
            self._fresh[unit] = _told(health.level_dba, health.background_dba)

    def tell(self) -> None:
        """Once: pages hear what is new, and units are asked again."""
        self._forget()
        fresh, self._fresh = self._fresh, {}
        for watcher, look in self._looks.items():
            mine = {unit: told for unit, told in fresh.items() if unit in look.units}
            if mine:
                watcher.tell_levels(mine)
        self._ask()

    async def keep_telling(self) -> None:
        """``tell`` for ever."""
        while True:
            await asyncio.sleep(TELL_S)
            self.tell()

    def _forget(self) -> None:
        now = self._clock.now().monotonic
        self._looks = {
            watcher: look for watcher, look in self._looks.items() if look.until > now and not watcher.closed
        }
        self._wanted = frozenset().union(*(look.units for look in self._looks.values()))

    def _ask(self) -> None:
        link, now = self._link, self._clock.now()
        if link is None:
            return
        close = frozenset().union(*(look.close for look in self._looks.values()))
        # A unit that is no longer looked at ends by itself; when looked at again soon, it is still sending.
        self._asked = {unit: at for unit, at in self._asked.items() if now.monotonic - at < RENEW_S}
        for name in sorted(close - set(self._asked)):
            unit = self._fleet.get(name)
            if unit is None or not _can_tell(unit):
                continue
            arguments = {"seconds": ASKED_S_MAX}
            asked = order(secrets.token_hex(8), name, "watch-level", arguments, by="", now=now.wall)
            link.publish(unit_topic(self._site, name, Channel.COMMAND), encode(asked.message()))
            self._asked[name] = now.monotonic

    def _last(self, name: str) -> bytes | None:
        unit = self._fleet.get(name)
        if unit is None or unit.link != "online" or unit.health is None or unit.health.level_dba is None:
            return None
        return _told(unit.health.level_dba, unit.health.background_dba)


def _can_tell(unit: Unit) -> bool:
    """A unit that would have to refuse is not asked: every answer is an event that stays."""
    health = unit.health
    return (
        unit.link == "online"
        and health is not None
        and health.microphone == "hearing"
        and health.clock == "synced"
    )


def _told(level_dba: float, background_dba: float | None) -> bytes:
    """``[level, background or null]``; a tenth of a decibel is more than anybody sees."""
    background = "null" if background_dba is None else f"{background_dba:.1f}"
    return f"[{level_dba:.1f},{background}]".encode()
