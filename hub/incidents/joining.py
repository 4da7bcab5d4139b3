"""Merging and splitting: what a person knows afterwards about which alerts belong together.

Only what is over can be put into another incident or taken apart: an alarm that somebody still waits for
never disappears into another one.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from hub.incidents.incident import Entry, Incident, Severity, State

OVER = frozenset({State.RESOLVED, State.CLOSED})
ALERTS = frozenset({"panic", "assist", "withdrawn", "shout", "bang"})


class CannotJoin(Exception):
    """These cannot be merged or split; the message says why."""


def merge(
    part: Incident, whole: Incident, who: str, actor: str, now: datetime
) -> tuple[Incident, Entry, Entry]:
    """``part`` as a piece of ``whole``, with a line for the timeline of each. Raises ``CannotJoin``."""
    if part.id == whole.id:
        raise CannotJoin("an incident is a part of itself already")
    for one in (part, whole):
        if one.merged_into is not None:
            raise CannotJoin(f"incident {one.id} is a part of {one.merged_into} already")
    if part.state not in OVER:
        raise CannotJoin(f"incident {part.id} is not over: it is {part.state}")
    merged = replace(part, state=State.CLOSED, merged_into=whole.id, outcome=None)
    return (
        merged,
        Entry("merged-into", now, who, actor, {"incident": whole.id}),
        Entry("merged", now, who, actor, {"incident": part.id}),
    )


def split(
    incident: Incident, alerts: Sequence[tuple[int, Entry]], taken: Collection[int]
) -> tuple[Incident, Incident]:
    """What stays and the new incident (with id 0) of the alerts ``taken``, by the numbers of their lines.

    ``alerts`` are the lines of the timeline that tell of alerts. Raises ``CannotJoin``.
    """
    if incident.state not in OVER or incident.merged_into is not None:
        raise CannotJoin(f"incident {incident.id} is not over, or a part of another; it is {incident.state}")
    known = {number for number, _ in alerts}
    if unknown := sorted(set(taken) - known):
        raise CannotJoin(f"no alerts of incident {incident.id}: {', '.join(map(str, unknown[:10]))}")
    if not taken or len(set(taken)) == len(known):
        raise CannotJoin("some of the alerts must be taken and some must stay")
    staying = [entry for number, entry in alerts if number not in taken]
    going = [entry for number, entry in alerts if number in taken]
    apart = replace(incident, id=0, state=State.RESOLVED, outcome=None, told=(), calls=0)
    return _of(incident, staying), _of(apart, going)


def _of(incident: Incident, alerts: Sequence[Entry]) -> Incident:
    """The incident with what these alerts tell, and nothing else."""
    kinds = dict.fromkeys("panic" if alert.what == "withdrawn" else alert.what for alert in alerts)
    first = min(alerts, key=lambda alert: alert.at)
    loudest = max(alerts, key=_level)
    pressed = any(kind in ("panic", "assist") for kind in kinds)
    severity = incident.severity if incident.severity is Severity.DRILL else Severity.ATTENTION
    level = _level(loudest)
    return replace(
        incident,
        severity=Severity.ALARM if pressed and severity is not Severity.DRILL else severity,
        kinds=tuple(kinds),
        opened=first.at,
        last=max(alert.at for alert in alerts),
        presses=sum(_presses(alert) for alert in alerts),
        withdrawn=any(alert.what == "withdrawn" for alert in alerts),
        late_s=_number(first, "late_s") or 0.0,
        level_dba=level if level > float("-inf") else None,
        calibrated=loudest.detail.get("calibrated") is True if level > float("-inf") else None,
    )


def _presses(alert: Entry) -> int:
    return int(_number(alert, "presses") or 1) if alert.what == "panic" else 0


def _level(alert: Entry) -> float:
    level = _number(alert, "level_dba")
    return float("-inf") if level is None else level


def _number(alert: Entry, name: str) -> float | None:
    value = alert.detail.get(name)
    return float(value) if isinstance(value, int | float) else None
