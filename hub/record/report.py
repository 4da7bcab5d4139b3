"""The report: 5W1H with the visitor's words as they were said, classification, and the definition's tests.

A report is one flat table of texts, field by field. So what changed, what two people changed at once, and
what a search finds are all told by the same few lines.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from hub.record.kinds import BY_CODE, TESTS, Verdict

Report = Mapping[str, str]
"""Field to text; what is empty is left out."""


@dataclass(frozen=True, slots=True)
class Field:
    """One question of the record."""

    name: str
    label: str
    """msgid."""
    hint: str
    """msgid; empty: none."""
    rows: int = 3


FIELDS = (
    Field("when", "When", "Date, from when to when.", 1),
    Field("where", "Where", "Counter, room or telephone.", 1),
    Field("staff", "Staff concerned", "Section and name of whoever was addressed.", 1),
    Field("second", "Second person", "Who else was there for the office.", 1),
    Field("visitor", "Visitor, as described", "What is needed to know them again, and no more.", 2),
    Field("why", "The matter at hand", "What the visitor had come for.", 3),
    Field("words", "What was said and done, word for word", "In quotation marks, with the time.", 10),
    Field("how", "How it was answered", "Explanations, warnings, who decided to end.", 4),
    Field("harm", "Staff affected", "Injury, distress, work that stood still.", 3),
    Field("support", "Support offered", "Rest, medical or counselling service, change of duty.", 3),
    Field("witnesses", "Witnesses", "", 2),
    Field("recordings", "Recordings and other evidence", "Which there are, and where they are kept.", 2),
    Field("decision", "Decision", "What the office does from now on, and why.", 4),
)  # fmt: skip
BY_NAME = {field.name: field for field in FIELDS}

KINDS_FIELD = "kinds"
"""Codes with commas between, in the policy's order."""

ALL_FIELDS = (*BY_NAME, KINDS_FIELD, *(f"{part}-{test}" for test in TESTS for part in ("test", "note")))
TEXT_CHARS_MAX = 20_000
NOTE_CHARS_MAX = 1000


class BadReport(ValueError):
    """A field holds what it must not; ``field`` says which."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field[:40]}: {why}")
        self.field = field


def clean(given: Mapping[str, str]) -> dict[str, str]:
    """The report as it is kept: known fields, Unix line ends, no empty ones. Raises ``BadReport``."""
    report = {}
    for name, raw in given.items():
        if name not in ALL_FIELDS:
            raise BadReport(name, "not known")
        text = raw.replace("\r\n", "\n").replace("\r", "\n").strip()
        if any(ord(sign) < 32 and sign not in "\n\t" for sign in text) or "\x7f" in text:
            raise BadReport(name, "must not hold control characters")
        most = NOTE_CHARS_MAX if name.startswith("note-") else TEXT_CHARS_MAX
        if len(text) > most:
            raise BadReport(name, f"must be at most {most} characters; given: {len(text)}")
        if text:
            report[name] = text
    report = _checked(report)
    return {name: report[name] for name in ALL_FIELDS if name in report}


def _checked(report: dict[str, str]) -> dict[str, str]:
    for test in TESTS:
        verdict = report.get(f"test-{test}", "")
        if verdict not in [one.value for one in Verdict]:
            raise BadReport(f"test-{test}", f"must be one of {', '.join(filter(None, Verdict))}, or empty")
    codes = [code.strip() for code in report.pop(KINDS_FIELD, "").split(",") if code.strip()]
    if unknown := sorted(set(codes) - BY_CODE.keys()):
        raise BadReport(KINDS_FIELD, f"must be of {', '.join(BY_CODE)}; given: {unknown[0][:20]!r}")
    if codes:
        report[KINDS_FIELD] = ",".join(code for code in BY_CODE if code in codes)
    return report


def kinds_of(report: Report) -> tuple[str, ...]:
    """Codes, in the policy's order."""
    return tuple(filter(None, report.get(KINDS_FIELD, "").split(",")))


def verdicts_of(report: Report) -> dict[str, str]:
    """Test to verdict; empty where none was given."""
    return {test: report.get(f"test-{test}", "") for test in TESTS}


def changed(before: Report, after: Report) -> tuple[str, ...]:
    """Names of the fields that differ, in the order of the form."""
    return tuple(name for name in ALL_FIELDS if before.get(name, "") != after.get(name, ""))


@dataclass(frozen=True, slots=True)
class Woven:
    """What becomes of a report that two people changed from the same beginning."""

    report: dict[str, str]
    """Every change of both; of a conflict, mine."""
    conflicts: tuple[str, ...]
    """Fields that both changed, differently: a person must decide."""
    taken: tuple[str, ...]
    """Fields in which only the other one's change was taken over."""


def weave(base: Report, mine: Report, theirs: Report) -> Woven:
    """Field by field: whoever changed it counts; where both did, nobody's text is dropped silently."""
    by_me, by_them = set(changed(base, mine)), set(changed(base, theirs))
    conflicts = [name for name in changed(mine, theirs) if name in by_me and name in by_them]
    taken = [name for name in changed(base, theirs) if name not in by_me]
    report = {name: (theirs if name in taken else mine).get(name, "") for name in ALL_FIELDS}
    return Woven({k: v for k, v in report.items() if v}, tuple(conflicts), tuple(taken))


Piece = tuple[Literal["same", "gone", "new"], str]
COMPARED_MAX = 4000
"""Characters up to which two texts are compared sign by sign: beyond, line by line."""


def pieces(before: str, after: str) -> list[Piece]:
    """What stayed, went and came, in reading order."""
    short = max(len(before), len(after)) <= COMPARED_MAX
    old, new = (list(t) if short else t.splitlines(keepends=True) for t in (before, after))
    found: list[Piece] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=not short).get_opcodes():
        if what == "equal":
            found.append(("same", "".join(old[a:b])))
            continue
        if a < b:
            found.append(("gone", "".join(old[a:b])))
        if c < d:
            found.append(("new", "".join(new[c:d])))
    return found
