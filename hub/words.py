"""The words that people read, on pages and in messages: English msgids in the code, Japanese and English
catalogues beside it.

The catalogues are read from their ``.po`` files when the hub starts, so that correcting a word needs no
compiler and no build. Placeholders are ``{name}``, the same in Python, in templates and in scripts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from babel import Locale
from babel.messages.pofile import read_po

LANGUAGES = ("ja", "en")
"""The first one is the default."""
FOLDER = Path(__file__).resolve().parent / "locale"

KINDS = {
    "panic": "Emergency button",
    "assist": "Assist request",
    "shout": "Shout (estimated by the unit)",
    "bang": "Bang (estimated by the unit)",
}
"""What an incident has gathered."""
PARTS = {
    "panic": "Emergency button",
    "assist": "Assist button",
    "session": "Session button",
    "record": "Record button",
    "microphone": "Microphone",
    "disk": "Storage",
    "clock": "Clock",
}
"""Parts of a unit that may have a fault."""


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that is said, in one language."""

    language: str
    entries: Mapping[str, str]
    """msgid to text."""

    def __call__(self, msgid: str, **values: object) -> str:
        """The text of ``msgid``; what no catalogue knows is shown as it is, as gettext does.

        A missing word must not take an alarm page down; a test proves that none is missing.
        """
        text = self.entries.get(msgid, msgid)
        return text.format(**values) if values else text

    @property
    def own_name(self) -> str:
        """The language's name in itself."""
        return dict(own_names())[self.language]


def own_names() -> list[tuple[str, str]]:
    """Every language with its name in itself."""
    return [(language, Locale(language).display_name or language) for language in LANGUAGES]


def read_words(folder: Path = FOLDER) -> dict[str, Words]:
    """The words of every language. Raises ``OSError`` or ``PoFileError``."""
    return {language: Words(language, _entries(folder, language)) for language in LANGUAGES}


def _entries(folder: Path, language: str) -> dict[str, str]:
    file = folder / language / "LC_MESSAGES" / "messages.po"
    with file.open("rb") as source:
        catalogue = read_po(source, locale=language, abort_invalid=True)
    return {
        message.id: message.string
        for message in catalogue
        if message.id and isinstance(message.id, str) and isinstance(message.string, str) and message.string
    }
