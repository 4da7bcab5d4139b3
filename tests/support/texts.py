"""Every msgid that the pages use, found in templates, Python and scripts."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.extract import extract_from_file

from hub.notifiers import texts as messages
from hub.record import approval, guide, kinds, report, tasks
from hub.web import dates, order_words, recording_words, timeline_words
from hub.web.pages import incident, record_common
from hub.web.pages.navigation import NAVIGATION
from hub.words import KINDS, PARTS
from wire.lights import ALARM_PATTERNS

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("hub", "tools/demo/virtual")
METHODS = {".html": "jinja2.ext:babel_extract", ".py": "python"}
KEYWORDS = {"_": None, "words": None}
# Babel's own reader of JavaScript does not look into template literals.
IN_SCRIPT = re.compile(r'\bword\(\s*"((?:[^"\\]|\\.)*)"')


def sources(suffix: str) -> Iterator[Path]:
    """The files that may hold texts of pages."""
    for folder in FOLDERS:
        yield from sorted((ROOT / folder).rglob(f"*{suffix}"))


def used() -> dict[str, str]:
    """msgid to the first place that uses it."""
    found: dict[str, str] = {}
    for suffix, method in METHODS.items():
        for file in sources(suffix):
            for line, msgid, _comments, _context in extract_from_file(method, file, keywords=KEYWORDS):
                if isinstance(msgid, str) and msgid:
                    found.setdefault(msgid, f"{file.relative_to(ROOT)}:{line}")
    for file in sources(".js"):
        for msgid in IN_SCRIPT.findall(file.read_text()):
            found.setdefault(msgid, str(file.relative_to(ROOT)))
    for place, msgids in tables():
        for msgid in msgids:
            found.setdefault(msgid, place)
    return found


def tables() -> Iterator[tuple[str, Iterable[str]]]:
    """Texts that are looked up: where their table is, and its msgids."""
    for table in (KINDS, PARTS):
        yield "hub/words.py", table.values()
    for said in (messages.TAGS, messages.SEVERITIES, messages.SAYS, messages.NEXT):
        yield "hub/notifiers/texts.py", said.values()
    yield "hub/notifiers/texts.py", [*messages.TROUBLES.values(), *messages.WAYS.values()]
    yield "hub/notifiers/texts.py", [messages.POLICE, messages.WAY_SAYS, messages.WAY_NEXT]
    yield "wire/lights.py", [pattern.means for pattern in ALARM_PATTERNS]
    yield "hub/web/pages/navigation.py", [link.label for link in NAVIGATION]
    yield "hub/web/dates.py", [*dates.WEEKDAYS, *(era for _, era in dates.ERAS)]
    yield "tools/demo/virtual/extension.py", ["Virtual counters"]
    for table in recording_words.TABLES:
        yield "hub/web/recording_words.py", table.values()
    yield (
        "hub/web/order_words.py",
        [text for text, _ in order_words.TAGS],
    )
    yield "hub/web/order_words.py", order_words.WHY.values()
    yield from record_tables()


def record_tables() -> Iterator[tuple[str, Iterable[str]]]:
    """Those of the pages about incidents."""
    yield "hub/record/kinds.py", [*kinds.GROUPS.values(), *kinds.TESTS.values(), *kinds.VERDICTS.values()]
    yield "hub/record/kinds.py", [text for kind in kinds.KINDS for text in (kind.name, kind.text)]
    yield "hub/record/guide.py", [text for step in guide.STEPS for text in (step.name, step.say)]
    yield "hub/record/guide.py", guide.WAYS.values()
    yield "hub/record/report.py", [text for one in report.FIELDS for text in (one.label, one.hint) if text]
    yield "hub/record/approval.py", approval.STAGES.values()
    yield "hub/record/tasks.py", tasks.KINDS.values()
    for table in (
        *(timeline_words.OUTCOMES, timeline_words.STATES, timeline_words.SEVERITIES, timeline_words.REASONS),
        *(timeline_words.PLAIN, timeline_words.PHASES, timeline_words.PARTS),
    ):
        yield "hub/web/timeline_words.py", table.values()
    yield (
        "hub/web/timeline_words.py",
        [timeline_words.BANG, timeline_words.BY_MEETING, *(msgid for _, msgid, *_ in timeline_words.WHY)],
    )
    yield "hub/web/pages/record_common.py", [text for _, text in record_common.SAID.values()]
    yield "hub/web/pages/record_common.py", record_common.FAULTS.values()
    yield "hub/web/pages/incident.py", [label for _, label in incident.ACTS]
