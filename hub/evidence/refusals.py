"""What was refused of late: counted, told, and never so often that it fills the ledger."""

from dataclasses import dataclass

TOLD_EVERY_S = 300.0
"""The same kind of refusal of the same unit gets a line of the ledger at most this often, in seconds."""
SHOWN_FOR_S = 900.0
"""It is a trouble for so long after the last one."""
KINDS_MAX = 1000
"""Kinds and units that are remembered; more than there are units in a building."""

NOBODY = "unknown"
"""Stands for every unit that the settings do not know: their names come from anybody."""


@dataclass(slots=True)
class _Counted:
    first_s: float
    last_s: float
    count: int = 0
    """Not told yet."""
    told_s: float | None = None


class Refusals:
    """Times are monotonic seconds."""

    def __init__(self) -> None:
        self._counted: dict[tuple[str, str], _Counted] = {}
        self.total = 0

    def note(self, unit: str, word: str, now_s: float) -> int:
        """One more; gives how many are to be told in a ledger line now, 0 for none."""
        self.total += 1
        key = (unit, word)
        if key not in self._counted and len(self._counted) >= KINDS_MAX:
            key = (NOBODY, word)
        one = self._counted.setdefault(key, _Counted(now_s, now_s))
        one.last_s = now_s
        one.count += 1
        if one.told_s is not None and now_s - one.told_s < TOLD_EVERY_S:
            return 0
        told, one.count, one.told_s = one.count, 0, now_s
        return told

    def left(self, now_s: float) -> list[tuple[str, str, int]]:
        """Unit, word and count of what was counted since the last line and may be told now."""
        due = []
        for (unit, word), one in self._counted.items():
            if one.count and one.told_s is not None and now_s - one.told_s >= TOLD_EVERY_S:
                due.append((unit, word, one.count))
                one.count, one.told_s = 0, now_s
        return due

    def standing(self, now_s: float) -> dict[str, str]:
        """Unit to what was refused of late, in words for a trouble."""
        self._counted = {
            key: one for key, one in self._counted.items() if one.count or now_s - one.last_s < SHOWN_FOR_S
        }
        units: dict[str, list[str]] = {}
        for (unit, word), one in sorted(self._counted.items()):
            if now_s - one.last_s < SHOWN_FOR_S:
                units.setdefault(unit, []).append(word)
        return {unit: ", ".join(words) for unit, words in units.items()}
