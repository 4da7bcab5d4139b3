"""The bench runs over both sides and loses nothing: its figures are of presses that arrived."""

from pathlib import Path

import pytest

from tools.bench.__main__ import Load, measure
from tools.bench.page import CHROMIUM
from tools.bench.report import Row, print_row
from tools.demo.broker import mosquitto_path


@pytest.mark.skipif(mosquitto_path() is None, reason="mosquitto is not installed (make test installs it)")
@pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Chromium is not installed (make test installs it)")
def test_presses_are_counted_on_both_sides(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = measure(tmp_path, (Load("3 units", 3, 4.0, 1, 0.5, 2.0),), desk_presses=1)
    fleet, edge, desk = rows
    for name, rounds in (
        ("floor", fleet.floor),
        ("ours", fleet.ours),
        ("edge", edge.ours),
        ("desk", desk.ours),
    ):
        for each in rounds:
            told = (name, each)
            assert each.sent == each.stored > len(each.delays_ms) > 0, told
            assert (each.lost, each.duplicated, each.missing, each.unconfirmed) == (0, 0, 0, 0), told
            assert all(0 < delay < 10_000 for delay in each.delays_ms), told
            assert all(seconds >= 0 for seconds in each.cpu_s.values()), told
            assert all(megabytes > 1 for megabytes in each.peak_mb.values()), told
    assert "ours ÷ floor" in capsys.readouterr().out


def test_a_row_without_a_showing_does_not_break_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    print_row(Row("none"))
    assert "none" in capsys.readouterr().out
