"""The lines of a timeline in words. One that is not known here is said to be one, never shown as a code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hub.alerts import BUTTONS
from hub.record import guide, kinds, report, tasks
from hub.record.approval import Stage
from hub.store.timelines import Line
from hub.web.dates import Dates
from hub.words import Words

OUTCOMES = {
    "harassment": "Harassment",
    "legitimate-complaint": "Legitimate complaint",
    "false-alarm": "False alarm",
    "drill": "Drill",
    "fault": "Fault of equipment",
}
STATES = {
    "open": "Nobody has answered yet",
    "acknowledged": "Somebody is coming",
    "responding": "Somebody is there",
    "resolved": "It is over",
    "closed": "Closed",
}
SEVERITIES = {"alarm": "Alarm", "attention": "Attention", "drill": "Drill"}
REASONS = {
    "alarm": "an alarm",
    "attention": "attention",
    "rise": "it has become an alarm",
    "sign": "a new sign",
    "arrival": "nobody came",
    "escalation": "nobody has answered",
}
"""Why somebody was called; msgids, as all these tables."""
PLAIN = {
    "assist": "The assist button was pressed",
    "withdrawn": "Withdrawn by staff: the button was held (please check)",
    "acknowledge": "Answers: “I am going”",
    "come": "Is coming as well",
    "arrive": "Has arrived at the counter",
    "hand-over": "Hands over to {name}",
    "snooze": "Calls are put off until {clock}",
    "close": "Closed: {outcome}",
    "not-arrived": "{name} has not arrived in time",
    "split": "Separated; the other part is incident {other}",
    "give-back": "Cannot come after all: somebody else is called",
    "note": "Note",
    "resolve": "Stood down: it is over",
    "reopen": "Opened again",
    "step-undone": "Taken back: {step}",
    "record-submit": "Handed in the record for approval",
    "record-return": "Returned the record",
    "record-reopen": "Opened the approved record again",
    "task-added": "New task: {task}",
    "task-changed": "Changed a task: {task}",
    "task-done": "Done: {task}",
    "task-not-done": "Not done after all: {task}",
    "merged": "Incident {incident} turned out to be a part of this one",
    "merged-into": "It turned out to be a part of incident {incident}",
    "case-linked": "Linked to case {case}",
    "case-unlinked": "No longer linked to case {case}",
}
BY_MEETING = "Linked to case {case}: it happened in a meeting under its agreement"
PHASES = {
    "start": "Shout (estimated by the unit): {level} dB(A), the room {background} dB(A)",
    "update": "The shout goes on (estimated by the unit): {level} dB(A)",
    "end": "The shout has ended (estimated by the unit); at most {level} dB(A)",
}
WHY = (
    ("duration_s", "lasted {value} s", 1, 1),
    ("voice_share", "voice {value} %", 100, 0),
    ("pitch_hz", "pitch {value} Hz", 1, 0),
    ("tilt_db", "high tones {value} dB", 1, 1),
    ("score", "score {value}", 1, 2),
)
"""What a finding gives as its reasons: the field, how it is said, its factor and decimals."""
BANG = "Bang (estimated by the unit): {level} dB(A), the room {background} dB(A)"
PARTS = {
    report.KINDS_FIELD: "Classification",
    **{f"test-{test}": "Definition" for test in kinds.TESTS},
    **{f"note-{test}": "Definition" for test in kinds.TESTS},
}
"""Fields of a report that are no question of the form."""


@dataclass(frozen=True, slots=True)
class Said:
    """One line for people."""

    id: int
    at: datetime
    who: str
    """A person's name, the unit's, or the hub."""
    text: str
    note: str
    """A person's own words."""
    late: str
    """How late it arrived, in words; empty: at once."""
    unsynced: bool
    """The unit's clock was not set: the time is worked out."""
    actor: str
    """``person``, ``unit`` or ``hub``."""
    incident: int


@dataclass(frozen=True, slots=True)
class TimelineWords:
    """Says lines in one language."""

    words: Words
    dates: Dates
    tiers: Mapping[str, str] = field(default_factory=dict)
    """Name of a tier of a ladder to what it is called in this language, where that is another."""

    def line(self, line: Line) -> Said:
        """The line for people."""
        entry = line.entry
        late = entry.detail.get("late_s")
        actor = entry.actor.partition(":")[0]
        who = entry.who or {
            "unit": self.words("Unit {unit}", unit=entry.actor.partition(":")[2]),
            "person": self.words("A person"),
        }.get(actor, self.words("The hub"))
        return Said(
            id=line.id,
            at=entry.at,
            who=who,
            text=self.text(entry.what, entry.detail),
            note=str(entry.detail.get("note", "")),
            late=self.dates.lasted(float(late)) if isinstance(late, int | float) and late > 0 else "",
            unsynced="unsynced" in entry.detail,
            actor=actor,
            incident=line.incident,
        )

    def text(self, what: str, detail: Mapping[str, Any]) -> str:
        """What a line says, without its note."""
        say = {
            "panic": self._pressed,
            "shout": self._shout,
            "bang": self._bang,
            "tier": self._called,
            "step": self._step,
            "record-written": self._written,
            "record-approve": self._approved,
        }.get(what)
        if say is not None:
            return say(detail)
        if what == "case-linked" and detail.get("meeting") is True:
            return self.words(BY_MEETING, case=str(detail.get("case", "—")))
        if what in PLAIN:
            return self._plain(what, detail) + (self._drill(detail) if what in BUTTONS else "")
        return self.words("An entry of a kind that this version does not know")

    def _pressed(self, detail: Mapping[str, Any]) -> str:
        n = detail.get("presses", 1)
        said = self.words("The emergency button was pressed")
        if isinstance(n, int) and n > 1:
            said = self.words("The emergency button was pressed {n} times", n=n)
        return said + self._drill(detail)

    def _approved(self, detail: Mapping[str, Any]) -> str:
        final = detail.get("stage") == Stage.APPROVED
        return self.words("Approved the record") if final else self.words("Checked the record")

    def _plain(self, what: str, detail: Mapping[str, Any]) -> str:
        step = guide.BY_CODE.get(str(detail.get("step")))
        values = {
            "step": self.words(step.name) if step is not None else "—",
            "task": self.task(detail),
            "incident": str(detail.get("incident", "—")),
            "case": str(detail.get("case", "—")),
            "name": str(detail.get("to") or detail.get("helper") or "—"),
            "clock": self._clock(detail.get("until")),
            "outcome": self._of(OUTCOMES, detail.get("outcome")),
            "other": str(detail.get("into", detail.get("from", "—"))),
        }
        return self.words(PLAIN[what], **values)

    def task(self, detail: Mapping[str, Any]) -> str:
        """A task in one line, from its line of the timeline."""
        said = self._of(tasks.KINDS, detail.get("kind"))
        if detail.get("text"):
            said = f"{said} — {detail['text']}"
        owner = self.words("by {name}", name=str(detail.get("owner", "")))
        until = f", {self.dates.plain(str(detail['due']))}" if detail.get("due") else ""
        return f"{said} ({owner}{until})"

    def field(self, name: str) -> str:
        """What a field of the report is called."""
        known = report.BY_NAME.get(name)
        return self.words(known.label if known is not None else PARTS.get(name, "Other"))

    def _written(self, detail: Mapping[str, Any]) -> str:
        fields = detail.get("fields", [])
        names = dict.fromkeys(self.field(str(name)) for name in fields) if isinstance(fields, list) else {}
        return self.words("Wrote the record: {fields}", fields=" · ".join(names))

    def _step(self, detail: Mapping[str, Any]) -> str:
        step = guide.BY_CODE.get(str(detail.get("step")))
        name = self.words(step.name) if step is not None else "—"
        way = guide.WAYS.get(str(detail.get("way")))
        if way is not None:
            name = f"{name} ({self.words(way)})"
        return self.words("Step: {step}", step=name)

    def _shout(self, detail: Mapping[str, Any]) -> str:
        return self._found(PHASES.get(str(detail.get("phase")), PHASES["start"]), detail)

    def _bang(self, detail: Mapping[str, Any]) -> str:
        return self._found(BANG, detail)

    def _found(self, msgid: str, detail: Mapping[str, Any]) -> str:
        level, background = self._level(detail, "level_dba"), self._level(detail, "background_dba")
        said = self.words(msgid, level=level, background=background)
        if detail.get("calibrated") is False:
            said += f" ({self.words('not calibrated')})"
        return f"{said}{self._reasons(detail)}"

    def _reasons(self, detail: Mapping[str, Any]) -> str:
        """Why the unit thinks so, as far as it has said."""
        told = [
            self.words(msgid, value=f"{detail[name] * scale:.{digits}f}")
            for name, msgid, scale, digits in WHY
            if isinstance(detail.get(name), int | float)
        ]
        if model := detail.get("model"):
            told.append(self.words("model {name}", name=model))
        return self.words(". Reasons: {reasons}", reasons=" · ".join(told)) if told else ""

    def _called(self, detail: Mapping[str, Any]) -> str:
        reason = self._of(REASONS, detail.get("reason"))
        n = detail.get("told", 0)
        if "name" not in detail:
            return self.words("Called because of: {reason}. People told: {n}", reason=reason, n=n)
        values = {
            "tier": self.tiers.get(str(detail["name"]), str(detail["name"])),
            "round": detail.get("round", 1),
            "reason": reason,
            "n": n,
        }
        return self.words("Called {tier} (round {round}) because of: {reason}. People told: {n}", **values)

    def _drill(self, detail: Mapping[str, Any]) -> str:
        return f" ({self.words('marked as a drill by the unit')})" if detail.get("drill") is True else ""

    def _of(self, table: Mapping[str, str], code: object) -> str:
        return self.words(table.get(str(code), "Other"))

    def _level(self, detail: Mapping[str, Any], name: str) -> str:
        value = detail.get(name)
        return f"{value:.0f}" if isinstance(value, int | float) else "—"

    def _clock(self, value: object) -> str:
        try:
            return self.dates.clock(str(value))
        except ValueError:
            return "—"
