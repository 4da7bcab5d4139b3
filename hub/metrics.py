"""Numbers for Prometheus: how much comes in, what waits, who is not well. No names of people or places."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from hub.clock import Clock
from hub.house import House
from hub.incidents import Severity, State
from hub.live import Board
from hub.notifiers.lane import STATES, LaneHealth
from hub.store import tally, told, troubles
from hub.store.database import Store

KEPT_S = 1.0
"""Everybody may ask; nobody may keep the database busy by it. In seconds."""


@dataclass(frozen=True, slots=True)
class Inflow:
    """What the way in has done since the start of the process."""

    stored: int
    """Events that were not there yet."""
    waiting: int
    """Deliveries in memory."""
    dropped: int
    """Heartbeats and levels that there was no room for."""
    flooded: int
    """Messages of units that sent too many."""


class _Families:
    """What was gathered, as prometheus_client asks for it."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = list(families)

    def collect(self) -> Iterable[Metric]:
        return self._families


class Metrics:
    """Gathered when asked for."""

    def __init__(
        self,
        store: Store,
        house: House,
        board: Board,
        clock: Clock,
        *,
        inflow: Callable[[], Inflow],
        lanes: Callable[[], Iterable[LaneHealth]],
    ) -> None:
        self._store = store
        self._site = house.site
        self._board = board
        self._clock = clock
        self._inflow = inflow
        self._lanes = lanes
        self._rendered = b""
        self._at = float("-inf")

    async def render(self) -> tuple[bytes, str]:
        """Text and its content type. Raises ``StoreError``."""
        now = self._clock.now().monotonic
        if now - self._at >= KEPT_S:
            site = self._site
            sent = await self._store.read(lambda tx: told.by_state(tx, site))
            refused = await self._store.read(lambda tx: tally.counted(tx, "quarantined"))
            wrong = await self._store.read(lambda tx: troubles.open_count(tx, site))
            registry = CollectorRegistry(auto_describe=False)
            registry.register(_Families(self._families(sent, refused, wrong)))
            self._rendered, self._at = generate_latest(registry), now
        return self._rendered, CONTENT_TYPE_LATEST

    def _families(self, sent: Mapping[str, int], refused: int, wrong: int) -> Iterable[Metric]:
        inflow, board = self._inflow(), self._board
        yield _counter("events_stored", "Events stored since the start", inflow.stored)
        yield _gauge("inbox_waiting", "Deliveries in memory that are not stored", inflow.waiting)
        yield _counter("heartbeats_dropped", "Heartbeats without room", inflow.dropped)
        yield _counter("flood_dropped", "Messages of units that sent too many", inflow.flooded)
        yield _counter("quarantined", "Messages ever refused", refused)
        incidents = Counter((i.severity.value, i.state.value) for i in board.incidents.values())
        states = [(severity.value, state.value) for severity in Severity for state in State]
        yield _gauges(
            "incidents", "Unresolved incidents", ("severity", "state"), {s: incidents[s] for s in states}
        )
        yield _gauge("oldest_unanswered_seconds", "Age of the oldest unanswered alarm", self._oldest())
        links = Counter(unit.link for unit in board.fleet)
        named = {(link,): links[link] for link in ("online", "silent", "offline", "never")}
        yield _gauges("units", "Units by link", ("link",), named)
        yield _gauge("troubles", "Troubles that are not over", wrong)
        open_ = {(state,): sent.get(state, 0) for state in ("due", "claimed", "sent", "failed", "replaced")}
        yield _gauges("notices", "Notices that are kept, by state", ("state",), open_)
        lanes = Counter((lane.channel, lane.state) for lane in self._lanes())
        fares = {(channel, state): 0 for channel, _ in lanes for state in STATES} | lanes
        yield _gauges("notifiers", "Notifiers by how they fare", ("channel", "state"), fares)
        yield _gauge("journal_number", "Number of the newest row that pages follow", board.seq)

    def _oldest(self) -> float:
        now = self._clock.now().wall
        waiting = [
            (now - incident.opened).total_seconds()
            for incident in self._board.incidents.values()
            if incident.state is State.OPEN and incident.severity is Severity.ALARM
        ]
        return max(waiting, default=0.0)


def _gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(f"madomori_{name}", says, value=value)


def _counter(name: str, says: str, value: float) -> Metric:
    return CounterMetricFamily(f"madomori_{name}", says, value=value)


def _gauges(name: str, says: str, labels: tuple[str, ...], values: Mapping[Any, float]) -> Metric:
    family = GaugeMetricFamily(f"madomori_{name}", says, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family
