"""What the pages read of incidents and counters, as JSON objects. Times are ISO 8601 in UTC with a Z."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from hub.escalation.ladder import Ladder, rung
from hub.fleet import Unit
from hub.incidents import Incident
from hub.sessions import Session
from hub.settings import Counter
from hub.troubles import Trouble

UNREGISTERED = {"number": "", "number_en": "", "name": "未登録の端末", "name_en": "Unregistered unit"}


@lru_cache(maxsize=1024)
def iso(time: datetime | None) -> str | None:
    """``2026-11-22T05:05:32.123Z``."""
    if time is None:
        return None
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def incident_view(incident: Incident, ladder: Ladder | None) -> dict[str, Any]:
    """One incident."""
    standing = incident.standing
    tier = None
    if standing is not None and ladder is not None:
        called = rung(ladder.tiers, standing.index)
        tier = {
            "index": standing.index,
            "round": standing.round,
            "name": called.name,
            "name_en": called.name_en,
        }
    return {
        "id": incident.id,
        "unit": incident.unit,
        "severity": incident.severity.value,
        "kinds": list(incident.kinds),
        "state": incident.state.value,
        "opened": iso(incident.opened),
        "last": iso(incident.last),
        "presses": incident.presses,
        "withdrawn": incident.withdrawn,
        "late_s": incident.late_s,
        "acknowledged_by": incident.acknowledged_by,
        "acknowledged_at": iso(incident.acknowledged_at),
        "helper": incident.helper,
        "arrive_by": iso(incident.arrive_by),
        "snoozed_until": iso(incident.snoozed_until),
        "tier": tier,
        "level_dba": incident.level_dba,
        "calibrated": incident.calibrated,
        "last_event": incident.last_event,
        "outcome": incident.outcome.value if incident.outcome is not None else None,
        "merged_into": incident.merged_into,
    }


def trouble_view(trouble: Trouble, muted_until: datetime | None) -> dict[str, Any]:
    """One trouble."""
    return {
        "id": trouble.id,
        "unit": trouble.unit,
        "part": trouble.part,
        "detail": trouble.detail,
        "state": trouble.state.value,
        "since": iso(trouble.since),
        "present": trouble.present,
        "unsteady": trouble.unsteady,
        "acknowledged_by": trouble.acknowledged_by,
        "ended": iso(trouble.ended),
        "muted_until": iso(muted_until),
        "calling": trouble.standing is not None,
    }


def configuration_view(unit: Unit, desired: int | None) -> dict[str, Any] | None:
    """Which configuration a unit shall run, and what it says of that; None: nobody asked for one."""
    told = unit.reported
    if desired is None and (told is None or told.version == 0):
        return None
    return {
        "desired": desired,
        "reported": told.version if told is not None else None,
        "applied": told.applied if told is not None else None,
        "why": told.why if told is not None else "",
    }


def counter_view(
    unit: Unit, counter: Counter | None, session: Session | None, desired: int | None = None
) -> dict[str, Any]:
    """One counter with what is known of its unit."""
    place: Mapping[str, str] = UNREGISTERED if counter is None else counter.model_dump()
    return {
        "unit": unit.name,
        "area": None if counter is None else counter.area,
        **{key: place[key] for key in UNREGISTERED},
        "known": unit.known,
        "link": unit.link,
        "since": iso(unit.since),
        "seen": iso(unit.seen),
        "faults": list(unit.faults),
        # What a unit that is away may be doing nobody knows.
        "recording": unit.link == "online" and unit.health is not None and unit.health.recording,
        "configuration": configuration_view(unit, desired),
        "session": None
        if session is None
        else {
            "started": iso(session.started),
            "limit_s": session.limit_s,
            "warn_s": session.warn_s,
            "grace_s": session.grace_s,
            # By number only: a screen at the counters is no place for how a visitor is called.
            "agreed": None
            if session.case is None
            else {"case": session.case, "two_staff": session.two_staff},
        },
    }
