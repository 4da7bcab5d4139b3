"""What is known of this unit's own button alarms: which the hub has stored, and which the lamp speaks of."""

from collections.abc import Iterable
from itertools import islice

from device.inputs import AlarmKey
from wire.messages.hub import Covers, Receipt

REMEMBERED_MAX = 10_000
"""Unstored alarms that are remembered one by one. Beyond it the oldest is forgotten here (never in the
outbox): the light says the same as long as any one is unstored, and the outbox sends the oldest first."""


class OwnAlarms:
    """Alarms by the panic and assist buttons, of this run of the program and of earlier ones."""

    def __init__(self, epoch: str) -> None:
        self._order = {epoch: 0}
        self._unstored: dict[AlarmKey, float] = {}
        self._last: AlarmKey | None = None

    def recover(self, epochs: Iterable[str], alarms: Iterable[tuple[AlarmKey, float]]) -> None:
        """Add what earlier runs left: their epochs, oldest first, and their unstored alarms, oldest first,
        each with the monotonic time at which it was made (before this boot: negative or minus infinity).
        """
        for back, epoch in enumerate(reversed(list(epochs)), start=1):
            self._order.setdefault(epoch, -back)
        for key, at in alarms:
            self.sent(key, at)

    def sent(self, key: AlarmKey, at: float, *, asks: bool = True) -> None:
        """An alarm was made at ``at``. ``asks``: it asks for help, so the lamp must answer it; a withdrawal
        only has to reach the hub.
        """
        self._unstored[key] = at
        if asks and (self._last is None or self._place(key) > self._place(self._last)):
            self._last = key
        for oldest in list(islice(self._unstored, max(0, len(self._unstored) - REMEMBERED_MAX))):
            del self._unstored[oldest]

    def stored(self, receipt: Receipt) -> None:
        """The hub has said what it has."""
        covered = [
            key for key in self._unstored if key.epoch == receipt.epoch and receipt.covers(key.sequence)
        ]
        for key in covered:
            del self._unstored[key]

    @property
    def oldest(self) -> float | None:
        """When the oldest unstored alarm was made; None when the hub has them all."""
        return min(self._unstored.values(), default=None)

    def answered_by(self, covers: Covers | None) -> bool:
        """Whether a lamp that covers this takes our last alarm into account."""
        if self._last is None:
            return True
        if covers is None or covers.epoch not in self._order:
            return False
        return self._place(AlarmKey(covers.epoch, covers.sequence)) >= self._place(self._last)

    def _place(self, key: AlarmKey) -> tuple[int, int]:
        return self._order.get(key.epoch, 0), key.sequence
