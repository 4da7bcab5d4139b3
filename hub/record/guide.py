"""The guided response, from the common manual of Tokyo: which step comes next, and what was pressed.

Each press is a line of the incident's timeline, with time and name. A press that was a mistake is undone by
a further line; nothing is taken out. The order is advice: whoever stands there may need the police at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from hub.incidents import Entry

PRESSED = "step"
UNDONE = "step-undone"
"""What the lines of the timeline are called."""

PRESSES_MAX = 9
"""Of one step. More than that is somebody who leans on the button."""
NOTE_CHARS_MAX = 400


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the card."""

    code: str
    name: str
    """msgid."""
    say: str
    """What to say or to do, msgid."""
    least: int
    most: int
    """How many times it is done, by the manual."""


STEPS = (
    Step("announce", "Announce the end", "“We cannot go on with this. We end here for today.”", 1, 1),
    Step("cease", "Ask to cease", "“Please stop shouting. It keeps us from our work.”", 2, 3),
    Step("leave", "Order to leave", "“We have ended. Please leave the building.”", 2, 3),
    Step("warn", "Final warning", "“If you do not leave, we shall call the police.”", 1, 1),
    Step("police", "Police", "110 when it is urgent, else the police station or #9110.", 1, 1),
    Step("hand-over", "Hand over", "Tell the officers what happened and which recordings there are.", 1, 1),
)
BY_CODE = {step.code: step for step in STEPS}
WARNINGS = ("announce", "cease", "leave", "warn")
"""Steps that count as warnings given, for a case."""

WAYS = {"110": "Emergency call 110", "station": "Police station", "9110": "Consultation line #9110"}
"""How the police were called, msgids."""


class BadStep(ValueError):
    """The step cannot be pressed or undone; the message says why."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """One press that stands."""

    line: int
    """Its number in the timeline."""
    step: str
    at: datetime
    who: str
    note: str
    way: str
    """Of the police: how they were called; else empty."""


@dataclass(frozen=True, slots=True)
class Guide:
    """How far the response has come."""

    presses: tuple[Pressed, ...] = ()
    undone: frozenset[int] = field(default_factory=frozenset)
    """Numbers of the lines that were taken back."""

    def of(self, step: str) -> tuple[Pressed, ...]:
        """The presses of a step that stand."""
        return tuple(press for press in self.presses if press.step == step)

    @property
    def advised(self) -> Step | None:
        """The next step by the manual; None when all is done. A later step that was done leaves those
        before it behind: nobody asks to cease who has called the police."""
        last = max((n for n, step in enumerate(STEPS) if self.of(step.code)), default=0)
        for step in STEPS[last:]:
            if len(self.of(step.code)) < step.least:
                return step
        return None

    @property
    def warnings(self) -> int:
        """How many times the visitor was told."""
        return sum(press.step in WARNINGS for press in self.presses)


def read(lines: Iterable[tuple[int, Entry]]) -> Guide:
    """From the timeline's lines with their numbers; others than steps are passed over."""
    presses: list[Pressed] = []
    undone: set[int] = set()
    for number, entry in lines:
        detail = entry.detail
        if entry.what == PRESSED and str(detail.get("step")) in BY_CODE:
            note, way = str(detail.get("note", "")), str(detail.get("way", ""))
            presses.append(Pressed(number, str(detail["step"]), entry.at, entry.who or "", note, way))
        elif entry.what == UNDONE and isinstance(taken := detail.get("line"), int):
            undone.add(taken)
    return Guide(tuple(press for press in presses if press.line not in undone), frozenset(undone))


def press(guide: Guide, step: str, note: str = "", way: str = "") -> dict[str, object]:
    """The new line's detail. Raises ``BadStep``."""
    if step not in BY_CODE:
        raise BadStep(f"a step must be one of {', '.join(BY_CODE)}; given: {step[:40]!r}")
    if len(guide.of(step)) >= PRESSES_MAX:
        raise BadStep(f"{step} can be pressed at most {PRESSES_MAX} times")
    if (way in WAYS) != (step == "police"):
        raise BadStep(
            f"the police are called by one of {', '.join(WAYS)}, and nobody else is; given: {way!r}"
        )
    if len(note) > NOTE_CHARS_MAX:
        raise BadStep(f"a note must be at most {NOTE_CHARS_MAX} characters; given: {len(note)}")
    detail: dict[str, object] = {"step": step}
    if note:
        detail["note"] = note
    if way:
        detail["way"] = way
    return detail


def undo(guide: Guide, line: int) -> dict[str, object]:
    """The new line's detail. Raises ``BadStep``."""
    for pressed in guide.presses:
        if pressed.line == line:
            return {"step": pressed.step, "line": line}
    raise BadStep(f"line {line} is no press that stands")
