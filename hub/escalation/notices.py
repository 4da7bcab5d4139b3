"""The notices of a call: what each recipient is to be told."""

import hashlib
from collections.abc import Iterator
from datetime import datetime

from hub.escalation.calls import Call
from hub.escalation.plan import Plan
from hub.incidents import UNRESOLVED, Incident, State
from hub.notices import Both, Notice, Place, Reason, Severity, Target


def notices(plan: Plan, place: Place, now: datetime, *, url: str | None, note: str = "") -> list[Notice]:
    """One for each recipient of each call. The same plan gives the same ids, whoever makes it."""
    return [
        notice for call in plan.calls for notice in _of(call, plan.incident, place, now, url=url, note=note)
    ]


def notice_id(subject: str, number: int, target: Target) -> str:
    """The same for the same call of the same subject to the same target, and for no other."""
    digest = hashlib.sha256(f"{target.channel}\0{target.address}".encode()).hexdigest()
    return f"{subject}.{number}.{digest[:16]}"


def _of(
    call: Call, incident: Incident, place: Place, now: datetime, *, url: str | None, note: str
) -> Iterator[Notice]:
    answered = incident.state is not State.OPEN
    for recipient in call.recipients:
        yield Notice(
            id=notice_id(f"i{incident.id}", incident.calls, recipient.target),
            due=now,
            target=recipient.target,
            reason=call.reason,
            severity=_shown(call.reason, incident),
            place=place,
            unit=incident.unit,
            incident=incident.id,
            kinds=incident.kinds,
            opened=incident.opened,
            running_s=max(0.0, (now - incident.opened).total_seconds()),
            late_s=incident.late_s,
            presses=incident.presses,
            level_dba=incident.level_dba,
            answered_by=incident.helper if answered else None,
            tier=Both(call.tier.name, call.tier.name_en) if call.tier is not None else None,
            round=call.round,
            note=note or None,
            language=recipient.language,
            url=url,
        )


def _shown(reason: Reason, incident: Incident) -> Severity:
    """A signal goes out when the call is over, although the incident may not be."""
    if reason in ("answered", "stand_down") or incident.state not in UNRESOLVED:
        return "none"
    shown: dict[str, Severity] = {"alarm": "alarm", "attention": "attention", "drill": "drill"}
    return shown[incident.severity.value]
