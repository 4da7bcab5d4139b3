"""The report: PDF/A, the same for the same, and nothing that a person wrote is ever a command."""

import json
from datetime import UTC, datetime

import pytest
import typst

from hub.web.export import typeset
from hub.web.export.packing import Packer
from hub.web.export.typeset import TEMPLATE, NotTypeset, font, geta, pdf
from tests.support.hostile_texts import EVERY
from tests.support.packages import files_of

MADE = datetime(2026, 11, 22, 5, 5, 32, tzinfo=UTC)
NAMES = "髙橋 﨑山 𠮷野 葛󠄀城 辻󠄁 龍 ①"
MARKUP = (
    '#metadata("evil") <evil>',
    '#import "@preview/evil:1.0.0"',
    '#read("/etc/passwd")',
    "#panic()",
    "*太字* _斜体_ `code` $x^2$ @ref <evil> \\u{41} // /* ]) #] [",
    "= 見出し\n- 項目\n+ 番号",
    '"); #metadata("evil") <evil> #("',
)
EXOTIC = ("a\x00b\x07", "\ud800", "\u0378", "\ufffe", "😀🏴", "عربي", "\u202ertl", "\ue000", "e\u0301\u0301")


def tree(*texts: str) -> dict[str, object]:
    """Every place of the template is filled with these."""
    text = "\n".join(texts)
    return {
        **dict.fromkeys(
            ("title", "organisation", "header-left", "header-right", "footer", "method"), texts[0] or "x"
        ),
        **dict.fromkeys(("ledger-text", "ledger-seq", "ledger-hash"), texts[0] or "x"),
        "facts": [[one, text] for one in texts],
        "record": [[text, text]],
        "timeline": [["1", text, one] for one in texts],
        "recordings": [{"id": "0" * 32, "digest": "f" * 64, "facts": [[text, text]]}],
        "days": [["2026-11-22", "8", "f" * 64, text]],
        "keys": [[text, text]],
        "export": [[text, text]],
    }


def test_it_is_pdf_a_2b_with_japanese_names_and_the_same_for_the_same() -> None:
    made = pdf(tree(NAMES), MADE)
    assert made.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in made
    assert b"/FontFile3" in made, "the font is in it"
    assert pdf(tree(NAMES), MADE) == made
    assert geta("髙") not in json.dumps(tree(NAMES), ensure_ascii=False)


def test_what_people_write_is_shown_and_never_obeyed() -> None:
    written = tree(*MARKUP, *EVERY)
    assert pdf(written, MADE).startswith(b"%PDF")
    inputs = {"data": json.dumps(typeset._clean(written)), "font": font()}
    found = typst.query(TEMPLATE, "<evil>", root=TEMPLATE.parent, sys_inputs=inputs)
    assert json.loads(found) == []
    headings = typst.query(TEMPLATE, "heading", root=TEMPLATE.parent, sys_inputs=inputs)
    assert len(json.loads(headings)) == 8, "those of the template and no other"


@pytest.mark.parametrize("text", EXOTIC)
def test_a_character_that_no_font_has_is_told_by_its_number(text: str) -> None:
    assert pdf(tree(f"山田{text}太郎"), MADE).startswith(b"%PDF")
    told = json.dumps(typeset._clean({"x": "a\x00b\u0378"}), ensure_ascii=False)
    assert told == '{"x": "a〓(U+0000)b〓(U+0378)"}'


def test_without_a_font_the_package_to_install_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typeset, "FAMILIES", ("No Such Font",))
    with pytest.raises(NotTypeset, match="fonts-noto-cjk"):
        pdf(tree("x"), MADE)


def test_the_process_of_its_own_gives_the_same_and_says_what_is_wrong() -> None:
    typeset.ready()
    assert typeset.typeset(tree(NAMES), MADE) == pdf(tree(NAMES), MADE)
    with pytest.raises(NotTypeset):
        typeset.typeset({"title": "nothing else"}, MADE)


def test_a_zip_is_sent_as_it_is_made_and_is_the_same_for_the_same() -> None:
    def pack() -> list[bytes]:
        packer = Packer(MADE)
        sent = [packer.put(f"recordings/{n:06}.flac", bytes([n]) * 100_000) for n in range(5)]
        packer.begin("ledger.jsonl")
        sent += [packer.append(b"x" * 50_000), packer.append(b"y"), packer.end()]
        return [*sent, packer.put("README.txt", "髙".encode()), packer.close()]

    chunks = pack()
    assert all(len(chunk) > 100_000 for chunk in chunks[:5]), "nothing waits for the end"
    assert b"".join(chunks) == b"".join(pack())
    files = files_of(b"".join(chunks))
    assert files["ledger.jsonl"] == b"x" * 50_000 + b"y"
    assert files["recordings/000003.flac"] == b"\3" * 100_000
