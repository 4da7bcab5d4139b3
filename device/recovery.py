"""What earlier runs left in the outbox. What cannot be read is told and left out, never guessed."""

import math
from collections.abc import Mapping
from typing import Any

import structlog
from pydantic import ValidationError

from device.backlog import Entry
from device.inputs import AlarmKey, Now, Recovered
from device.notes import NOTES, Notes
from device.outbox_file import Kept
from device.telling import Identity
from wire.codec import Refused, decode
from wire.messages import Event
from wire.messages.events import Assist, Panic, Withdrawn
from wire.topics import Channel, unit_topic

_log = structlog.get_logger()

BUTTON_ALARMS = (Panic.TYPE, Assist.TYPE, Withdrawn.TYPE)


def read_kept(kept: Kept, identity: Identity, now: Now) -> tuple[Recovered, list[Entry], list[Entry]]:
    """For the heart; then the events to send, and those that this version cannot read: the hub would never
    store them, so they are to be removed.
    """
    topic = unit_topic(identity.site, identity.unit, Channel.EVENT)
    alarms: list[tuple[AlarmKey, float]] = []
    readable, broken = [], []
    for entry in kept.entries:
        try:
            event = decode(topic, entry.payload)[1]
        except Refused as refusal:
            _log.error("outbox_event_unreadable", sequence=entry.sequence, detail=refusal.detail)
            broken.append(entry)
            continue
        readable.append(entry)
        if isinstance(event, Event) and event.type in BUTTON_ALARMS:
            # Across a reboot the age is unknown: it counts as long ago, and the light says so.
            age_s = now.monotonic - event.uptime if event.boot == identity.boot else math.inf
            alarms.append((AlarmKey(event.epoch, event.sequence), age_s))
    return Recovered(kept.epochs, tuple(alarms), read_notes(kept.notes)), readable, broken


def read_notes(said: Mapping[str, bytes]) -> Notes:
    """The notes that are sound."""
    notes: dict[str, Any] = {}
    for name, model in NOTES.items():
        if name not in said:
            continue
        try:
            notes[name] = model.model_validate_json(said[name])
        except ValidationError as error:
            faults = [fault["type"] for fault in error.errors(include_url=False, include_input=False)]
            _log.error("note_unreadable", name=name, faults=faults[:5])
    return Notes(**notes)
