"""The contract as an AsyncAPI 3 document, made from the code so that the two cannot differ."""

from typing import Any, NamedTuple

from wire.limits import (
    EVENT_BYTES_MAX,
    HEARTBEAT_S,
    JSON_DEPTH_MAX,
    LEVEL_HZ_MAX,
    SILENT_AFTER_S,
)
from wire.messages import PAYLOADS, Announcement, AreaAlarm, Message
from wire.messages.commands import ARGUMENTS, Desired
from wire.messages.events import EVENT_TYPES
from wire.topics import FROM_UNIT, NAME_PATTERN, ROOT, AnnunciatorTopic, AreaTopic, Channel, UnitTopic

_SCHEMAS = "#/components/schemas/"


class _Carriage(NamedTuple):
    qos: int
    retain: bool
    summary: str


_UNIT_CARRIAGE: dict[Channel, _Carriage] = {
    Channel.EVENT: _Carriage(1, False, "Something happened. Kept by the unit until a receipt covers it."),
    Channel.STATUS: _Carriage(1, True, "Online or offline; the last will says offline."),
    Channel.HEALTH: _Carriage(0, False, f"The heartbeat, every {HEARTBEAT_S:g} s."),
    Channel.LEVEL: _Carriage(0, False, f"Sound level, at most {LEVEL_HZ_MAX} a second while watched."),
    Channel.REPORTED: _Carriage(1, True, "The configuration that runs, or why it was refused."),
    Channel.RECEIPT: _Carriage(1, False, "What the hub has stored of an epoch, sent after COMMIT."),
    Channel.LAMP: _Carriage(1, True, "What the alarm light must say."),
    Channel.COMMAND: _Carriage(1, False, "Something a person asks of the unit; carries its own expiry."),
    Channel.CONFIG: _Carriage(1, True, "The configuration the unit shall run, signed and versioned."),
}


def document() -> dict[str, Any]:
    """The whole document, as JSON-able data."""
    schemas: dict[str, Any] = {}
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    for channel, payload in PAYLOADS.items():
        carriage = _UNIT_CARRIAGE[channel]
        address = str(UnitTopic("{site}", "{unit}", channel))
        channels[channel.value] = _channel(address, payload, carriage, ("site", "unit"), schemas)
        sender = "unit" if channel in FROM_UNIT else "hub"
        operations[f"{sender}-sends-{channel.value}"] = _operation(channel.value, carriage)
    area = _Carriage(1, True, "Units of the area with an alarm that is not ended, for their neighbours.")
    channels["area-alarm"] = _channel(
        str(AreaTopic("{site}", "{area}")), AreaAlarm, area, ("site", "area"), schemas
    )
    operations["hub-sends-area-alarm"] = _operation("area-alarm", area)
    notice = _Carriage(1, False, "What a display or loudspeaker tells; carries its own expiry.")
    channels["annunciator-notice"] = _channel(
        str(AnnunciatorTopic("{site}", "{annunciator}")),
        Announcement,
        notice,
        ("site", "annunciator"),
        schemas,
    )
    operations["hub-sends-annunciator-notice"] = _operation("annunciator-notice", notice)
    for name, data in sorted(EVENT_TYPES.items()):
        schemas[name] = _schema(data, schemas)
    wholes: list[type[Message]] = [*ARGUMENTS.values(), Desired]
    for whole in wholes:
        schemas[whole.__name__] = _schema(whole, schemas)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Madomori wire contract",
            "version": ROOT.rsplit("/", 1)[1],
            "description": (
                f"Payloads are UTF-8 JSON of at most {EVENT_BYTES_MAX} bytes, nested at most "
                f"{JSON_DEPTH_MAX} deep. Events are CloudEvents 1.0 in structured mode; the class of `data` "
                "follows from `type` and stands in components under that name. Unknown fields are ignored "
                "(in a command's arguments and in a desired configuration they are refused), "
                f"unknown types are stored. A unit not heard of for {SILENT_AFTER_S:g} s is in trouble. "
                "Needs MQTT 3.1.1; MQTT 5 is used where the broker speaks it."
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"schemas": dict(sorted(schemas.items()))},
    }


def _channel(
    address: str,
    payload: type[Message],
    carriage: _Carriage,
    parameters: tuple[str, str],
    schemas: dict[str, Any],
) -> dict[str, Any]:
    name = payload.__name__
    schemas[name] = _schema(payload, schemas)
    content_type = "application/cloudevents+json" if name == "Event" else "application/json"
    return {
        "address": address,
        "summary": carriage.summary,
        "parameters": {p: {"description": f"Matches ^{NAME_PATTERN}$"} for p in parameters},
        "messages": {name: {"contentType": content_type, "payload": {"$ref": _SCHEMAS + name}}},
    }


def _operation(channel: str, carriage: _Carriage) -> dict[str, Any]:
    """Seen from whoever sends; the other side is the reader."""
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": carriage.summary,
        "bindings": {"mqtt": {"qos": carriage.qos, "retain": carriage.retain, "bindingVersion": "0.2.0"}},
    }


def _schema(model: type[Message], schemas: dict[str, Any]) -> dict[str, Any]:
    """The class's JSON Schema; what it refers to is added to ``schemas``."""
    schema = model.model_json_schema(ref_template=_SCHEMAS + "{model}", mode="serialization")
    schemas.update(schema.pop("$defs", {}))
    return schema
