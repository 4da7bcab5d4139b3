"""An incident as a package tells it. Whoever keeps more about incidents gives another ``IncidentSource``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection

from hub.house import House
from hub.store import incidents, timelines
from hub.store.timelines import Line
from hub.views import incident_view, iso
from hub.web.dates import Dates
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


SEVERITIES = {"alarm": "警報", "attention": "注意", "drill": "訓練"}
STATES = {
    "open": "未応答",
    "acknowledged": "応答済み（向かっている）",
    "responding": "対応中",
    "resolved": "収束",
    "closed": "終結",
}
OUTCOMES = {
    "harassment": "カスタマーハラスメント",
    "legitimate-complaint": "正当な苦情・要望",
    "false-alarm": "誤報",
    "drill": "訓練",
    "fault": "機器の故障",
}
ACTS = {
    "withdrawn": "職員が取消し（長押し）",
    "acknowledge": "「向かう」と応答",
    "come": "応援に向かうと応答",
    "arrive": "窓口に到着",
    "hand-over": "対応を引継ぎ",
    "give-back": "行けなくなったため、別の者を呼出し",
    "snooze": "呼出しを一時保留",
    "note": "メモ",
    "resolve": "収束を確認",
    "close": "終結",
    "reopen": "再開",
    "tier": "呼出し",
    "not-arrived": "時間内に到着せず",
    "merged": "別の事案を統合",
    "merged-into": "別の事案へ統合",
    "split": "事案を分離",
}
_DETAILS = {"note": "メモ", "to": "宛先", "outcome": "結果", "name": "呼出し先", "level_dba": "音量 dB(A)"}


class PlainSource:
    """What the hub keeps of every incident: its state and its timeline."""

    def __init__(self, site: str, house: House, dates: Dates) -> None:
        self._site = site
        self._house = house
        self._dates = dates

    def __call__(self, tx: Connection, number: int) -> ToldIncident:
        """See ``IncidentSource``."""
        one = incidents.get(tx, self._site, number, lock=False)
        lines = timelines.timeline(tx, self._site, number)
        dates, words = self._dates, self._dates.words
        view = incident_view(one, None)
        facts = [
            ("発生場所", place_of(self._house, one.unit)),
            ("発生", f"{dates.both(one.opened)} {dates.clock(one.opened)}"),
            ("最後の動き", f"{dates.both(one.last)} {dates.clock(one.last)}"),
            ("種別", SEVERITIES[one.severity.value]),
            ("きっかけ", "、".join(words(KINDS.get(kind, kind)) for kind in one.kinds)),
            ("状態", STATES[one.state.value]),
            ("結果", OUTCOMES.get(view["outcome"] or "", "未定")),
        ]
        if one.acknowledged_by:
            facts.append(("最初の応答者", one.acknowledged_by))
        timeline = [ToldLine(self._dates.moment(e.entry.at), self._said(e), e.entry.who or "") for e in lines]
        tree = {"incident": view, "timeline": [_line_view(line) for line in lines]}
        return ToldIncident(facts, (), timeline, tree)

    def _said(self, line: Line) -> str:
        entry = line.entry
        text = ACTS.get(entry.what) or self._dates.words(KINDS.get(entry.what, entry.what))
        more = []
        for name, value in sorted(entry.detail.items()):
            if name in _DETAILS and value not in (None, ""):
                shown = OUTCOMES.get(str(value), str(value)) if name == "outcome" else str(value)
                more.append(f"{_DETAILS[name]}：{shown}")
        return f"{text}（{'、'.join(more)}）" if more else text


def place_of(house: House, unit: str) -> str:
    """Area, number and name of the counter."""
    return " ".join(name.ja for name in house.place(unit) if name.ja)


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
