"""What the pages read of recordings, as JSON objects. See ``hub.views``."""

from typing import Any

from hub.recordings.archive import Known
from hub.store.recordings_ledger import Day
from hub.store.recordings_links import Disclosure
from hub.views import iso
from wire.evidence.ledger import LedgerLine
from wire.evidence.line import RATE_HZ


def recording_view(known: Known) -> dict[str, Any]:
    """One recording, its incidents, and when it will be deleted."""
    one, fate = known.recording, known.fate
    hold = one.hold
    return {
        "id": one.id,
        "unit": one.unit,
        "why": one.why,
        "clock": one.clock,
        "started": iso(one.started),
        "ended": iso(one.ended),
        "seconds": one.seconds,
        "segments": one.segments,
        "missing_s": one.missing / RATE_HZ,
        "end": one.end,
        "altered": one.altered,
        "incidents": [span.incident for span in known.incidents],
        "kept_as": fate.kept.value,
        "deleted_on": iso(fate.until),
        "held": None if hold is None else {"by": hold.by, "at": iso(hold.at), "why": hold.why},
    }


def marks_view(known: Known) -> list[dict[str, Any]]:
    """What the unit found, in seconds from the beginning."""
    started = known.recording.started
    return [
        {"at_s": round((mark.at - started).total_seconds(), 3), "kind": mark.kind} for mark in known.marks
    ]


def disclosure_view(one: Disclosure) -> dict[str, Any]:
    """One line of the register."""
    return {
        "id": one.id,
        "recording": one.recording,
        "given": iso(one.given),
        "recipient": one.recipient,
        "what": one.what,
        "basis": one.basis,
        "by": one.by,
        "recorded": iso(one.recorded),
    }


def line_view(line: LedgerLine, stored: str) -> dict[str, Any]:
    """One line of the ledger. ``whole``: what is stored is what was written."""
    return {
        "seq": line.seq,
        "at": line.at,
        "actor": line.actor,
        "name": line.name,
        "act": line.act,
        "subject": line.subject,
        "reason": line.reason,
        "detail": line.detail,
        "salt": line.salt,
        "previous": line.previous,
        "hash": stored,
        "whole": stored == line.hash,
    }


def day_view(day: Day) -> dict[str, Any]:
    """A day's root."""
    return {
        "day": day.day,
        "seq": day.seq,
        "root": day.hash,
        "stamped": iso(day.stamped),
        "problem": day.problem,
    }
