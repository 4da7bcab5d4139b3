"""The words of the pages: English msgids in the code, Japanese and English catalogues beside it.

The catalogues are read from their ``.po`` files when the hub starts, so that correcting a word needs no
compiler and no build. Placeholders are ``{name}``, the same in Python, in templates and in scripts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from babel import Locale
from babel.messages.pofile import read_po
from starlette.requests import Request
from starlette.responses import Response

LANGUAGES = ("ja", "en")
"""The first one is the default."""
COOKIE = "lang"
COOKIE_S = 365 * 24 * 3600
FOLDER = Path(__file__).resolve().parents[1] / "locale"


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that the pages say, in one language."""

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
        return Locale(self.language).display_name or self.language


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


def language_of(request: Request) -> str:
    """What the address asks for, else the last choice, else what the browser prefers, else Japanese."""
    for chosen in (request.query_params.get(COOKIE), request.cookies.get(COOKIE)):
        if chosen in LANGUAGES:
            return str(chosen)
    return _preferred(request.headers.get("accept-language", ""))


def remember_language(request: Request, response: Response) -> None:
    """Keep a language that the address asked for, for a year."""
    chosen = request.query_params.get(COOKIE)
    if chosen in LANGUAGES:
        response.set_cookie(
            COOKIE,
            str(chosen),
            max_age=COOKIE_S,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )


def _preferred(header: str) -> str:
    """The best language of an Accept-Language header (RFC 9110, section 12.5.4); ties keep their order."""
    best, best_weight = LANGUAGES[0], 0.0
    for part in header[:400].split(","):
        name, _, parameter = part.strip().partition(";")
        language = name.split("-")[0].strip().lower()
        weight = _weight(parameter)
        if language in LANGUAGES and weight > best_weight:
            best, best_weight = language, weight
    return best


def _weight(parameter: str) -> float:
    key, _, value = parameter.strip().partition("=")
    if not key:
        return 1.0
    try:
        weight = float(value) if key.strip().lower() == "q" else 0.0
    except ValueError:
        return 0.0
    return weight if 0.0 <= weight <= 1.0 else 0.0
