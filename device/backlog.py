"""Events without a receipt, and which of them to send now. No I/O: ``uplink`` sends, ``outbox`` keeps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from wire.messages.hub import Receipt

WINDOW = 200
"""Most events under way at once. An alarm made now is sent all the same."""

ORDINARY_MAX = 12_000
"""From this many events on, nothing but alarms is accepted: more than a week without a hub at an event a
minute (10,080). Some 12 MB. Alarms have no limit of their own:
buttons make at most one a second each."""

ORDINARY_AGAIN = 11_000
"""Below this, everything is accepted again."""

RESEND_AFTER_S = (5.0, 10.0, 20.0, 30.0)
"""Wait for a receipt before the first, second ... repetition, in seconds; the last one goes on for ever."""


@dataclass(slots=True)
class Entry:
    """One event, as it goes onto the wire."""

    epoch: str
    sequence: int
    alarm: bool
    payload: bytes
    sent_at: float | None = None
    """When it was last handed to the link, monotonic seconds; None: not on this connection."""
    turn: int = 0
    """Its place among all that was ever handed to the link; 0: never."""
    first_turn: int = 0
    """The same for the first time. A receipt proves no more than that this copy has arrived."""
    tries: int = 0
    """How often on this connection."""

    @property
    def key(self) -> tuple[str, int]:
        return self.epoch, self.sequence


class Backlog:
    """All events without a receipt, alarms before others, each kind in the order it was made."""

    def __init__(self) -> None:
        self._alarms: dict[tuple[str, int], Entry] = {}
        self._others: dict[tuple[str, int], Entry] = {}
        self._epochs: dict[str, dict[int, Entry]] = {}
        self._under_way: dict[tuple[str, int], Entry] = {}
        self._turn = 0
        self.full = False

    def __len__(self) -> int:
        return len(self._alarms) + len(self._others)

    def __iter__(self) -> Iterator[Entry]:
        return chain(self._alarms.values(), self._others.values())

    @property
    def alarms(self) -> int:
        """How many of them are alarms."""
        return len(self._alarms)

    def add(self, entry: Entry) -> None:
        """Append a new event; epochs and sequences must ascend."""
        (self._alarms if entry.alarm else self._others)[entry.key] = entry
        self._epochs.setdefault(entry.epoch, {})[entry.sequence] = entry
        self._judge()

    def recover(self, older: Iterable[Entry]) -> None:
        """Put events of earlier epochs in front; ascending like ``add``."""
        newer = list(self)
        self._alarms, self._others, self._epochs = {}, {}, {}
        for entry in chain(older, newer):
            self.add(entry)

    def sent(self, entry: Entry, at: float) -> None:
        """``entry`` was handed to the link."""
        self._turn += 1
        entry.sent_at, entry.turn, entry.tries = at, self._turn, entry.tries + 1
        entry.first_turn = entry.first_turn or self._turn
        self._under_way[entry.key] = entry

    def connection_lost(self) -> None:
        """Whatever was under way may be gone."""
        for entry in self._under_way.values():
            entry.sent_at, entry.tries = None, 0
        self._under_way = {}

    def due(self, at: float) -> list[Entry]:
        """What to hand to the link now, in order."""
        return [entry for entry in islice(self, WINDOW) if self._is_due(entry, at)]

    @staticmethod
    def _is_due(entry: Entry, at: float) -> bool:
        if entry.sent_at is None:
            return True
        wait_s = RESEND_AFTER_S[min(entry.tries, len(RESEND_AFTER_S)) - 1]
        return at - entry.sent_at >= wait_s

    def receipt(self, receipt: Receipt) -> list[Entry]:
        """Take out and give what the hub has stored; what it must have missed becomes due."""
        epoch = self._epochs.get(receipt.epoch)
        if epoch is None:
            return []
        stored = self._covered(epoch, receipt)
        for entry in stored:
            del epoch[entry.sequence]
            del (self._alarms if entry.alarm else self._others)[entry.key]
            self._under_way.pop(entry.key, None)
        # A topic keeps its order: what was sent before something that has been stored, and is not stored
        # itself, was lost on the way. What was sent later is still under way: repeating it feeds a storm.
        latest, highest = max((entry.first_turn for entry in stored), default=0), receipt.highest
        for entry in self._under_way.values():
            if entry.epoch == receipt.epoch and entry.sequence <= highest and entry.turn < latest:
                entry.sent_at = None
        if not epoch:
            del self._epochs[receipt.epoch]
        self._judge()
        return stored

    @staticmethod
    def _covered(epoch: dict[int, Entry], receipt: Receipt) -> list[Entry]:
        covered: dict[int, Entry] = {}  # each once: a receipt's ranges may overlap
        for sequence, entry in epoch.items():
            if sequence > receipt.through:
                break
            covered[sequence] = entry
        for first, last in receipt.beyond:
            if last - first < len(epoch):
                numbers: Iterable[int] = range(max(first, receipt.through + 1), last + 1)
            else:
                numbers = [n for n in epoch if n > receipt.through and first <= n <= last]
            covered |= {number: epoch[number] for number in numbers if number in epoch}
        return list(covered.values())

    def _judge(self) -> None:
        if len(self) >= ORDINARY_MAX:
            self.full = True
        elif len(self) < ORDINARY_AGAIN:
            self.full = False
