"""The words that a page's scripts say, found in the scripts: a page carries these and no others."""

import re
from pathlib import Path

_WORD = re.compile(r'\bword\(\s*"((?:[^"\\]|\\.)*)"')
_IMPORT = re.compile(r'^(?:import|export)\b[^;]*?"\./([\w.-]+\.js)"', re.MULTILINE)


def modules_of(folder: Path, script: str) -> list[str]:
    """A script and everything that it imports, itself first. Raises ``OSError``."""
    found: list[str] = []
    waiting = [script]
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found.append(name)
            waiting += _IMPORT.findall((folder / name).read_text(encoding="utf-8"))
    return found


def msgids_of(folder: Path, script: str) -> frozenset[str]:
    """The msgids that a script and its imports name. Raises ``OSError``."""
    texts = ((folder / name).read_text(encoding="utf-8") for name in modules_of(folder, script))
    return frozenset(msgid for text in texts for msgid in _WORD.findall(text))
