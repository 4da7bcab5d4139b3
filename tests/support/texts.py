"""Every msgid that the pages use, found in templates, Python and scripts."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from babel.messages.extract import extract_from_file

from hub.notifiers import texts as messages
from hub.web import dates, recording_words
from hub.web.pages.navigation import NAVIGATION
from hub.words import KINDS, PARTS
from wire.lights import ALARM_PATTERNS

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("hub", "tools/demo/virtual")
METHODS = {".html": "jinja2.ext:babel_extract", ".py": "python"}
KEYWORDS = {"_": None, "words": None}
# Babel's own reader of JavaScript does not look into template literals.
IN_SCRIPT = re.compile(r'\bword\(\s*"((?:[^"\\]|\\.)*)"')

_MESSAGES = "hub/notifiers/texts.py"
TABLES: list[tuple[Mapping[Any, str], str]] = [
    (KINDS, "hub/words.py"),
    (PARTS, "hub/words.py"),
    (messages.TAGS, _MESSAGES),
    (messages.SEVERITIES, _MESSAGES),
    (messages.SAYS, _MESSAGES),
    (messages.NEXT, _MESSAGES),
    (messages.TROUBLES, _MESSAGES),
    *((table, "hub/web/recording_words.py") for table in recording_words.TABLES),
]
"""Tables of msgids that code looks up, and where they are."""


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
    for table, place in TABLES:
        for msgid in table.values():
            found.setdefault(msgid, place)
    found.setdefault(messages.POLICE, "hub/notifiers/texts.py")
    for pattern in ALARM_PATTERNS:
        found.setdefault(pattern.means, "wire/lights.py")
    for link in NAVIGATION:
        found.setdefault(link.label, "hub/web/pages/navigation.py")
    for msgid in (*dates.WEEKDAYS, *(era for _, era in dates.ERAS)):
        found.setdefault(msgid, "hub/web/dates.py")
    found.setdefault("Virtual counters", "tools/demo/virtual/extension.py")
    return found
