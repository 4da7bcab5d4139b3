"""The envelope of every event: a CloudEvent 1.0 in JSON structured mode.

Extension attributes are strings, as CloudEvents 1.0 (section 3.1) and its ``sequence`` extension ask:
``sequence`` is zero-padded so that it sorts as text, ``uptime`` is decimal seconds.
"""

from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, PlainSerializer

from wire.messages.base import Instant, Message, SecondsText, Sequence, Token
from wire.messages.events import EVENT_TYPES, EventData

_SEQUENCE_DIGITS = 16


def _number(value: object) -> object:
    """Decimal text to a number; anything else is left for the strict type to judge."""
    if isinstance(value, str) and 0 < len(value) <= 24 and value.replace(".", "", 1).isdecimal():
        return float(value) if "." in value else int(value)
    return value


def _seconds(value: object) -> object:
    number = _number(value)
    return float(number) if isinstance(number, int) and not isinstance(number, bool) else number


class Event(Message):
    """One event of one unit. ``(source, epoch, sequence)`` is unique for ever."""

    specversion: Literal["1.0"] = "1.0"
    id: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[!-~]+$")]
    """``{epoch}-{sequence}``."""
    source: Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[!-~]+$")]
    """Which unit: see ``wire.topics.source_of``. Must agree with the topic."""
    type: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[!-~]+$")]
    time: Instant
    """When it happened by the unit's wall clock, as good as ``clock`` says."""
    datacontenttype: Literal["application/json"] = "application/json"
    epoch: Token
    """Identity of the unit's outbox in one run of its program."""
    sequence: Annotated[
        Sequence,
        BeforeValidator(_number),
        PlainSerializer(lambda v: f"{v:0{_SEQUENCE_DIGITS}d}", return_type=str),
    ]
    """Strictly increasing in an epoch, from 1, without holes."""
    boot: Token
    """Identity of the computer's boot: ``uptime`` values of one boot can be compared."""
    uptime: Annotated[SecondsText, BeforeValidator(_seconds)]
    """Monotonic seconds since boot at the moment it happened."""
    clock: Literal["synced", "unsynced"]
    """Whether the wall clock was known to be right."""
    data: dict[str, Any]
    """Fields of the class that ``EVENT_TYPES`` gives for ``type``."""

    @classmethod
    def of(cls, data: EventData, **attributes: Any) -> Self:
        """An event that says ``data``; ``attributes`` are the envelope's, without id, type and data."""
        number = attributes["sequence"]
        return cls(
            id=f"{attributes['epoch']}-{number}",
            type=data.TYPE,
            data=data.model_dump(mode="json", exclude_none=True),
            **attributes,
        )

    def content(self) -> EventData | None:
        """The data as its class; None for a type that this version does not know.

        Raises ``pydantic.ValidationError`` where the data breaks the class's rules.
        """
        return self._content

    @cached_property
    def _content(self) -> EventData | None:
        known = EVENT_TYPES.get(self.type)
        return known.model_validate(self.data) if known else None

    @property
    def is_alarm(self) -> bool:
        """Whether it drains first and is never evicted."""
        known = EVENT_TYPES.get(self.type)
        return known is not None and known.ALARM
