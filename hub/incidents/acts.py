"""What people do with an incident: one table says which act fits which state."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from hub.incidents.incident import Entry, Incident, Outcome, State

SNOOZE_MAX_S = 600.0
"""Longest that a call can be put off, in seconds."""

NOTE_CHARS_MAX = 1000


class Action(StrEnum):
    """What a person does."""

    ACKNOWLEDGE = "acknowledge"
    """I answer for it, and come."""
    COME = "come"
    """I am coming (too, or in the place of the one who was)."""
    ARRIVE = "arrive"
    HAND_OVER = "hand-over"
    """A named person takes it over and comes."""
    GIVE_BACK = "give-back"
    """I cannot come after all: somebody else must be called."""
    SNOOZE = "snooze"
    NOTE = "note"
    RESOLVE = "resolve"
    """Stand down: it is over."""
    CLOSE = "close"
    """It was this: with an outcome."""
    REOPEN = "reopen"
    """It is not over, or the outcome was wrong."""


TRANSITIONS: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.OPEN, Action.ACKNOWLEDGE): State.ACKNOWLEDGED,
        (State.OPEN, Action.COME): State.ACKNOWLEDGED,
        (State.OPEN, Action.ARRIVE): State.RESPONDING,
        (State.OPEN, Action.SNOOZE): State.OPEN,
        (State.ACKNOWLEDGED, Action.ACKNOWLEDGE): State.ACKNOWLEDGED,
        (State.ACKNOWLEDGED, Action.COME): State.ACKNOWLEDGED,
        (State.ACKNOWLEDGED, Action.ARRIVE): State.RESPONDING,
        (State.ACKNOWLEDGED, Action.HAND_OVER): State.ACKNOWLEDGED,
        (State.ACKNOWLEDGED, Action.GIVE_BACK): State.OPEN,
        (State.ACKNOWLEDGED, Action.SNOOZE): State.ACKNOWLEDGED,
        (State.ACKNOWLEDGED, Action.RESOLVE): State.RESOLVED,
        (State.RESPONDING, Action.ACKNOWLEDGE): State.RESPONDING,
        (State.RESPONDING, Action.COME): State.RESPONDING,
        (State.RESPONDING, Action.HAND_OVER): State.ACKNOWLEDGED,
        (State.RESPONDING, Action.RESOLVE): State.RESOLVED,
        (State.RESOLVED, Action.CLOSE): State.CLOSED,
        (State.RESOLVED, Action.REOPEN): State.OPEN,
        (State.CLOSED, Action.REOPEN): State.RESOLVED,
        **{(state, Action.NOTE): state for state in State},
    }
)

_WHEN_CALLED = frozenset({(State.ACKNOWLEDGED, Action.ACKNOWLEDGE), (State.RESPONDING, Action.ACKNOWLEDGE)})
"""Answered already, so that a second answer fits only while a new sign calls again."""

_ANSWERS = frozenset({Action.ACKNOWLEDGE, Action.COME, Action.ARRIVE, Action.HAND_OVER, Action.RESOLVE})
"""Acts that end a call."""


_OF_HELPERS = frozenset({Action.ACKNOWLEDGE, Action.ARRIVE, Action.HAND_OVER, Action.GIVE_BACK})


class Already(Exception):
    """The act does not fit the state: somebody was faster, or the page was old."""

    def __init__(self, incident: Incident) -> None:
        super().__init__(f"incident {incident.id} is {incident.state}")
        self.by = incident.acknowledged_by
        self.state = incident.state


class BadAct(ValueError):
    """Something that the act needs is missing, or does not belong to it."""


@dataclass(frozen=True, slots=True)
class Act:
    """One act of one person."""

    action: Action
    who: str
    """Name, as it is shown."""
    login: str = ""
    note: str = ""
    """With a snooze and a reopening: the reason, which they need."""
    to: str | None = None
    """Name of the person who takes it over."""
    until: datetime | None = None
    """End of a snooze."""
    outcome: Outcome | None = None


def act(incident: Incident, done: Act, now: datetime, arrive_within_s: float) -> tuple[Incident, Entry]:
    """What a person did. Raises ``Already`` when it does not fit the state, and ``BadAct``."""
    state = TRANSITIONS.get((incident.state, done.action))
    if state is None or incident.merged_into is not None:
        raise Already(incident)
    if (incident.state, done.action) in _WHEN_CALLED and incident.standing is None and not incident.sign_due:
        raise Already(incident)
    _check(incident, done, now)
    changed = replace(incident, state=state)
    if done.action in _ANSWERS:
        changed = replace(changed, standing=None, sign_due=None, snoozed_until=None)
        if incident.state is State.OPEN:
            changed = replace(changed, acknowledged_by=done.who, acknowledged_at=now)
    if done.action in _OF_HELPERS or (done.action is Action.COME and state is State.ACKNOWLEDGED):
        changed = _helped(changed, done, incident.state, now + timedelta(seconds=arrive_within_s))
    match done.action:
        case Action.SNOOZE:
            changed = _snoozed(changed, done)
        case Action.RESOLVE:
            changed = replace(changed, arrive_by=None)
        case Action.CLOSE:
            changed = replace(changed, outcome=done.outcome)
        case Action.REOPEN:
            changed = replace(changed, outcome=None, standing=None)
            if state is State.OPEN:
                changed = replace(
                    changed, acknowledged_by=None, acknowledged_at=None, helper=None, called_at=None
                )
    return changed, _entry(done, now)


def _helped(changed: Incident, done: Act, before: State, comes_by: datetime) -> Incident:
    """Who comes, and until when they must have come."""
    match done.action:
        case Action.ARRIVE:
            return replace(changed, helper=done.who, arrive_by=None)
        case Action.HAND_OVER:
            return replace(changed, helper=done.to, arrive_by=comes_by)
        case Action.GIVE_BACK:
            return replace(changed, standing=None, helper=None, arrive_by=None)
        case Action.ACKNOWLEDGE if before is not State.OPEN:
            return changed  # a new sign was seen; who comes is the same
    return replace(changed, helper=done.who, arrive_by=comes_by)


def _check(incident: Incident, done: Act, now: datetime) -> None:
    for name, belongs in (("to", Action.HAND_OVER), ("until", Action.SNOOZE), ("outcome", Action.CLOSE)):
        if (getattr(done, name) is not None) != (done.action is belongs):
            raise BadAct(f"{name!r} belongs to {belongs} and to nothing else; given with: {done.action}")
    if done.action in (Action.SNOOZE, Action.REOPEN, Action.NOTE) and not done.note.strip():
        raise BadAct(f"{done.action} needs words: why, or what")
    if len(done.note) > NOTE_CHARS_MAX:
        raise BadAct(f"a note must be at most {NOTE_CHARS_MAX} characters; given: {len(done.note)}")
    if done.until is not None and not now < done.until <= now + timedelta(seconds=SNOOZE_MAX_S):
        raise BadAct(f"until must be at most {SNOOZE_MAX_S:g} s from now; given: {done.until.isoformat()}")
    if done.action is Action.SNOOZE and incident.state is State.OPEN and incident.standing is None:
        raise BadAct("there is no call that could be put off")


def _snoozed(incident: Incident, done: Act) -> Incident:
    until = done.until
    if until is None:
        raise AssertionError("checked before")
    standing, arrive_by = incident.standing, incident.arrive_by
    return replace(
        incident,
        standing=replace(standing, due=until) if standing is not None else None,
        arrive_by=max(arrive_by, until) if arrive_by is not None else None,
        snoozed_until=until,
    )


def _entry(done: Act, now: datetime) -> Entry:
    detail: dict[str, object] = {}
    if done.note:
        detail["note"] = done.note
    if done.to is not None:
        detail["to"] = done.to
    if done.until is not None:
        detail["until"] = done.until.isoformat().replace("+00:00", "Z")
    if done.outcome is not None:
        detail["outcome"] = done.outcome.value
    actor = f"person:{done.login}" if done.login else "hub"
    return Entry(done.action.value, now, done.who, actor, detail)
