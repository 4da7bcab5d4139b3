"""What is to be done after an incident, by whom, until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

KINDS = {
    "police-report": "Report to the police",
    "lawyer": "Consult a lawyer",
    "warning-letter": "Warning by certified letter",
    "other": "Something else",
}
"""msgids."""

TEXT_CHARS_MAX = 400
OWNER_CHARS_MAX = 80


class BadTask(ValueError):
    """A task that cannot be; ``field`` says what of it."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field


@dataclass(frozen=True, slots=True)
class Task:
    """One task. ``id`` is 0 until it is stored."""

    id: int
    kind: str
    text: str
    owner: str
    due: date | None
    added_by: str = ""
    done_by: str | None = None
    done_at: datetime | None = None

    @property
    def done(self) -> bool:
        """Whether somebody has said so."""
        return self.done_at is not None

    def overdue(self, today: date) -> bool:
        """Whether it should be done."""
        return not self.done and self.due is not None and self.due < today


def check(task: Task) -> Task:
    """``task`` unchanged; raises ``BadTask``."""
    if task.kind not in KINDS:
        raise BadTask("kind", f"must be one of {', '.join(KINDS)}; given: {task.kind[:40]!r}")
    if not 1 <= len(task.owner) <= OWNER_CHARS_MAX or not task.owner.isprintable():
        raise BadTask("owner", f"must be 1 to {OWNER_CHARS_MAX} printable characters")
    if len(task.text) > TEXT_CHARS_MAX or not task.text.isprintable():
        raise BadTask("text", f"must be at most {TEXT_CHARS_MAX} printable characters")
    if task.kind == "other" and not task.text:
        raise BadTask("text", "something else needs words: what")
    return task


def advised(kinds: Iterable[str], tasks: Iterable[Task]) -> tuple[str, ...]:
    """Kinds of task that the policy asks for and nobody has added: posts and unpermitted filming, and
    attacks, go to the police."""
    has = {task.kind for task in tasks}
    return ("police-report",) if {"2a", "2i"} & set(kinds) and "police-report" not in has else ()
