"""What is done with a line that a unit sends: it is new, it is there already, or it is refused."""

from typing import Literal

from hub.evidence.recording import Recording
from wire.evidence.chain import Head
from wire.evidence.faults import EvidenceRefused, Gap, Reordered, WrongRecording
from wire.evidence.signed import SignedLine
from wire.evidence.upload import ALTERED, GAP, REFUSED


class UnknownUnit(EvidenceRefused):
    """No unit of that name and site has a recording key in the settings."""

    word = "unknown-unit"


class TooLarge(EvidenceRefused):
    """More bytes than a segment may have."""

    word = "too-large"


class Deleted(EvidenceRefused):
    """The recording was deleted."""

    word = "deleted"


_NOT_ALLOWED = ("bad-line", "bad-signature", "wrong-key", "wrong-recording", "unknown-unit")


def judge(
    known: Recording | None, stored: str | None, signed: SignedLine
) -> tuple[Literal["new", "repeat"], Head]:
    """What to do with a line whose signature was checked, and where its recording then stands.

    ``stored``: digest of the line that is kept at this index, if one is. Raises ``EvidenceRefused``.
    """
    line = signed.line
    if known is None:
        return "new", Head(line.site, line.unit, line.recording).follow(signed)
    if known.unit != line.unit:
        raise WrongRecording("belongs to another site, unit or recording", line.index)
    if known.deleted is not None:
        raise Deleted("the recording was deleted", line.index)
    if stored is not None:
        if stored != signed.digest:
            raise Reordered("another line was stored in this place", line.index)
        return "repeat", known.head
    return "new", known.head.follow(signed)


def status_of(refused: EvidenceRefused) -> int:
    """How a refusal is answered."""
    if isinstance(refused, Gap):
        return GAP
    return REFUSED if refused.word in _NOT_ALLOWED else ALTERED
