"""What people ask of units: one order, sent once, with an end, and with its answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import ValidationError

from wire.messages import Command
from wire.messages.commands import ARGUMENTS, refusal

EXPIRES_AFTER_S = 30.0
"""An order that has not reached its unit by then is not done any more, in seconds."""

ANSWER_WITHIN_S = 30.0
"""An answer may wait in the unit's outbox; after so long past the end it counts as missing, in seconds."""

OrderState = Literal["waiting", "done", "refused", "unanswered"]


class BadOrder(ValueError):
    """Not something that a unit can be asked; the message says what may be."""


@dataclass(frozen=True, slots=True)
class Order:
    """One command to one unit. Times are UTC."""

    id: str
    """Made by chance, lower-case hexadecimal."""
    unit: str
    name: str
    created: datetime
    expires: datetime
    by: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    drill: int | None = None
    """The drill that it belongs to."""
    answered: datetime | None = None
    done: bool | None = None
    why: str = ""

    def state(self, now: datetime) -> OrderState:
        """What became of it."""
        if self.answered is not None:
            return "done" if self.done else "refused"
        late = self.expires + timedelta(seconds=ANSWER_WITHIN_S)
        return "waiting" if now <= late else "unanswered"

    def message(self) -> Command:
        """For the wire. Raises ``BadOrder``."""
        try:
            return Command.model_validate(
                {
                    "id": self.id,
                    "name": self.name,
                    "expires": self.expires,
                    "arguments": dict(self.arguments),
                }
            )
        except ValidationError as error:
            raise BadOrder(refusal(error)) from error


def order(
    token: str,
    unit: str,
    name: str,
    arguments: Mapping[str, Any],
    *,
    by: str,
    now: datetime,
    drill: int | None = None,
) -> Order:
    """A new one. Raises ``BadOrder``."""
    if name not in ARGUMENTS:
        raise BadOrder(f"name must be one of {', '.join(ARGUMENTS)}; given: {name[:40]!r}")
    try:
        ARGUMENTS[name].model_validate(dict(arguments))
    except ValidationError as error:
        raise BadOrder(refusal(error)) from error
    expires = now + timedelta(seconds=EXPIRES_AFTER_S)
    return Order(token, unit, name, now, expires, by, dict(arguments), drill)
