"""What the web application is given: the hub's parts, and pages that others add to it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import APIRouter

from hub.asking import Asking
from hub.clock import Clock
from hub.drawing import Drawings
from hub.house import House
from hub.housekeeping import Housekeeping
from hub.levels import Levels
from hub.live import Board
from hub.metrics import Metrics
from hub.notifiers.notifying import Notifying
from hub.recordings.parts import Recordings
from hub.responding import Responding
from hub.settings import Settings
from hub.store.database import Store
from hub.supervision import Supervision
from hub.web.auth import Gate
from hub.web.export.exporting import Exporting
from hub.web.writing import Writing


async def _nothing() -> None:
    """An extension that has nothing to start or stop."""


@dataclass(frozen=True)
class Extension:
    """Pages that are added to the hub without the hub knowing them, as the demo's virtual counters."""

    name: str
    """Lower-case word; ``static`` is served at ``/static/{name}``."""
    router: APIRouter
    """Every route declares its role, as the hub's own do."""
    templates: Path | None = None
    static: Path | None = None
    navigation: Sequence[tuple[str, str]] = ()
    """``(href, msgid)`` of its links in the header."""
    start: Callable[[], Awaitable[None]] = _nothing
    stop: Callable[[], Awaitable[None]] = _nothing


@dataclass
class Services:
    """What routes work with; in ``request.app.state.services``."""

    settings: Settings
    """Replaced as a whole when people change the house: look here each time, keep no part of it."""
    clock: Clock
    board: Board
    """What the live page shows: ``board.snapshot()`` is the body of ``GET /api/v1/live``."""
    responding: Responding
    """What people do with incidents."""
    gate: Gate
    store: Store
    notifying: Notifying
    """What tells people outside."""
    house: House
    """Ladders, people, places."""
    keeping: Housekeeping
    """Changes the house."""
    asking: Asking
    """What units are asked."""
    levels: Levels
    """How loud it is where somebody looks."""
    drawings: Drawings
    """Floor plans."""
    supervision: Supervision
    """What is wrong."""
    metrics: Metrics
    ready: Callable[[], Awaitable[bool]]
    """Whether the broker is connected and the store can be written."""
    extensions: Sequence[Extension] = field(default=())
    recordings: Recordings | None = None
    """None: the settings want none."""
    exporting: Exporting | None = None
    """What is taken away, with recordings; None: it cannot be."""
    writing: Writing = field(default_factory=Writing)
    """Who has the record of an incident open."""
