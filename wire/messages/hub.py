"""What the hub says to units."""

from typing import Annotated, Any, Literal

from pydantic import Field

from wire.limits import RECEIPT_RANGES_MAX
from wire.messages.base import Instant, Message, Name, Range, Sequence, Token


class Receipt(Message):
    """What the hub has stored of one epoch, after COMMIT: the whole truth each time.

    A lost receipt therefore costs nothing, and a hole below ``beyond`` asks the unit to send again.
    """

    epoch: Token
    through: Annotated[int, Field(ge=0)]
    """Everything up to here is stored; 0 is nothing."""
    beyond: Annotated[list[Range], Field(max_length=RECEIPT_RANGES_MAX)] = Field(default_factory=list)
    """Stored ranges above ``through``, ascending, apart from each other."""

    def covers(self, sequence: int) -> bool:
        """Whether the hub has stored ``sequence``."""
        return sequence <= self.through or any(a <= sequence <= b for a, b in self.beyond)

    @property
    def highest(self) -> int:
        """The highest stored sequence."""
        return self.beyond[-1][1] if self.beyond else self.through


class Covers(Message):
    """The last alarm event that a lamp takes into account."""

    epoch: Token
    sequence: Sequence


class Lamp(Message):
    """Retained: what the alarm light must say, as the hub knows it.

    Which person is coming is not told: the unit has no screen, and a retained message is no place for a name.
    """

    state: Literal["off", "stored", "coming", "unanswered"]
    covers: Covers | None = None
    """An alarm after this one is not answered by this lamp. None: no alarm yet."""
    time: Instant


class Command(Message):
    """Something a person asks a unit to do. Ignored after ``expires``."""

    id: Token
    name: Literal["identify", "watch-level", "extend", "drill", "restart", "record", "stop-record"]
    expires: Instant
    arguments: dict[str, Any] = Field(default_factory=dict)
    """Fields of the class that ``wire.messages.commands.ARGUMENTS`` gives for ``name``."""


class Config(Message):
    """Retained: the configuration that the unit shall run, signed by the hub."""

    version: Annotated[int, Field(ge=1, le=2**53 - 1)]
    """Ascends; a unit refuses to go back."""
    settings: dict[str, Any]
    """Fields of ``wire.messages.commands.Desired``."""
    signature: Annotated[str, Field(max_length=200)]


class AreaAlarm(Message):
    """Retained: the units of this area with an alarm that is not yet ended."""

    units: Annotated[list[Name], Field(max_length=200)]
    time: Instant
