"""The ladder: tiers of people and devices, in the order in which they are called."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

CalleeKind = Literal["person", "group", "mail", "webhook", "annunciator", "tower", "apprise"]
CALLEE_KINDS: tuple[CalleeKind, ...] = get_args(CalleeKind)

For = Literal["alarm", "attention", "trouble"]

ARRIVE_WITHIN_S = 300.0
"""Who has said that they come and has not arrived by then is taken for not coming, in seconds."""


class BadCallee(ValueError):
    """Not somebody who can be called; the message names what is allowed and what was given."""


class Callee(NamedTuple):
    """Somebody or something that a tier calls."""

    kind: CalleeKind
    name: str
    """Login of a person, id of a group, mail address, or a device's name in the settings."""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"

    @classmethod
    def parse(cls, text: str) -> "Callee":
        """From ``kind:name``. Raises ``BadCallee``."""
        kind, _, name = text.partition(":")
        for known in CALLEE_KINDS:
            if kind == known and name:
                return cls(known, name.lower() if known == "person" else name)
        raise BadCallee(f"must be {', '.join(f'{k}:…' for k in CALLEE_KINDS)}; given: {text[:80]!r}")


@dataclass(frozen=True, slots=True)
class Tier:
    """One rung: who is called, and for how long before the next is."""

    name: str
    name_en: str
    seconds: float
    callees: tuple[Callee, ...] = ()
    """Nobody: those who watch the live page, which shows every tier."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """Tiers for some severities, in some areas or everywhere."""

    name: str
    tiers: tuple[Tier, ...]
    severities: frozenset[For] = frozenset({"alarm"})
    areas: frozenset[str] = frozenset()
    """None: everywhere where no other ladder names the area."""
    arrive_within_s: float = ARRIVE_WITHIN_S


DEFAULT_TIERS = (
    Tier("係長", "Team leader", 30.0),
    Tier("課長", "Section head", 60.0),
    Tier("部長", "Department head", 120.0),
)


def choose(ladders: Iterable[Ladder], severity: For, area: str | None) -> Ladder | None:
    """The ladder that names the area, else the one for everywhere; None when nobody is to be called."""
    general = None
    for ladder in ladders:
        if severity in ladder.severities:
            if area is not None and area in ladder.areas:
                return ladder
            if not ladder.areas and general is None:
                general = ladder
    return general


def rung(ladder: Sequence[Tier], index: int) -> Tier:
    """The tier of that index; the last one of a ladder that has become shorter since."""
    return ladder[min(index, len(ladder) - 1)]
