"""An incident as a package tells it: what happened, and what people wrote about it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from sqlalchemy import Connection

from hub.house import House
from hub.incidents import Incident
from hub.notices import Place
from hub.record import kinds, report
from hub.record.approval import STAGES
from hub.record.tasks import Task
from hub.store import incidents, record_reports, record_tasks, timelines
from hub.store.record_reports import Kept
from hub.store.timelines import Line
from hub.views import incident_view, iso
from hub.web.dates import Dates
from hub.web.timeline_words import OUTCOMES, SEVERITIES, STATES, TimelineWords
from hub.words import KINDS


@dataclass(frozen=True, slots=True)
class ToldLine:
    """One line of what happened."""

    at: str
    what: str
    who: str


@dataclass(frozen=True, slots=True)
class ToldIncident:
    """Texts in Japanese for the report, and the same for machines."""

    unit: str
    facts: Sequence[tuple[str, str]]
    """Label and text: place, time, state, outcome …"""
    record: Sequence[tuple[str, str]]
    """The record (5W1H), question and answer; answers may have lines. Empty: nobody has written one."""
    timeline: Sequence[ToldLine]
    tree: Mapping[str, Any]
    """JSON values."""


class IncidentSource(Protocol):
    """Where an export reads an incident. May raise ``NoSuchIncident``."""

    def __call__(self, tx: Connection, number: int) -> ToldIncident:
        """In the transaction of the export."""


class Records:
    """What the hub keeps of every incident: its state, its timeline, its record and tasks."""

    def __init__(self, house: House, dates: Dates) -> None:
        """``dates`` in Japanese."""
        self._house = house
        self._dates = dates
        self._words = dates.words
        self._said = TimelineWords(dates.words, dates)

    def __call__(self, tx: Connection, number: int) -> ToldIncident:
        """See ``IncidentSource``."""
        one = incidents.get(tx, self._house.site, number, lock=False)
        lines = timelines.timeline(tx, self._house.site, number)
        kept = record_reports.load(tx, number)
        to_do = record_tasks.of_incident(tx, number)
        return ToldIncident(
            one.unit,
            self._facts(one, kept),
            [*self._record(kept), *self._tasks(to_do)],
            [self._line(line) for line in lines],
            {
                "incident": incident_view(one, None),
                "report": dict(kept.report),
                "revision": kept.revision,
                "approval": kept.approval.stage.value,
                "tasks": [_task_view(task) for task in to_do],
                "timeline": [_line_view(line) for line in lines],
            },
        )

    def _facts(self, one: Incident, kept: Kept) -> list[tuple[str, str]]:
        dates, words = self._dates, self._words
        outcome = words(OUTCOMES[one.outcome.value]) if one.outcome is not None else "未定"
        facts = [
            ("発生場所", place_text(self._house.place(one.unit))),
            ("発生", f"{dates.both(one.opened)} {dates.clock(one.opened)}"),
            ("最後の動き", f"{dates.both(one.last)} {dates.clock(one.last)}"),
            ("種別", words(SEVERITIES[one.severity.value])),
            ("きっかけ", "、".join(words(KINDS.get(kind, kind)) for kind in one.kinds)),
            ("状態", words(STATES[one.state.value])),
            ("結果", outcome),
            ("決裁", words(STAGES[kept.approval.stage])),
        ]
        if one.acknowledged_by:
            facts.insert(5, ("最初の応答者", one.acknowledged_by))
        return facts

    def _record(self, kept: Kept) -> list[tuple[str, str]]:
        words, told = self._words, kept.report
        found = [(words(one.label), told[one.name]) for one in report.FIELDS if told.get(one.name)]
        codes = report.kinds_of(told)
        if codes:
            named = "\n".join(f"{code}　{words(kinds.BY_CODE[code].text)}" for code in codes)
            found.append(("行為の類型", named))
        verdicts = report.verdicts_of(told)
        for test, text in kinds.TESTS.items():
            if verdicts[test] or told.get(f"note-{test}"):
                verdict = words(kinds.VERDICTS[kinds.Verdict(verdicts[test])])
                parts = (words(text), verdict, told.get(f"note-{test}", ""))
                found.append(("定義への該当", "\n".join(filter(None, parts))))
        return found

    def _tasks(self, to_do: Sequence[Task]) -> list[tuple[str, str]]:
        found = []
        for task in to_do:
            detail = {"kind": task.kind, "text": task.text, "owner": task.owner}
            due = {"due": task.due.isoformat()} if task.due is not None else {}
            state = f"完了（{task.done_by}）" if task.done else "未了"
            found.append(("事後の対応", f"{self._said.task(detail | due)}　{state}"))
        return found

    def _line(self, line: Line) -> ToldLine:
        said = self._said.line(line)
        more = [said.text, said.note]
        if said.late:
            more.append(f"（{said.late}遅れて届いた記録）")
        if said.unsynced:
            more.append("（端末の時計が未設定のため、時刻は推定）")
        return ToldLine(self._dates.moment(said.at), "\n".join(filter(None, more)), said.who)


def place_text(place: Place) -> str:
    """Area, number and name of the counter."""
    return " ".join(filter(None, (place.area("ja"), place.number("ja"), place.name("ja"))))


def _task_view(task: Task) -> dict[str, Any]:
    dated = {"due": task.due.isoformat() if task.due else None, "done_at": iso(task.done_at)}
    return asdict(task) | dated


def _line_view(line: Line) -> dict[str, Any]:
    entry = line.entry
    return {
        "line": line.id,
        "incident": line.incident,
        "at": iso(entry.at),
        "recorded": iso(line.recorded_at),
        "what": entry.what,
        "who": entry.who,
        "actor": entry.actor,
        "detail": dict(entry.detail),
    }
