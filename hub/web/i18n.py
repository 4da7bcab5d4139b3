"""Which language a browser gets; the words themselves are in ``hub.words``."""

from starlette.requests import Request
from starlette.responses import Response

from hub.words import LANGUAGES

COOKIE = "lang"
COOKIE_S = 365 * 24 * 3600


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
        keep_language(request, response, str(chosen))


def keep_language(request: Request, response: Response, language: str) -> None:
    """Let this browser get that language for a year."""
    response.set_cookie(
        COOKIE,
        language,
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
