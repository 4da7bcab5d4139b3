"""What the hub says to units and annunciators."""

from typing import Annotated, Any, Literal

from pydantic import Field

from wire.limits import RECEIPT_RANGES_MAX
from wire.messages.base import Decibel, Instant, Label, Message, Name, Range, Seconds, Sequence, Text, Token


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
    name: Literal["identify", "watch-level", "extend", "meet", "drill", "restart", "record", "stop-record"]
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


class Announcement(Message):
    """Something that a display or loudspeaker tells the people of an office. Ignored after ``expires``.

    It may come twice with the same ``id``: the hub sends until it knows that the broker has it.
    """

    id: Annotated[str, Field(min_length=1, max_length=160, pattern=r"^[!-~]+$")]
    reason: Label
    """``alarm``, ``attention``, ``rise``, ``sign``, ``escalation``, ``arrival``, ``trouble``,
    ``recovered``, ``drill``, ``test``, ``answered`` or ``stand_down``. One that is not known is shown by its
    ``severity``."""
    severity: Literal["alarm", "attention", "trouble", "drill", "none"]
    """How it stands now; ``none``: nothing to show any more."""
    subject: Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[!-~]+$")]
    """What it is about: a later announcement of the same subject replaces this one."""
    unit: Text
    incident: int | None = None
    kinds: Annotated[list[Label], Field(max_length=32)] = Field(default_factory=list)
    language: Literal["ja", "en"]
    title: Text
    """The place, what, and when, in one short line of ``language``."""
    lines: Annotated[list[Text], Field(max_length=32)]
    """All that there is to say."""
    opened: Instant
    time: Instant
    """When it became due."""
    expires: Instant
    late_s: Seconds = 0.0
    presses: Annotated[int, Field(ge=0)] = 0
    level_dba: Decibel | None = None
    answered: bool = False
    round: Annotated[int, Field(ge=0)] = 0
