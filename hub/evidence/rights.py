"""Who may do what with recordings: by role, and in the areas that a person answers for."""

from datetime import timedelta

from hub.evidence.recording import Recording
from hub.people import Person, Role

LISTENERS = frozenset({Role.SUPERVISOR, Role.AUDITOR})
"""Roles that can have the right to a recording at all. Nobody else learns that there is one."""
KEEPERS = frozenset({Role.SUPERVISOR, Role.AUDITOR})
"""Who may forbid a deletion, and allow it again."""
DISCLOSERS = frozenset({Role.SUPERVISOR})
"""Who may enter that something was handed out."""
EXPORTERS = frozenset({Role.SUPERVISOR, Role.AUDITOR})
"""Who may take an incident away with its recordings; to say to whom it is given needs a discloser."""
LEDGER_READERS = frozenset({Role.AUDITOR})

GRANT_LEAST = timedelta(minutes=10)


def may_listen(person: Person, recording: Recording, area: str | None) -> bool:
    """Whether this person may know of this recording and hear it.

    ``area``: where its unit stands; what stands nowhere is only for those who answer for every area.
    """
    return recording.segments > 0 and may_hear_of(person, area)


def may_hear_of(person: Person, area: str | None) -> bool:
    """Whether this person may know of recordings of a unit that stands in this area."""
    return person.role in LISTENERS and (person.areas is None or area in person.areas)


def may_hold(person: Person, recording: Recording, area: str | None) -> bool:
    """Whether this person may forbid or allow its deletion."""
    return person.role in KEEPERS and may_listen(person, recording, area)


def may_disclose(person: Person, recording: Recording, area: str | None) -> bool:
    """Whether this person may enter that it was handed out."""
    return person.role in DISCLOSERS and may_listen(person, recording, area)


def granted_for(recording: Recording) -> timedelta:
    """How long one reason is good: to hear it once through, with some pauses."""
    return GRANT_LEAST + timedelta(seconds=recording.seconds)
