"""Who must be told what about an incident now, and when to look at it again.

It looks at what the incident has become, not at how: whatever happened before, also a kill of the hub at any
step, the same state gives the same plan. The state and the notices of a plan go into one transaction.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from hub.escalation.calls import Call, begin, climb, together
from hub.escalation.ladder import Ladder
from hub.escalation.roster import Roster
from hub.escalation.standing import Standing
from hub.incidents import UNRESOLVED, Entry, Incident, Outcome, Severity, State
from hub.notices import Reason


@dataclass(frozen=True, slots=True)
class Plan:
    """What is due. Nothing is: the incident is as it was, and there is nothing to tell."""

    incident: Incident
    calls: tuple[Call, ...] = ()
    entries: tuple[Entry, ...] = ()


def deadline(incident: Incident) -> datetime | None:
    """When ``plan`` has something to do although nothing happens; None: never."""
    if incident.state not in UNRESOLVED:
        return None
    if incident.severity is Severity.DRILL:
        return incident.ends_at
    dues = (
        incident.standing.due if incident.standing else None,
        incident.sign_due if incident.state is not State.OPEN else None,
        incident.arrive_by if incident.state is State.ACKNOWLEDGED else None,
    )
    return min((due for due in dues if due is not None), default=None)


def plan(now: datetime, incident: Incident, ladder: Ladder | None, roster: Roster) -> Plan:
    """What is due at ``now``. ``ladder`` is the one for the incident's severity and area; None: nobody is
    called, it is shown on the live page only.
    """
    if incident.state not in UNRESOLVED:
        return _stand_down(Plan(replace(incident, standing=None, sign_due=None)))
    if incident.severity is Severity.DRILL:
        over = incident.ends_at is not None and incident.ends_at <= now
        return _end(now, incident) if over else Plan(incident)
    if incident.state is State.OPEN:
        return _unanswered(now, incident, ladder, roster)
    if incident.state is State.ACKNOWLEDGED and incident.arrive_by is not None and incident.arrive_by <= now:
        missed = Entry("not-arrived", now, detail={"helper": incident.helper})
        opened = replace(incident, state=State.OPEN, standing=None, helper=None, arrive_by=None)
        begun = _unanswered(now, opened, ladder, roster)
        return replace(begun, entries=(missed, *begun.entries))
    return _answered(now, incident, ladder, roster)


def _unanswered(now: datetime, incident: Incident, ladder: Ladder | None, roster: Roster) -> Plan:
    if ladder is None:
        return Plan(replace(incident, standing=None))
    if incident.standing is None:
        return _begin(now, incident, ladder, roster, _why_open(incident))
    return _climb(now, incident, incident.standing, ladder, roster)


def _why_open(incident: Incident) -> Reason:
    if incident.acknowledged_at is not None:
        return "arrival"  # somebody had answered, and is not coming
    if incident.severity is Severity.ATTENTION:
        return "attention"
    return "rise" if incident.called_at is not None else "alarm"


def _answered(now: datetime, incident: Incident, ladder: Ladder | None, roster: Roster) -> Plan:
    if ladder is None:
        return _stand_down(Plan(replace(incident, standing=None, sign_due=None)))
    if incident.sign_due is not None and incident.sign_due <= now:
        return _begin(now, incident, ladder, roster, "sign")
    if incident.standing is not None:
        return _climb(now, incident, incident.standing, ladder, roster)
    return _stand_down(Plan(incident))


def _begin(now: datetime, incident: Incident, ladder: Ladder, roster: Roster, reason: Reason) -> Plan:
    return _called(now, incident, *begin(ladder, roster, now, reason))


def _climb(now: datetime, incident: Incident, standing: Standing, ladder: Ladder, roster: Roster) -> Plan:
    if now < standing.due:
        return Plan(incident)
    return _called(now, incident, *climb(standing, ladder, roster, now))


def _called(now: datetime, incident: Incident, standing: Standing, call: Call) -> Plan:
    changed = replace(
        incident,
        standing=standing,
        called_at=now,
        calls=incident.calls + 1,
        told=together(incident.told, call.recipients),
        sign_due=None,
        snoozed_until=None,
    )
    detail: dict[str, object] = {"reason": call.reason, "told": len(call.recipients)}
    if call.tier is not None:
        detail |= {"index": standing.index, "round": standing.round, "name": call.tier.name}
    if call.last_resort:
        detail["last_resort"] = True
    if not call.recipients and incident.calls == 0:
        return Plan(changed, (call,))  # the page shows every alarm: that needs no line beside the press's own
    return Plan(changed, (call,), (Entry("tier", now, detail=detail),))


def _stand_down(answered: Plan) -> Plan:
    """Everybody who was called learns that they need not come."""
    incident = answered.incident
    if not incident.told:
        return answered
    over = incident.state not in UNRESOLVED
    told = Call("stand_down" if over else "answered", incident.told)
    return Plan(replace(incident, told=(), calls=incident.calls + 1), (told,))


def _end(now: datetime, incident: Incident) -> Plan:
    ended = replace(incident, state=State.CLOSED, outcome=Outcome.DRILL, ends_at=None, standing=None)
    return Plan(ended, (), (Entry("close", now, detail={"outcome": Outcome.DRILL.value}),))
