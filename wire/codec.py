"""Bytes to messages and back. Everything that arrives is hostile until it has passed here."""

from enum import StrEnum
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from wire.limits import EVENT_BYTES_MAX, JSON_DEPTH_MAX
from wire.messages import PAYLOADS, Announcement, AreaAlarm, Event, Message
from wire.topics import AreaTopic, BadName, Channel, Topic, UnitTopic, parse, source_of


class Reason(StrEnum):
    """Why a payload was refused."""

    TOPIC = "topic"
    """The topic is not of this contract, or not one that this side reads."""
    SIZE = "size"
    ENCODING = "encoding"
    """Not UTF-8."""
    JSON = "json"
    DEPTH = "depth"
    FIELDS = "fields"
    """JSON, but not this message: a field is missing, of another type or out of its limits."""
    SOURCE = "source"
    """The event names another unit than its topic does."""
    EXPIRED = "expired"
    """Not from a live sender: an event that the broker had retained."""


class Refused(Exception):
    """A payload outside the contract. ``detail`` is safe to store and to show: it is bounded and quotes
    at most field names and types, never values."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason.value}: {detail}")
        self.reason = reason
        self.detail = detail[:300]


def encode(message: Message) -> bytes:
    """UTF-8 JSON, without spaces; ``ValueError`` when it would break the contract's own limit."""
    payload = message.model_dump_json(exclude_none=True).encode()
    if len(payload) > EVENT_BYTES_MAX:
        raise ValueError(
            f"{type(message).__name__} must be at most {EVENT_BYTES_MAX} bytes; it is {len(payload)}"
        )
    return payload


def decode(topic: str, payload: bytes) -> tuple[Topic, Message]:
    """Read one payload from ``topic``; raises ``Refused`` and nothing else."""
    try:
        where = parse(topic)
    except BadName as error:
        raise Refused(Reason.TOPIC, str(error)) from error
    message = _message(_model(where), payload)
    if isinstance(message, Event) and isinstance(where, UnitTopic):
        _check_event(where, message)
    return where, message


def _model(where: Topic) -> type[Message]:
    if isinstance(where, UnitTopic):
        return PAYLOADS[where.channel]
    return AreaAlarm if isinstance(where, AreaTopic) else Announcement


def _message(model: type[Message], payload: bytes) -> Message:
    if len(payload) > EVENT_BYTES_MAX:
        raise Refused(Reason.SIZE, f"at most {EVENT_BYTES_MAX} bytes; given: {len(payload)}")
    try:
        payload.decode()  # the JSON reader would say only "invalid"; a person wants to know where
    except UnicodeDecodeError as error:
        raise Refused(Reason.ENCODING, f"not UTF-8 at byte {error.start}") from error
    # What opens no more brackets than may be nested cannot be too deep.
    brackets = payload.count(b"{") + payload.count(b"[")
    if brackets > JSON_DEPTH_MAX or b"NaN" in payload or b"Infinity" in payload:
        _check_tree(payload)
    try:
        return model.model_validate_json(payload)
    except ValidationError as error:
        raise _refusal(error) from error


def _check_tree(payload: bytes) -> None:
    """What the message's own fields do not say: how deep it is, and no number that is none."""
    try:
        tree = from_json(payload, allow_inf_nan=False)
    except (ValueError, RecursionError) as error:
        raise Refused(Reason.JSON, str(error)) from error
    if _deeper_than(tree, JSON_DEPTH_MAX):
        raise Refused(Reason.DEPTH, f"at most {JSON_DEPTH_MAX} levels")


def _check_event(where: UnitTopic, event: Event) -> None:
    expected = source_of(where.site, where.unit)
    if where.channel is Channel.EVENT and event.source != expected:
        raise Refused(Reason.SOURCE, f"the topic is of {expected}, the event of another unit")
    try:
        event.content()
    except ValidationError as error:
        raise _refusal(error) from error


def _refusal(error: ValidationError) -> Refused:
    """Where and what kind, without the value that was given: it may be anything."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    if faults[0]["type"] == "json_invalid":
        return Refused(Reason.JSON, faults[0]["msg"])
    told = "; ".join(f"{'.'.join(map(str, f['loc']))[:60]}: {f['type']}" for f in faults[:5])
    return Refused(Reason.FIELDS, told)


def _deeper_than(tree: Any, limit: int) -> bool:
    level = [tree]
    for _ in range(limit):
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
    return any(isinstance(node, dict | list) for node in level)
