"""What a unit notes on its disk for its next start, beside the events: small, and rewritten as a whole."""

from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from wire.messages.base import CaseNumber, Seconds, Sequence, Token
from wire.messages.commands import Desired

COMMANDS_NOTED = 64
"""Commands that are remembered as answered: the newest."""


class _Note(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, use_attribute_docstrings=True)


class SessionNote(_Note):
    """The meeting that goes on."""

    boot: Token
    """``began`` means something in this boot only."""
    began: Seconds
    """Monotonic."""
    limit_s: Seconds
    warn_s: Seconds
    grace_s: Seconds
    epoch: Token | None = None
    """With ``sequence``: the event that started it. None when there was no room for that event."""
    sequence: Sequence | None = None
    case: CaseNumber | None = None
    """The agreement with the visitor under which it goes on."""
    recorded: bool = False
    """Whether that asks for a recording until the meeting ends."""
    unknown: bool = False
    """Whether it has been said that nothing is known of it any more."""

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.epoch is None) != (self.sequence is None):
            raise ValueError("epoch and sequence must be given together")
        return self


class ConfigNote(_Note):
    """The desired configuration that was applied last."""

    version: Annotated[int, Field(ge=1)]
    settings: Desired


class CommandsNote(_Note):
    """Commands that were answered, oldest first."""

    ids: Annotated[list[Token], Field(max_length=COMMANDS_NOTED)]


@dataclass(frozen=True, slots=True)
class Notes:
    """All that the last run noted; None where it noted nothing."""

    session: SessionNote | None = None
    config: ConfigNote | None = None
    commands: CommandsNote | None = None


NOTES: dict[str, type[SessionNote | ConfigNote | CommandsNote]] = {
    "session": SessionNote,
    "config": ConfigNote,
    "commands": CommandsNote,
}
"""Name on the disk to what is noted under it: the fields of ``Notes``."""
