"""The approval of a record (決裁): its writer hands it in, the team leader checks, the section head decides.

What was handed in is not changed any more; who wants to must have it returned. What is approved is locked:
opening it again needs a reason and is a line of the timeline.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

REMARK_CHARS_MAX = 1000


class Stage(StrEnum):
    """Whose turn it is."""

    DRAFT = "draft"
    CHECKING = "checking"
    DECIDING = "deciding"
    APPROVED = "approved"


STAGES = {
    Stage.DRAFT: "Being written",
    Stage.CHECKING: "Waiting for the team leader",
    Stage.DECIDING: "Waiting for the section head",
    Stage.APPROVED: "Approved",
}
"""msgids."""


WAITING = frozenset({Stage.CHECKING, Stage.DECIDING})
"""Somebody must approve or return it."""


class Move(StrEnum):
    """What a person does with it."""

    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN = "return"
    REOPEN = "reopen"


class NotNow(Exception):
    """The move does not fit the stage: somebody was faster, or the page was old."""


class NotYours(Exception):
    """Somebody else must do it: nobody checks their own writing, nor decides what they have checked."""


class NeedsWords(ValueError):
    """To return or to open again needs a reason."""


@dataclass(frozen=True, slots=True)
class Approval:
    """How far it has come."""

    stage: Stage = Stage.DRAFT
    submitted_by: str | None = None
    """Login."""
    checked_by: str | None = None

    @property
    def open(self) -> bool:
        """Whether the record may be written."""
        return self.stage is Stage.DRAFT


def move(approval: Approval, do: Move, login: str, remark: str = "") -> Approval:
    """The approval after a person's move. Raises ``NotNow``, ``NotYours`` or ``NeedsWords``."""
    stage = approval.stage
    if do in (Move.RETURN, Move.REOPEN) and not remark.strip():
        raise NeedsWords(f"{do} needs words: why")
    if len(remark) > REMARK_CHARS_MAX:
        raise NeedsWords(f"a remark must be at most {REMARK_CHARS_MAX} characters; given: {len(remark)}")
    match do, stage:
        case Move.SUBMIT, Stage.DRAFT:
            return Approval(Stage.CHECKING, submitted_by=login)
        case Move.APPROVE, Stage.CHECKING:
            _other(login, approval.submitted_by)
            return replace(approval, stage=Stage.DECIDING, checked_by=login)
        case Move.APPROVE, Stage.DECIDING:
            _other(login, approval.submitted_by, approval.checked_by)
            return replace(approval, stage=Stage.APPROVED)
        case (Move.RETURN, Stage.CHECKING | Stage.DECIDING) | (Move.REOPEN, Stage.APPROVED):
            return Approval()
    raise NotNow(f"{do} does not fit: it is {stage}")


def allowed(approval: Approval, login: str) -> frozenset[Move]:
    """What this person could do now, roles apart."""
    found = set()
    for do in Move:
        try:
            move(approval, do, login, remark="?")
        except (NotNow, NotYours):
            continue
        found.add(do)
    return frozenset(found)


def _other(login: str, *before: str | None) -> None:
    if login in before:
        raise NotYours("nobody approves what they have written or checked themselves")
