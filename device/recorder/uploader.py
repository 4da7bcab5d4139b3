"""Segments to the hub, oldest first, while the recording still goes on. Only what the hub has confirmed is
deleted here.
"""

import threading
from collections.abc import Callable
from typing import Protocol

import structlog

from device.recorder.hub_door import Answer, Away
from device.recorder.shelf import Shelf
from wire.evidence.upload import ALTERED, FULL, GAP, REFUSED, STORED, path_of

_log = structlog.get_logger()

FIRST_RETRY_S, LAST_RETRY_S = 1.0, 60.0
"""Waits between attempts double from the first to the last, in seconds."""

REFUSED_RETRY_S = 600.0
"""A recording that the hub refuses is offered again after so long: a person may have put the key right."""

AWAY_FAULT_S = 120.0
"""Segments that cannot be delivered for so long are a fault, in seconds."""

GIVE_WAY_S = 5.0
"""While an alarm is under way, every segment waits so long before and within, in seconds."""

IDLE_S = 30.0
"""It goes round at least so often, in seconds."""


class Door(Protocol):
    """Where segments are put."""

    def put(self, path: str, body: bytes, between: Callable[[], None]) -> Answer:
        """Raises ``Away``."""

    def close(self) -> None:
        """Let a ``put`` that waits fail."""


class Uploader:
    """A thread of its own. ``give_way``, ``fault``, ``nudge`` may come from any."""

    def __init__(self, shelf: Shelf, door: Door, monotonic: Callable[[], float]) -> None:
        self._shelf = shelf
        self._door = door
        self._monotonic = monotonic
        self._retry_s = 0.0
        self._refused: dict[str, tuple[float, str]] = {}
        """Recording to when it is offered again, and why it was refused."""
        self._away_since: float | None = None
        self._why_away = ""
        self._full = False
        self._calling = False
        self._turns = 0
        self._alarm = threading.Event()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="uploader", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    @property
    def turns(self) -> int:
        """How often it has gone round; a segment that is being sent counts with every chunk."""
        return self._turns

    def nudge(self) -> None:
        """There may be something to send."""
        self._wake.set()

    def give_way(self, alarm: bool) -> None:
        """Whether an alarm is under way, which needs the network more."""
        if alarm:
            self._alarm.set()
        else:
            self._alarm.clear()

    def fault(self, at: float) -> str | None:
        """What keeps segments here; None when nothing does."""
        refused = next(iter(self._refused.values()), None)
        if refused is not None:
            return f"the hub refuses a recording: {refused[1]}"
        if self._full:
            return "the hub has no room for recordings"
        if self._away_since is not None and at - self._away_since >= AWAY_FAULT_S:
            return f"recordings cannot be sent: {self._why_away}"
        return None

    def stop(self, timeout_s: float) -> None:
        """End; a segment that is under way is sent again at the next start. Raises ``TimeoutError``, but not
        for a network that does not let go: that ends with the program.
        """
        self._stopping.set()
        self._wake.set()
        self._door.close()
        if self._thread.ident:
            self._thread.join(timeout_s)
        if self._thread.is_alive() and self._calling:
            _log.info("upload_left_behind")
        elif self._thread.is_alive():
            raise TimeoutError(f"the uploader did not end within {timeout_s} s")

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                wait_s = self.turn()
            except Exception:  # noqa: BLE001 - tried again later; what it was is in the log
                _log.exception("uploader_failed")
                wait_s = LAST_RETRY_S
            if wait_s == IDLE_S:
                self._wake.wait(wait_s)
            else:
                self._rest(wait_s)
        self._door.close()

    def turn(self) -> float:
        """Send one segment, if there is one; gives how long to wait before the next."""
        self._turns += 1
        at = self._monotonic()
        skip = {recording for recording, (until, _) in self._refused.items() if at < until}
        found = self._shelf.first(skip)
        if found is None:
            return IDLE_S
        if self._alarm.is_set():
            self._rest(GIVE_WAY_S)
        if self._stopping.is_set():
            return 0.0
        recording, index = found
        try:
            segment = self._shelf.read(recording, index)
            self._calling = True
            answer = self._door.put(path_of(recording, index), segment, self._between)
        except (Away, OSError) as error:
            return self._again(str(error))
        finally:
            self._calling = False
        return self._answered(recording, index, answer)

    def _answered(self, recording: str, index: int, answer: Answer) -> float:
        self._full = answer.status == FULL
        wanted = answer.said.get("next")
        if answer.status == STORED and answer.said.get("stored") is True:
            self._shelf.confirm(recording, index)
        elif answer.status == GAP and isinstance(wanted, int) and wanted != index:
            if not self._shelf.holds(recording, wanted):
                return self._refuse(recording, f"segment {wanted} is wanted, which it has confirmed before")
            self._shelf.wanted(recording, wanted)
        elif answer.status in (REFUSED, ALTERED, 413):
            return self._refuse(recording, f"{answer.status} {str(answer.said.get('error', ''))[:80]}")
        else:
            return self._again(f"the hub answers {answer.status}")
        self._away_since, self._retry_s = None, 0.0
        self._refused.pop(recording, None)
        return 0.0

    def _refuse(self, recording: str, why: str) -> float:
        if recording not in self._refused:
            _log.error("recording_refused", recording=recording, why=why)
        self._refused[recording] = (self._monotonic() + REFUSED_RETRY_S, why)
        return 0.0

    def _again(self, why: str) -> float:
        if self._away_since is None:
            self._away_since = self._monotonic()
            _log.warning("hub_not_reached_for_recordings", why=why)
        self._why_away = why
        self._retry_s = min(max(2 * self._retry_s, FIRST_RETRY_S), LAST_RETRY_S)
        return self._retry_s

    def _between(self) -> None:
        self._turns += 1
        if self._alarm.is_set():
            self._rest(GIVE_WAY_S / 10)

    def _rest(self, wait_s: float) -> None:
        """Less when it is told to stop, or when the alarm for which it waits has arrived."""
        alarm = self._alarm.is_set()
        until = self._monotonic() + wait_s
        while (left_s := until - self._monotonic()) > 0 and not self._stopping.wait(min(0.2, left_s)):
            self._turns += 1
            if alarm and not self._alarm.is_set():
                return
