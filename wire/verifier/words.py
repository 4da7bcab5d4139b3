"""The words of the verifier: what was found, in Japanese and in English."""

import string

from wire.verifier.findings import Finding
from wire.verifier.texts_around import PLAIN
from wire.verifier.texts_ledger import LEDGER
from wire.verifier.texts_package import PACKAGE
from wire.verifier.texts_recordings import RECORDINGS

FINDINGS = PACKAGE | RECORDINGS | LEDGER

LANGUAGES = ("ja", "en")


def said(finding: Finding, language: str) -> str:
    """A finding as a sentence."""
    return _fill(FINDINGS[finding.code], language, finding.values)


def plain(code: str, language: str, **values: str | int) -> str:
    """A sentence around the findings."""
    return _fill(PLAIN[code], language, values)


def _fill(texts: tuple[str, str], language: str, values: dict[str, str | int]) -> str:
    # Names and reasons come out of the package: no escape sequence reaches a terminal.
    shown = {name: clean(str(value)) for name, value in values.items()}
    return texts[LANGUAGES.index(language)].format(**shown)


def clean(text: str, most: int = 300) -> str:
    """Without anything that a terminal would obey."""
    return "".join(sign if sign.isprintable() else "�" for sign in text[:most])


def fields_of(code: str) -> set[str]:
    """Which values a finding's words need."""
    return {name for text in FINDINGS[code] for _, name, _, _ in string.Formatter().parse(text) if name}
