"""Which alerts open an incident, and what becomes of one by what follows at its counter."""

from dataclasses import replace
from datetime import datetime, timedelta

from hub.alerts import BUTTONS, Alert
from hub.incidents.incident import Entry, Incident, Severity, State

SECOND_SIGN_S = 120.0
"""A second sign within this of the first makes an alarm of an attention, in seconds."""

QUIET_S = 30.0
"""At an answered incident a new sign is told at most this often, in seconds: a frightened person presses many
times, and a helper who runs must not be called by each."""

DRILL_SHOWN_S = 20.0
"""How long the press of a drill is shown, and its light lit, in seconds."""


def opens(alert: Alert) -> bool:
    """Whether an alert begins an incident where there is none. A bang alone does not, and of a shout only
    its beginning: what goes on after a person has resolved the incident is not a new one."""
    return alert.kind in BUTTONS or _found(alert)


def gather(current: Incident | None, alert: Alert, now: datetime) -> tuple[Incident, Entry] | None:
    """The incident after ``alert``; None when the alert belongs to no incident.

    ``current`` is the counter's unresolved incident, if there is one. Whom to call is for the plan.
    """
    if current is None:
        if not opens(alert):
            return None
        current = _opened(alert, now)
    # A withdrawal stands for the press that it withdraws, which may arrive after it.
    kind = "panic" if alert.kind == "withdrawn" else alert.kind
    earlier = alert.happened < current.opened
    incident = replace(
        current,
        kinds=current.kinds if kind in current.kinds else (*current.kinds, kind),
        opened=alert.happened if earlier else current.opened,
        late_s=alert.late_s if earlier else current.late_s,
        last=max(current.last, alert.happened),
        presses=current.presses + alert.presses,
        withdrawn=current.withdrawn or alert.kind == "withdrawn",
        last_event=alert.event_id,
    )
    if alert.level_dba is not None and (current.level_dba is None or alert.level_dba > current.level_dba):
        incident = replace(incident, level_dba=alert.level_dba, calibrated=alert.calibrated)
    return _noticed(current, _rise(current, incident, alert), alert, now), entry_of(alert)


def withdraw(incident: Incident, alert: Alert) -> tuple[Incident, Entry]:
    """A press that a person has already dealt with is withdrawn: it is noted, and opens nothing."""
    return replace(incident, withdrawn=True), entry_of(alert)


def entry_of(alert: Alert) -> Entry:
    """The alert's line in the timeline."""
    return Entry(alert.kind, alert.happened, actor=f"unit:{alert.unit}", detail=alert.detail)


def _found(alert: Alert) -> bool:
    return alert.kind == "shout" and alert.phase == "start"


def _rise(before: Incident, incident: Incident, alert: Alert) -> Incident:
    """Raise the severity where the alert asks for it. It never falls."""
    match before.severity:
        case Severity.ATTENTION:
            rises = alert.kind in BUTTONS or (bool(before.kinds) and _second_sign(before, alert))
        case Severity.DRILL:
            rises = _found(alert) or (alert.kind in ("panic", "assist") and not alert.practice)
        case Severity.ALARM:
            rises = False
    if not rises:
        return incident
    # The call of the lower severity ends here; the plan begins that of the alarm.
    return replace(incident, severity=Severity.ALARM, standing=None, ends_at=None)


def _second_sign(before: Incident, alert: Alert) -> bool:
    if not (alert.kind == "bang" or _found(alert)):
        return False
    window = timedelta(seconds=SECOND_SIGN_S)
    return before.opened - window <= alert.happened <= before.last + window


def _noticed(before: Incident, incident: Incident, alert: Alert, now: datetime) -> Incident:
    """A new sign ends a snooze, and is told although somebody has answered."""
    rose = incident.severity is not before.severity
    if not rose and not _new_sign(incident, alert):
        return incident
    if incident.snoozed_until is not None:
        standing = incident.standing
        begun_again = replace(standing, due=now) if standing else None
        incident = replace(incident, snoozed_until=None, standing=begun_again)
    if incident.state in (State.ACKNOWLEDGED, State.RESPONDING) and incident.standing is None:
        soonest = now
        if incident.called_at is not None and not rose:
            soonest = max(now, incident.called_at + timedelta(seconds=QUIET_S))
        incident = replace(incident, sign_due=min(incident.sign_due or soonest, soonest))
    return incident


def _new_sign(incident: Incident, alert: Alert) -> bool:
    """Late events that happened before somebody answered tell nothing new."""
    if alert.kind not in ("panic", "assist") and not _found(alert):
        return False
    answered = incident.acknowledged_at
    return not (alert.late_s > 0 and answered is not None and alert.happened <= answered)


def _opened(alert: Alert, now: datetime) -> Incident:
    if alert.kind not in BUTTONS:
        severity = Severity.ATTENTION
    else:
        severity = Severity.DRILL if alert.practice else Severity.ALARM
    return Incident(
        id=0,
        unit=alert.unit,
        severity=severity,
        kinds=(),
        state=State.OPEN,
        opened=alert.happened,
        last=alert.happened,
        presses=0,
        withdrawn=False,
        late_s=alert.late_s,
        last_event=alert.event_id,
        ends_at=now + timedelta(seconds=DRILL_SHOWN_S) if severity is Severity.DRILL else None,
    )
