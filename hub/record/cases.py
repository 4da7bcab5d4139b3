"""Cases: incidents with the same visitor, under a described alias, with as little personal data as will do.

Who may read one is a right of its own: supervisors (all, or those who are named) and auditors, never staff.
"""

import re
from dataclasses import dataclass, field

from hub.people import Person, Role

ALIAS_CHARS_MAX = 80
NOTE_CHARS_MAX = 2000
LIMIT_S_MIN, LIMIT_S_MAX = 60.0, 8 * 3600.0
READERS_MAX = 50
_NUMBER = re.compile(r"\d(?:[-\s()]?\d){6,}")


class BadCase(ValueError):
    """A case that cannot be; ``field`` says what of it."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field


@dataclass(frozen=True, slots=True)
class Limits:
    """What was agreed for meetings with this visitor."""

    limit_s: float | None = None
    """Time limit of a meeting, in seconds; None: that of the counter."""
    two_staff: bool = False
    always_record: bool = False
    agreed: str = ""
    """Anything else, in words."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case. ``id`` is 0 until it is stored."""

    id: int
    alias: str
    """How the visitor is called here: a description, no name."""
    note: str = ""
    limits: Limits = Limits()
    readers: frozenset[str] = field(default_factory=frozenset)
    """Logins of the supervisors who may read it; empty: all."""
    closed: bool = False
    revision: int = 0


def check(case: Case, by: Person) -> Case:
    """``case`` unchanged; raises ``BadCase``."""
    if not 1 <= len(case.alias) <= ALIAS_CHARS_MAX or not case.alias.isprintable():
        raise BadCase("alias", f"must be 1 to {ALIAS_CHARS_MAX} printable characters")
    if _NUMBER.search(case.alias):
        raise BadCase("alias", "must not hold a telephone number or the like: describe, do not identify")
    for name, text in (("note", case.note), ("agreed", case.limits.agreed)):
        if len(text) > NOTE_CHARS_MAX:
            raise BadCase(name, f"must be at most {NOTE_CHARS_MAX} characters; given: {len(text)}")
    limit = case.limits.limit_s
    if limit is not None and not LIMIT_S_MIN <= limit <= LIMIT_S_MAX:
        raise BadCase("limit", f"must be {LIMIT_S_MIN:g} to {LIMIT_S_MAX:g} seconds; given: {limit:g}")
    if len(case.readers) > READERS_MAX:
        raise BadCase("readers", f"must be at most {READERS_MAX}; given: {len(case.readers)}")
    if case.readers and by.login not in case.readers:
        raise BadCase("readers", "must hold whoever writes it: else they could not read what they wrote")
    return case


def may_read(person: Person, case: Case) -> bool:
    """Auditors all; supervisors where they are named or nobody is; nobody else."""
    if person.role is Role.AUDITOR:
        return True
    return person.role is Role.SUPERVISOR and (not case.readers or person.login in case.readers)


def may_write(person: Person, case: Case) -> bool:
    """Supervisors who may read it."""
    return person.role is Role.SUPERVISOR and may_read(person, case)
