"""Which language a page speaks, and where a sign-in may lead."""

from pathlib import Path

import pytest
from starlette.requests import Request

from hub.web.i18n import language_of
from hub.web.pages import safe_next
from hub.words import Words, read_words


def asked(query: str = "", cookie: str = "", accepted: str = "") -> Request:
    headers = [(b"accept-language", accepted.encode()), (b"cookie", cookie.encode())]
    return Request({"type": "http", "query_string": query.encode(), "headers": headers})


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "ja"),
        ("*", "ja"),
        ("fr,de;q=0.8", "ja"),
        ("en-US,en;q=0.9,ja;q=0.8", "en"),
        ("ja,en-US;q=0.9", "ja"),
        ("en;q=0.3, ja-JP;q=0.7", "ja"),
        ("en;q=0, ja", "ja"),
        ("EN", "en"),
        ("en;q=nan", "ja"),
        ("en;q=-1", "ja"),
        ("en;q=9", "ja"),
        (";;;,,=;q", "ja"),
    ],
)
def test_the_browsers_preference(accepted: str, language: str) -> None:
    assert language_of(asked(accepted=accepted)) == language


def test_the_address_beats_the_cookie_and_the_cookie_the_browser() -> None:
    assert language_of(asked("lang=ja", "lang=en", "en")) == "ja"
    assert language_of(asked("", "lang=en", "ja")) == "en"
    assert language_of(asked("lang=xx", "lang=../../etc", "en")) == "en"


def test_placeholders_are_filled_and_unknown_words_shown_as_they_are() -> None:
    words = Words("ja", {"{n} presses": "{n}回"})
    assert words("{n} presses", n=3) == "3回"
    assert words("not known {n}") == "not known {n}"


def test_a_catalogue_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_words(tmp_path)


@pytest.mark.parametrize("address", ["/", "/counters?x=1", "/incidents/7#a"])
def test_a_path_of_this_hub_is_a_place_to_go(address: str) -> None:
    assert safe_next(address) == address


@pytest.mark.parametrize(
    "address", ["", "//evil", "https://evil", "/\\evil", "evil", "/\nevil", "/\tevil", "javascript:alert(1)"]
)
def test_anything_else_leads_to_the_live_page(address: str) -> None:
    assert safe_next(address) == "/"
