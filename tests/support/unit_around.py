"""What a model puts around a unit's heart: a disk that loses what it has not written, and an honest hub."""

from dataclasses import dataclass, field

from device.backlog import Entry
from tests.support.unit_meetings import Kept, Key
from wire.messages import Receipt


@dataclass
class Disk:
    """What survives a power cut."""

    epochs: list[str] = field(default_factory=list)
    entries: dict[Key, Entry] = field(default_factory=dict)
    notes: dict[str, bytes | None] = field(default_factory=dict)
    meeting: Kept | None = None
    """What ``notes`` must say of a meeting, by the model."""


@dataclass
class Hub:
    """Stores what arrives; its receipts are true when they are made, and may come late or never."""

    stored: dict[Key, bytes] = field(default_factory=dict)
    receipts: list[Receipt] = field(default_factory=list)

    def store(self, entry: Entry) -> None:
        assert self.stored.setdefault(entry.key, entry.payload) == entry.payload, (
            "a key is one event for ever"
        )

    def receipt(self, epoch: str) -> Receipt:
        """Of this moment; kept for those that come late."""
        sequences = sorted(number for stored, number in self.stored if stored == epoch)
        through = next((n for n, number in enumerate(sequences) if number != n + 1), len(sequences))
        beyond: list[tuple[int, int]] = []
        for number in sequences[through:]:
            if beyond and beyond[-1][1] == number - 1:
                beyond[-1] = (beyond[-1][0], number)
            else:
                beyond.append((number, number))
        receipt = Receipt(epoch=epoch, through=through, beyond=beyond[:64])
        self.receipts.append(receipt)
        return receipt
