"""Tables of the statistics: the policy's kinds, what of them is published, and both as files."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from hub.figures import Figures, Happened, figures
from hub.incidents import Action
from hub.record.kinds import KINDS
from hub.web.pages.statistics_parts import parts_of, published_parts
from hub.words import Words
from tests.support.record_hub import RecordHub

SINCE, UNTIL = datetime(2026, 4, 1, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC)
WORDS = Words("en", {})


def of(*outcomes: tuple[str | None, tuple[str, ...]]) -> Figures:
    rows = [
        Happened(SINCE, "shimin", "alarm", ("panic",), outcome, 20.0, conduct)
        for outcome, conduct in outcomes
    ]
    return figures(rows, SINCE, UNTIL)


def published(found: Figures) -> dict[str, int | None]:
    title, rows = published_parts(found, parts_of(WORDS, found, {"shimin": "Citizens"}))[-1]
    assert title == "By kind of conduct in the policy"
    return {label.split()[0]: count for label, count in rows}


def test_every_kind_of_the_policy_has_a_row_and_a_bar() -> None:
    part = parts_of(WORDS, of(("harassment", ("2b",))), {})[-1]
    assert [mark.label.split()[0] for mark in part.marks] == [*(kind.code for kind in KINDS), "Not"]
    assert part.plot.count("<rect") == len(part.marks) + 2, "with the two of the hatching"


def test_kinds_are_published_without_small_counts() -> None:
    found = of(*[("harassment", ("2b",))] * 5, *[("harassment", ("2c", "2b"))] * 3, ("harassment", ("2a",)))
    shown = published(found)
    assert (shown["2b"], shown["2c"], shown["2a"], shown["1a"]) == (8, None, None, 0)


def test_no_kind_is_published_while_the_number_of_harassments_is_kept_back() -> None:
    """One false alarm keeps the five harassments back; five of a kind would tell them all the same."""
    found = of(*[("harassment", ("2b",))] * 5, ("false-alarm", ()))
    assert published(found)["2b"] is None
    assert published(of(*[("harassment", ("2b",))] * 5))["2b"] == 5


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecordHub]:
    with RecordHub(tmp_path_factory.mktemp("hub")) as running:
        yield running


def rows_of(hub: RecordHub, path: str, login: str) -> dict[tuple[str, str], str]:
    answer = hub.get(path, login).raise_for_status()
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "attachment" in answer.headers["content-disposition"]
    table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert table[0] == ["表", "区分", "事案"]
    return {(title, label): count for title, label, count in table[1:]}


def test_the_numbers_are_saved_as_they_are_and_as_they_are_published(hub: RecordHub) -> None:
    number = hub.incident()
    hub.post(f"/incidents/{number}/record", base="0", words="一", kinds="2b")
    hub.act(number, Action.ACKNOWLEDGE, Action.ARRIVE, Action.RESOLVE, Action.CLOSE)
    key = ("基本方針の行為の分類別", "2b 精神的な攻撃")
    assert rows_of(hub, "/statistics/export.csv", "yamada")[key] == "1"
    assert rows_of(hub, "/statistics/report.csv?year=2026", "kansa")[key] == "", "too small a count"
    assert "2b 精神的な攻撃" in hub.get("/statistics").text
    assert "2b 精神的な攻撃" in hub.get("/statistics/report?year=2026").text


@pytest.mark.parametrize(
    ("path", "login", "status"),
    [
        ("/statistics/export.csv", "suzuki", 403),
        ("/statistics/export.csv?from=x", "yamada", 422),
        ("/statistics/report.csv?year=2026", "suzuki", 403),
        ("/statistics/report.csv?year=2026", "tax", 403),
        ("/statistics/report.csv?year=1", "yamada", 404),
    ],
)
def test_what_is_not_for_somebody_or_of_no_period_is_refused(
    hub: RecordHub, path: str, login: str, status: int
) -> None:
    assert hub.get(path, login).status_code == status
