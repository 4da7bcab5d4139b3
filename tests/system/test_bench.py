"""The bench runs over both sides and loses nothing: its figures are of presses that arrived."""

from pathlib import Path

import pytest

from tests.support.proofs import size
from tools.bench import coming_back, crowd, hearing, rogue, shout, throughput
from tools.bench.__main__ import presses
from tools.bench.page import CHROMIUM, Chromium
from tools.bench.presses import Load, both, libraries
from tools.bench.report import Row, print_row
from tools.demo.broker import mosquitto_path

needs_both = pytest.mark.skipif(
    mosquitto_path() is None or not Path(CHROMIUM).exists(),
    reason="mosquitto or Chromium is not installed (make test installs them)",
)

long_proof = pytest.mark.skipif(
    size(True, False), reason="half a minute of both cores: make prove ARGS=properties"
)


@needs_both
@long_proof
def test_presses_are_counted_on_both_sides(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Chromium() as chromium:
        load = Load("3 units", 3, 4.0, 1, 0.5, 2.0)
        rows = presses(tmp_path, chromium, (load,), desk_presses=1, shouts=2)
    fleet, edge, desk, *spoken = rows
    for name, rounds in (
        ("floor", fleet.floor),
        ("libraries", fleet.libraries),
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
    assert len(spoken) == shout.available()
    for row in spoken:  # a busy machine may lose sound, but not all of it, and no event
        [each] = row.ours
        assert each.sent == 2
        assert each.stored >= len(each.delays_ms) > 0, each
        assert each.duplicated == 0
        assert all(0 < delay < 10_000 for delay in each.delays_ms), each
    assert "ours ÷ floor" in capsys.readouterr().out


@needs_both
@long_proof
def test_the_loads_of_a_city_are_measured_on_both_sides(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coming_back, "PRESSED_S", 2.0)
    monkeypatch.setattr(rogue, "PER_S", 5000.0)
    monkeypatch.setattr(rogue, "STARTS_S", 0.0)
    monkeypatch.setattr(coming_back, "READY_S", 1.0)
    monkeypatch.setattr(throughput, "UNITS", 20)
    units = [f"bench-{n}" for n in range(20)]
    with (
        Chromium() as chromium,
        libraries(tmp_path, units) as plain,
        both(tmp_path, [*units, coming_back.PRESSER, rogue.NAME], chromium) as sides,
    ):
        row = crowd.measure(sides, plain, chromium, Load("crowd", 5, 4.0, 1, 0.5, 1.0))
        stored = throughput.measure(sides, (300,), 1.0)
        floor, ours = coming_back.measure(sides, chromium, 20)
        _, beset = rogue.measure(sides, chromium, Load("rogue", 2, 2.0, 1, 0.5, 2.0))
    (each,) = row.ours
    assert each.sent == each.stored > len(each.delays_ms) > 0
    assert {name: [step.offered for step in steps] for name, steps in stored.steps.items()} == {
        "floor": [300],
        "ours": [300],
    }
    assert all(step.sent == pytest.approx(300, abs=100) for steps in stored.steps.values() for step in steps)
    assert floor.stored_s > 0 < ours.stored_s
    assert beset.rogue_sent > 5000, "more than a unit may bring at once"
    assert [told for told in beset.troubles if told.startswith("flood ")], "it is named"
    assert "goal" in capsys.readouterr().out


def test_the_hearing_is_measured_beside_a_plain_level(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "ROUNDS", 1)
    costs = hearing.measure()
    hearing.print_costs(costs)
    assert len(costs) == 3
    # The bench says whether the goal of 3 ms is met; this catches a mistake of another order.
    assert all(0.0 < cost.plain_ms < cost.hearing_ms < 30.0 for cost in costs)
    assert "a conversation, 62 dB(A)" in capsys.readouterr().out


def test_a_row_without_a_showing_does_not_break_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    print_row(Row("none"))
    assert "none" in capsys.readouterr().out
