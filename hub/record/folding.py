"""How texts are folded before they are compared: a search finds what people mean, however it was typed."""

import unicodedata

_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
QUERY_CHARS_MAX = 100
WORDS_MAX = 8


def folded(text: str) -> str:
    """Full and half width, upper and lower case, katakana and hiragana are the same (NFKC, then folded)."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_TO_HIRAGANA)


def wanted(query: str) -> list[str]:
    """The folded words of a search: a text must hold all of them."""
    return folded(query[:QUERY_CHARS_MAX]).split()[:WORDS_MAX]


def pattern(word: str) -> str:
    """For LIKE with ``\\`` as its escape."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
