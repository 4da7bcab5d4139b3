"""Plots: well-formed, described, and told apart by more than colour; texts in them are text."""

from xml.etree import ElementTree as ET

import pytest

from hub.web.plots import Mark, bars, columns, dots
from tests.support.hostile_texts import HTML, printable

SVG = "{http://www.w3.org/2000/svg}"
MARKS = [Mark("市民課", 3), Mark("納税課", 0), Mark("推定", 6, hatched=True)]


def drawn(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - drawn by the hub itself


@pytest.mark.parametrize("plot", [bars, columns])
def test_a_plot_names_itself_and_every_number(plot: object) -> None:
    root = drawn(plot("k", "課別", "件数", MARKS))  # type: ignore[operator]
    assert root.get("role") == "img"
    named = [root.find(f".//*[@id='{key}']") for key in str(root.get("aria-labelledby")).split()]
    assert [one.text for one in named if one is not None] == ["課別", "件数"]
    texts = [one.text for one in root.iter(f"{SVG}text")]
    assert {"市民課", "納税課", "推定", "3", "0", "6"} <= set(texts)


def test_the_longest_bar_is_of_the_biggest_number_and_hatched_by_a_pattern() -> None:
    rects = drawn(bars("k", "t", "d", MARKS)).findall(f"{SVG}rect")
    widths = [float(str(rect.get("width"))) for rect in rects]
    assert widths[2] == max(widths)
    assert widths[0] == pytest.approx(widths[2] / 2, abs=0.2)
    assert widths[1] == 0
    assert [str(rect.get("fill")).startswith("url(#k-hatch)") for rect in rects] == [False, False, True]


def test_nothing_to_draw_is_drawn_as_nothing() -> None:
    for svg in (bars("k", "t", "d", []), columns("k", "t", "d", []), dots("k", "t", "d", [], [])):
        assert drawn(svg).findall(f"{SVG}rect") == []
    assert [r.get("width") for r in drawn(bars("k", "t", "d", [Mark("a", 0)])).findall(f"{SVG}rect")] == [
        "0.0"
    ]


def test_a_dot_for_every_hour_the_more_the_bigger() -> None:
    cells = [[0] * 24 for _ in range(7)]
    cells[6][14], cells[0][9] = 4, 1
    radii = [
        float(str(dot.get("r")))
        for dot in drawn(dots("k", "t", "d", list("月火水木金土日"), cells)).iter(f"{SVG}circle")
    ]
    assert len(radii) == 7 * 24
    assert sorted(set(radii)) == [1.0, radii[9], radii[6 * 24 + 14]]


@pytest.mark.parametrize("text", [*HTML, *printable()])
def test_texts_in_a_plot_are_text(text: str) -> None:
    for svg in (bars("k", text, text, [Mark(text, 1)]), columns("k", text, text, [Mark(text, 1)])):
        root = drawn(svg)
        assert {one.tag.removeprefix(SVG) for one in root.iter()} <= {
            "svg", "title", "desc", "defs", "pattern", "rect", "line", "text"
        }  # fmt: skip
        title = root.find(f"{SVG}title")
        assert title is not None
        assert title.text == text
