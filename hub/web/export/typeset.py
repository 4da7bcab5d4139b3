"""The report as PDF/A-2b. Texts reach the typesetter as data, never as markup.

A process of its own, behind everything else: the typesetter keeps the interpreter to itself for tenths of a
second, and a press must not wait for a report.
"""

import json
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

TEMPLATE = Path(__file__).with_name("report.typ")
FAMILIES = (
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "Source Han Sans JP",
    "BIZ UDGothic",
    "BIZ UDPGothic",
    "IPAexGothic",
    "IPAGothic",
)
"""Fonts that have the characters of Japanese names (髙, 﨑); the first that is there is taken."""
PACKAGE = "fonts-noto-cjk"
GETA = "〓"
"""Stands for a character that no font of this machine has; its number follows."""
REPLACED_MAX = 200
TIMEOUT_S = 120.0
_UNSHOWN = re.compile(r'the text `"(.*?)"` could not be displayed', re.DOTALL)
_NUMBER = re.compile(r"\\u\{([0-9a-f]+)\}")


class NotTypeset(Exception):
    """There is no report; the message says what a person can do."""


def typeset(tree: Mapping[str, Any], made: datetime) -> bytes:
    """The report; the same bytes for the same tree and time. Blocks. Raises ``NotTypeset``."""
    asked = json.dumps({"made": made.isoformat(), "tree": tree}, ensure_ascii=True)
    return _run(asked.encode())


def ready() -> None:
    """Whether this machine can make reports. Blocks. Raises ``NotTypeset``."""
    _run(b"")


def _run(asked: bytes) -> bytes:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "hub.web.export.typeset"],
            cwd=Path(__file__).parents[3],
            input=asked,
            capture_output=True,
            check=False,
            timeout=TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotTypeset(f"the typesetter cannot be run: {type(error).__name__}") from error
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip().splitlines()
        raise NotTypeset(told[-1][:300] if told else f"the typesetter ended with {done.returncode}")
    return done.stdout


def main() -> int:
    """In the process of its own: what is asked comes in, the report goes out; nothing asked: only a look."""
    os.nice(10)
    asked = sys.stdin.buffer.read()
    try:
        if asked:
            given = json.loads(asked)
            sys.stdout.buffer.write(pdf(given["tree"], datetime.fromisoformat(given["made"])))
        else:
            font()
    except NotTypeset as error:
        print(error, file=sys.stderr)  # noqa: T201 - read by the hub
        return 1
    return 0


def font() -> str:
    """The family for reports. Raises ``NotTypeset``."""
    import typst  # noqa: PLC0415 - never in the hub's own process

    there = set(typst.Fonts(include_system_fonts=True).families())
    for family in FAMILIES:
        if family in there:
            return family
    raise NotTypeset(f"no Japanese font for reports: install the package {PACKAGE}, then start the hub again")


def pdf(tree: Mapping[str, Any], made: datetime) -> bytes:
    """The report. Raises ``NotTypeset``."""
    import typst  # noqa: PLC0415

    family, shown = font(), json.dumps(_clean(tree), ensure_ascii=False)
    for _ in range(REPLACED_MAX):
        try:
            made_pdf = typst.compile(
                TEMPLATE,
                root=TEMPLATE.parent,
                format="pdf",
                sys_inputs={"data": shown, "font": family},
                pdf_standards="a-2b",
                timestamp=int(made.timestamp()),
            )
        except typst.TypstError as error:
            shown = _without(shown, error.message)
        else:
            if not isinstance(made_pdf, bytes):
                raise NotTypeset("the typesetter gave no document")
            return made_pdf
    raise NotTypeset("the report holds too many characters that no font has")


def _without(shown: str, message: str) -> str:
    """The texts without what the message says cannot be displayed. Raises ``NotTypeset``."""
    found = _UNSHOWN.search(message)
    if found is None:
        raise NotTypeset(f"the report cannot be typeset: {message[:200]}")
    text = _NUMBER.sub(lambda number: chr(int(number[1], 16)), found[1])
    for sign in sorted(set(text)):
        shown = shown.replace(sign, geta(sign)) if ord(sign) > 127 else shown
    if not any(ord(sign) > 127 for sign in text):
        raise NotTypeset(f"the report cannot be typeset: {message[:200]}")
    return shown


def geta(sign: str) -> str:
    """``〓(U+20BB7)``: nothing is lost silently."""
    return f"{GETA}(U+{ord(sign):04X})"


def _clean(value: Any) -> Any:
    """Without characters that no font can have: controls, surrogates, numbers that are no characters."""
    if isinstance(value, str):
        return "".join(
            sign if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cs", "Cn") else geta(sign)
            for sign in value
        )
    if isinstance(value, Mapping):
        return {name: _clean(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(each) for each in value]
    return value


if __name__ == "__main__":
    sys.exit(main())
