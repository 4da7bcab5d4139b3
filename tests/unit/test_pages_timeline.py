"""Every line that a timeline can have is said in words, in both languages; and the drawing of the levels."""

import re
from datetime import UTC, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.incidents import Action, Entry, Outcome
from hub.incidents.joining import ALERTS
from hub.record import guide, report, tasks
from hub.record.approval import Move, Stage
from hub.store.timelines import Line
from hub.web.dates import Dates
from hub.web.level_graph import TICKS_MAX, draw
from hub.web.timeline_words import TimelineWords
from hub.words import LANGUAGES, read_words
from tests.support.hostile_texts import EVERY
from tests.support.incidents import NOW

WORDS = read_words()
UNKNOWN = "An entry of a kind that this version does not know"
ISO = "2026-11-22T05:05:32.000Z"
TASK = {"task": 1, "kind": "lawyer", "text": "相談", "owner": "佐藤", "due": "2026-12-01"}
FINDING = {"finding": "x", "level_dba": 84.4, "background_dba": 47.0, "calibrated": False}

LINES: list[tuple[str, dict[str, Any]]] = [
    *((alert, FINDING if alert in ("shout", "bang") else {"drill": True}) for alert in sorted(ALERTS)),
    *(("shout", FINDING | {"phase": phase}) for phase in ("start", "update", "end")),
    ("panic", {"presses": 3, "late_s": 40.0, "unsynced": ISO}),
    *((a.value, {"to": "佐藤", "until": ISO, "outcome": "fault"}) for a in Action),
    *(("close", {"outcome": outcome.value}) for outcome in Outcome),
    ("not-arrived", {"helper": "佐藤"}),
    ("tier", {"reason": "escalation", "told": 2, "index": 0, "round": 1, "name": "係長"}),
    ("tier", {"reason": "alarm", "told": 0}),
    *((what, {"incident": 7}) for what in ("merged", "merged-into")),
    *(("split", {side: 7}) for side in ("into", "from")),
    *(("step", {"step": step.code, "way": "110" if step.code == "police" else ""}) for step in guide.STEPS),
    ("step-undone", {"step": "cease", "line": 1}),
    ("record-written", {"revision": 1, "fields": list(report.ALL_FIELDS)}),
    *((f"record-{do}", {"stage": stage.value}) for do in Move for stage in Stage),
    *((what, TASK) for what in ("task-added", "task-changed", "task-done", "task-not-done")),
    *(("task-added", TASK | {"kind": kind}) for kind in tasks.KINDS),
    *((what, {"case": 3}) for what in ("case-linked", "case-unlinked")),
]
CODE = re.compile(r"\b(?:[a-z]+-[a-z]+|panic|tier|escalation|cease|lawyer|fault)\b|[{}]")


def say(language: str, what: str, detail: dict[str, Any], who: str | None = None) -> Any:
    words = WORDS[language]
    actor = "person:sato" if who else "unit:c1"
    line = Line(1, 1, Entry(what, NOW, who, actor, detail), NOW)
    return TimelineWords(words, Dates(words, UTC)).line(line)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("what", "detail"), LINES)
def test_every_line_is_in_words(language: str, what: str, detail: dict[str, Any]) -> None:
    said = say(language, what, detail)
    assert said.text != WORDS[language](UNKNOWN)
    assert not {"{", "}"} & set(said.text)
    if language == "ja":
        assert not CODE.search(said.text), said.text


def test_a_tier_has_its_name_of_the_language() -> None:
    words = WORDS["en"]
    said = TimelineWords(words, Dates(words, UTC), {"係長": "Team leader"})
    detail = {"reason": "alarm", "told": 1, "round": 2, "name": "係長"}
    assert said.text("tier", detail).startswith("Called Team leader (round 2) because of: an alarm")


def test_a_line_of_a_newer_version_is_no_code_either() -> None:
    assert say("ja", "quantum-alarm", {"x": 1}).text == WORDS["ja"](UNKNOWN)


@pytest.mark.parametrize("what", sorted({what for what, _ in LINES}))
@pytest.mark.parametrize("value", [None, 7, ["x"], {"a": 1}, "{step}", *EVERY[:4]])
def test_a_line_with_a_strange_detail_is_shown_all_the_same(what: str, value: object) -> None:
    names = {name for _, detail in LINES for name in detail}
    if not isinstance(value, str):
        names -= {"due"}
    detail = dict.fromkeys(names - {"due", "late_s"}, value)
    assert say("ja", what, detail, "佐藤").text


def line(second: int, what: str, level: float | None = None, background: float | None = None) -> Line:
    detail = {"level_dba": level, "background_dba": background, "calibrated": True, "phase": "start"}
    entry = Entry(what, NOW + timedelta(seconds=second), None, "unit:c1", detail if level is not None else {})
    return Line(second, 1, entry, NOW)


LEVELS = st.floats(-20, 140)
FOUND = st.builds(line, st.integers(0, 200_000), st.sampled_from(["shout", "bang"]), LEVELS, LEVELS)
PRESSED = st.builds(line, st.integers(0, 200_000), st.sampled_from(["panic", "assist"]))


@given(st.lists(FOUND, min_size=1, max_size=20), st.lists(PRESSED, max_size=5))
def test_everything_is_drawn_inside_the_frame(found: list[Line], presses: list[Line]) -> None:
    graph = draw([*found, *presses], str)
    assert graph is not None
    assert len(graph.findings) == len(found)
    assert len(graph.marks) == len(found) + len(presses)
    for mark in graph.marks:
        assert graph.left <= mark.x <= graph.right
        assert graph.top <= mark.y <= graph.bottom
        assert graph.top <= mark.background_y <= graph.bottom
    assert 1 <= len(graph.times) <= TICKS_MAX + 1
    assert all(graph.left <= tick.place <= graph.right for tick in graph.times)
    assert all(graph.top <= tick.place <= graph.bottom for tick in graph.levels)


def test_without_a_finding_there_is_nothing_to_draw() -> None:
    assert draw([], str) is None
    assert draw([line(0, "panic")], str) is None
