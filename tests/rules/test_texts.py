"""Every text that a person sees on a page is in both catalogues, and in no other place."""

import re

import pytest
from babel.messages.pofile import read_po

from hub.words import FOLDER, LANGUAGES
from tests.support.texts import ROOT, sources, used

JAPANESE = re.compile(r"[\u3041-\u30ff\u3400-\u9fff\uff00-\uffef]")
PLACEHOLDER = re.compile(r"\{\w+\}")


def catalogue(language: str) -> dict[str, str]:
    with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, locale=language, abort_invalid=True) if m.id}


def test_the_search_finds_texts_in_every_kind_of_file() -> None:
    places = {place.split(":")[0].rsplit(".", 1)[-1] for place in used().values()}
    assert {"html", "js", "py"} <= places


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str) -> None:
    known = catalogue(language)
    missing = {msgid: place for msgid, place in used().items() if not known.get(msgid)}
    assert missing == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_left_over(language: str) -> None:
    assert set(catalogue(language)) - set(used()) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_the_same_as_in_the_original(language: str) -> None:
    wrong = {
        msgid: text
        for msgid, text in catalogue(language).items()
        if set(PLACEHOLDER.findall(msgid)) != set(PLACEHOLDER.findall(text))
    }
    assert wrong == {}


def test_japanese_texts_are_japanese_and_calm() -> None:
    texts = catalogue("ja")
    symbols = {"{level} dB(A)", "REC"}
    assert {m for m, text in texts.items() if not JAPANESE.search(text)} == symbols
    assert [text for text in texts.values() if "!" in text or "！" in text] == []


@pytest.mark.parametrize("suffix", [".html", ".js", ".css"])
def test_no_japanese_outside_the_catalogues(suffix: str) -> None:
    files = list(sources(suffix))
    assert files
    found = [str(file.relative_to(ROOT)) for file in files if JAPANESE.search(file.read_text())]
    assert found == []


def test_scripts_name_their_texts_literally() -> None:
    """So that this test finds them all; the meaning of a light is the one that is looked up."""
    loose = [
        f"{file.relative_to(ROOT)}: {call}"
        for file in sources(".js")
        for call in re.findall(r'(?<!function )\bword\((?!\s*")[^)]*\)', file.read_text())
    ]
    assert loose == ["tools/demo/virtual/static/counter.js: word(means)"]


@pytest.mark.parametrize("suffix", [".html"])
def test_templates_hold_no_script_and_no_style_of_their_own(suffix: str) -> None:
    for file in sources(suffix):
        text = file.read_text()
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|\|\s*safe\b", text), file
        for kind, source in re.findall(r'<script type="([^"]+)"([^>]*)>', text):
            assert kind == "application/json" or "src=" in source, file
