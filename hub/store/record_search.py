"""Incidents by what people ask for: period, place, kind, outcome, people, words. And views that are kept."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, exists, func, or_, select
from sqlalchemy.sql.elements import SQLCoreOperations

from hub.incidents import Incident
from hub.record.folding import pattern, wanted
from hub.store.incidents import incident_of
from hub.store.record_schema import record, saved_view
from hub.store.schema import entry, incident
from hub.store.statements import insert_for

PAGE = 50
EXPORT_MAX = 10_000
VIEWS_MAX = 20
"""Saved views of one person."""


class TooManyViews(Exception):
    """A person keeps ``VIEWS_MAX`` already."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which incidents; what is empty asks for nothing."""

    since: datetime | None = None
    until: datetime | None = None
    """By the time at which they were opened; not included."""
    units: Collection[str] | None = None
    """Only these; None: all."""
    hidden: Collection[str] = ()
    """Units of areas that the person may not see."""
    sign: str = ""
    """panic, assist, shout, bang."""
    kind: str = ""
    """Of the policy: a code, or a group's first character."""
    severity: str = ""
    states: Collection[str] = ()
    outcome: str = ""
    """``none``: nobody has decided yet."""
    who: str = ""
    """Part of a name: who answered, came, or did anything with it."""
    words: str = ""


def count(tx: Connection, site: str, asked: Asked) -> int:
    """How many there are."""
    number: int = tx.execute(select(func.count()).where(*_conditions(site, asked))).scalar_one()
    return number


def find(tx: Connection, site: str, asked: Asked, *, skip: int = 0, limit: int = PAGE) -> list[Incident]:
    """The newest first. What was merged into another is told there and left out here."""
    rows = tx.execute(
        select(incident)
        .where(*_conditions(site, asked))
        .order_by(incident.c.opened.desc(), incident.c.id.desc())
        .offset(skip)
        .limit(limit)
    )
    return [incident_of(row) for row in rows]


def _conditions(site: str, asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [incident.c.site == site, incident.c.merged_into.is_(None)]
    if asked.hidden:
        found.append(incident.c.unit.not_in(list(asked.hidden)))
    if asked.units is not None:
        found.append(incident.c.unit.in_(list(asked.units)))
    if asked.since is not None:
        found.append(incident.c.opened >= asked.since)
    if asked.until is not None:
        found.append(incident.c.opened < asked.until)
    if asked.severity:
        found.append(incident.c.severity == asked.severity)
    if asked.states:
        found.append(incident.c.state.in_(list(asked.states)))
    if asked.outcome == "none":
        found.append(incident.c.outcome.is_(None))
    elif asked.outcome:
        found.append(incident.c.outcome == asked.outcome)
    if asked.sign:
        found.append(_like(incident.c.kinds, f'"{asked.sign}"'))
    if asked.kind:
        end = "," if len(asked.kind) == 2 or asked.kind == "9" else ""
        found.append(_of_record(_like(record.c.kinds, f",{asked.kind}{end}")))
    if asked.who:
        names = (incident.c.acknowledged_by, incident.c.helper)
        mine = entry.c.incident_id == incident.c.id
        found.append(
            or_(
                *(_like(name, asked.who) for name in names),
                exists().where(mine, _like(entry.c.who, asked.who)),
            )
        )
    found += [_holds(word) for word in wanted(asked.words)]
    return found


def _holds(word: str) -> ColumnElement[bool]:
    """In the record, folded, or in what was noted in the timeline."""
    mine = entry.c.incident_id == incident.c.id
    noted = exists().where(mine, _like(func.lower(entry.c.detail), word))
    number = [incident.c.id == int(word)] if word.isascii() and word.isdecimal() and len(word) < 16 else []
    return or_(_of_record(_like(record.c.search, word)), noted, *number)


def _of_record(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(record.c.incident_id == incident.c.id, condition)


def _like(column: SQLCoreOperations[str] | SQLCoreOperations[str | None], text: str) -> ColumnElement[bool]:
    return column.like(pattern(text), escape="\\")


def views(tx: Connection, person: int) -> list[tuple[str, str]]:
    """Name and query of the views that a person has kept."""
    mine = select(saved_view).where(saved_view.c.person_id == person).order_by(saved_view.c.name)
    return [(row.name, row.query) for row in tx.execute(mine)]


def keep_view(tx: Connection, person: int, name: str, query: str) -> None:
    """Keep one, in the place of another of the same name. Raises ``TooManyViews``."""
    names = {known for known, _ in views(tx, person)}
    if name not in names and len(names) >= VIEWS_MAX:
        raise TooManyViews(f"at most {VIEWS_MAX}")
    statement = insert_for(tx.dialect.name, saved_view).values(person_id=person, name=name, query=query)
    keys = ("person_id", "name")
    tx.execute(statement.on_conflict_do_update(index_elements=keys, set_={"query": query}))


def forget_view(tx: Connection, person: int, name: str) -> None:
    """Forget one; nothing happens when there is none."""
    tx.execute(delete(saved_view).where(saved_view.c.person_id == person, saved_view.c.name == name))
