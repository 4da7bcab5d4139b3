"""Tasks in the database."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from hub.record.tasks import Task
from hub.store.record_schema import task


class NoSuchTask(Exception):
    """The incident has no task of that number."""


def add(tx: Connection, incident: int, new: Task, now: datetime) -> int:
    """Store it; its number."""
    values = {"kind": new.kind, "text": new.text, "owner": new.owner, "due": new.due}
    added = insert(task).values(incident_id=incident, added_by=new.added_by, added_at=now, **values)
    number: int = tx.execute(added.returning(task.c.id)).scalar_one()
    return number


def change(tx: Connection, changed: Task) -> None:
    """Store what became of it."""
    values = {"kind": changed.kind, "text": changed.text, "owner": changed.owner, "due": changed.due}
    done = {"done_by": changed.done_by, "done_at": changed.done_at}
    tx.execute(update(task).where(task.c.id == changed.id).values(values | done))


def get(tx: Connection, incident: int, number: int) -> Task:
    """Raises ``NoSuchTask``."""
    mine = (task.c.id == number) & (task.c.incident_id == incident)
    row = tx.execute(select(task).where(mine).with_for_update()).one_or_none()
    if row is None:
        raise NoSuchTask(f"incident {incident} has no task {number}")
    return _task(row)


def of_incident(tx: Connection, incident: int) -> list[Task]:
    """What is still to do first, then by due date."""
    rows = tx.execute(select(task).where(task.c.incident_id == incident).order_by(task.c.id))
    tasks = [_task(row) for row in rows]
    return sorted(tasks, key=lambda one: (one.done, one.due is None, one.due, one.id))


def _task(row: Any) -> Task:
    return Task(row.id, row.kind, row.text, row.owner, row.due, row.added_by, row.done_by, row.done_at)
