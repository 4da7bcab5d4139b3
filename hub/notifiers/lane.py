"""A lane: one notifier with a thread and a short queue of its own. A lane that fails delays no other."""

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

import structlog

from hub.clock import Clock
from hub.notifiers.protocol import SEND_MOST_S, GiveUp, Keeps, Notifier, Retry
from hub.store.notices import Claimed

_log = structlog.get_logger()

QUEUE_MAX = 4
"""Notices that a lane holds; the others stay in the database, so a new alarm waits for few."""
HANGS_AFTER_S = 2 * SEND_MOST_S
"""A send that takes this long is said to hang."""

State = Literal["untried", "well", "failing", "hanging"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a notice that a lane was given."""

    lane: "Lane"
    claimed: Claimed
    result: Literal["told", "retry", "gave_up", "unsent"]
    """``unsent``: handed back untried, since its lease is nearly over or the hub stops."""
    why: str = ""
    after_s: float | None = None


@dataclass(frozen=True, slots=True)
class LaneHealth:
    """How a lane fares since the hub started."""

    channel: str
    name: str
    state: State
    since: datetime
    why: str
    """What failed last; empty when well. Without personal data."""


class Lane:
    """``take`` and ``inflight`` are for the carrier; ``done`` is called on the lane's own thread."""

    def __init__(
        self,
        notifier: Notifier,
        name: str,
        clock: Clock,
        *,
        on_health: Callable[[LaneHealth], None] | None = None,
    ) -> None:
        """``name``: the lane as the store knows it. ``on_health`` is called on the lane's thread when
        the state or the reason changes."""
        self.channel = notifier.channel
        self.name = name
        self.inflight = 0
        """Claimed for this lane and not yet settled."""
        self._notifier = notifier
        self._clock = clock
        self._on_health = on_health
        self._done: Callable[[Outcome], None] = lambda _outcome: None
        self._queue: queue.SimpleQueue[Claimed | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._busy_since: float | None = None
        self._health = LaneHealth(self.channel, name, "untried", clock.now().wall, "")
        self._thread = threading.Thread(target=self._run, name=f"notify-{self}", daemon=True)

    def __str__(self) -> str:
        return f"{self.channel}/{self.name}" if self.name else self.channel

    @property
    def room(self) -> int:
        """How many more it may be given."""
        return QUEUE_MAX - self.inflight

    def start(self, done: Callable[[Outcome], None]) -> None:
        """Begin."""
        self._done = done
        self._thread.start()

    def take(self, claimed: Claimed) -> None:
        """Send it when its turn comes. The carrier counts it in ``inflight``."""
        self._queue.put(claimed)

    def ask_to_stop(self) -> None:
        """What is being sent is cut short; what waits is handed back."""
        self._stopping.set()
        self._queue.put(None)
        self._notifier.close()

    def join(self, timeout_s: float) -> bool:
        """Whether the thread has ended in time."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    @property
    def health(self) -> LaneHealth:
        """How it fares."""
        busy, known = self._busy_since, self._health
        if busy is not None and self._clock.now().monotonic - busy > HANGS_AFTER_S:
            return LaneHealth(self.channel, self.name, "hanging", known.since, "it does not come back")
        return known

    # On the lane's thread.

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                claimed = self._queue.get(timeout=self._until_keep())
            except queue.Empty:
                self._keep()
                continue
            if claimed is not None:
                self._done(self._sent(claimed))
        while not self._queue.empty():
            claimed = self._queue.get()
            if claimed is not None:
                self._done(Outcome(self, claimed, "unsent"))

    def _until_keep(self) -> float | None:
        if not isinstance(self._notifier, Keeps):
            return None
        return max(0.0, self._notifier.next_keep - self._clock.now().monotonic)

    def _sent(self, claimed: Claimed) -> Outcome:
        left = (claimed.lease_until - self._clock.now().wall).total_seconds()
        if left < SEND_MOST_S or self._stopping.is_set():
            return Outcome(self, claimed, "unsent")
        after: float | None = None
        try:
            self._guarded(lambda: self._notifier.send(claimed.notice))
        except Retry as error:
            if self._stopping.is_set():  # it was cut by us
                return Outcome(self, claimed, "retry", str(error), 0.0)
            result: Literal["retry", "gave_up"] = "retry"
            why, after = str(error), error.after_s
        except GiveUp as error:
            result, why = "gave_up", str(error)
        else:
            self._fares("well", "")
            return Outcome(self, claimed, "told")
        self._fares("failing", why)
        return Outcome(self, claimed, result, why, after)

    def _keep(self) -> None:
        notifier = self._notifier
        if not isinstance(notifier, Keeps):
            return
        try:
            self._guarded(notifier.keep)
        except (Retry, GiveUp) as error:
            if not self._stopping.is_set():
                self._fares("failing", str(error))
        else:
            self._fares("well", "")

    def _guarded(self, work: Callable[[], None]) -> None:
        """Raises ``Retry`` also for what should not have happened. Its message may hold anything, so the log
        gets its kind and its place only."""
        self._busy_since = self._clock.now().monotonic
        try:
            work()
        except (Retry, GiveUp):
            raise
        except Exception as error:
            trace = error.__traceback__
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else ""
            kind = type(error).__name__
            _log.error("notifier_failed_unexpectedly", lane=self.channel, error=kind, where=where)
            raise Retry(f"an error in the program ({kind})") from error
        finally:
            self._busy_since = None

    def _fares(self, state: State, why: str) -> None:
        known = self._health
        if (known.state, known.why) == (state, why):
            return
        since = known.since if known.state == state else self._clock.now().wall
        self._health = LaneHealth(self.channel, self.name, state, since, why)
        if known.state != state:
            told = _log.info if state == "well" else _log.warning
            told(f"notifier_{state}", channel=self.channel, name=self.name, why=why)
        if self._on_health is not None:
            self._on_health(self._health)
