"""What a check has found, by a code and its values; the words are in ``wire.verifier.words``."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Weight(StrEnum):
    """What a finding means for the package."""

    FAULT = "fault"
    """It is not what it was."""
    NOTE = "note"
    """A person should know it."""
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing, named."""

    weight: Weight
    code: str
    values: dict[str, str | int] = field(default_factory=dict)


class Findings(list[Finding]):
    """In the order in which they were found."""

    def fault(self, code: str, **values: str | int) -> None:
        """Something was altered, is missing, or was added."""
        self.append(Finding(Weight.FAULT, code, values))

    def note(self, code: str, **values: str | int) -> None:
        """Something to know."""
        self.append(Finding(Weight.NOTE, code, values))

    def good(self, code: str, **values: str | int) -> None:
        """Something holds."""
        self.append(Finding(Weight.GOOD, code, values))

    @property
    def faults(self) -> list[Finding]:
        """Of these there must be none."""
        return [each for each in self if each.weight is Weight.FAULT]


def codes(found: Iterable[Finding]) -> set[str]:
    """Which there are."""
    return {each.code for each in found}
