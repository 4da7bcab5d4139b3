"""What a sensitivity would have made of a day is told from a few figures of each loud second."""

import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from device.feature_file import BYTES_MAX, DAYS_KEPT, FOLDER, HEAD, FeatureFile, FileRefused, read
from device.hearing.figures import SENSITIVITIES, SensitivityName
from device.hearing.findings import Reasons
from device.hearing.replay import Found, RowRefused, Second, replay, second_of

ROOT = Path(__file__).resolve().parents[2]
NOON = datetime.fromisoformat("2026-11-22T12:00:00+09:00")
WHY = Reasons(310.0, -2.5, 0.8)


def second(at_s: float, score: float, level_dba: float = 82.0, background_dba: float = 45.0) -> Second:
    return Second(NOON + timedelta(seconds=at_s), level_dba, background_dba, score, WHY)


DAY = [
    second(0, 0.3),
    second(10, 0.6),
    second(11, 0.9, 88.0),
    second(12, 0.1, 80.0),
    second(100, 0.8),
    second(102, 0.6),
    second(200, 0.95, 75.0),
]


@pytest.mark.parametrize(("sensitivity", "count"), [("low", 2), ("normal", 3), ("high", 4)])
def test_the_more_sensitive_the_more_findings(sensitivity: SensitivityName, count: int) -> None:
    assert len(replay(DAY, sensitivity)) == count


def test_a_finding_lasts_while_it_is_loud_and_pauses_are_short() -> None:
    first, second_, third = replay(DAY, "normal")

    assert first == Found(NOON + timedelta(seconds=10), 3.0, 88.0, 0.9)
    assert (second_.began, second_.seconds) == (NOON + timedelta(seconds=100), 3.0)
    assert third.level_dba == 75.0


def test_in_a_loud_room_the_same_score_is_not_enough() -> None:
    assert replay([second(0, 0.9, 82.0, 60.0)], "normal")
    assert not replay([second(0, 0.9, 82.0, 70.0)], "normal")


def test_a_row_is_read_as_it_was_written_and_names_no_sound() -> None:
    for one in [second(0, 0.437), Second(NOON, 66.0, 40.0, 0.0, Reasons(None, -12.0, 0.0))]:
        again = second_of(one.row())
        assert again == one
        assert len(one.row()) < 80, "a second of speech takes some thousand bytes"


@pytest.mark.parametrize(
    "row",
    [
        "",
        "2026-11-22T12:00:00+09:00,82,45,0.5,310,-2.5",
        "2026-11-22T12:00:00,82,45,0.5,310,-2.5,0.8",
        "noon,82,45,0.5,310,-2.5,0.8",
        "2026-11-22T12:00:00+09:00,loud,45,0.5,310,-2.5,0.8",
        "2026-11-22T12:00:00+09:00,nan,45,0.5,310,-2.5,0.8",
        "2026-11-22T12:00:00+09:00,82,45,1.5,310,-2.5,0.8",
    ],
)
def test_other_rows_are_refused(row: str) -> None:
    with pytest.raises(RowRefused, match="a row must have"):
        second_of(row)


class Watch:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def test_a_row_is_kept_for_each_second_with_its_clearest_moment(tmp_path: Path) -> None:
    watch = Watch()
    kept = FeatureFile(tmp_path, watch)
    kept.start()
    kept.look(80.0, 45.0, 0.2, Reasons(None, -9.0, 0.1))
    watch.now += timedelta(milliseconds=100)
    kept.look(79.0, 45.1, 0.7, WHY)
    watch.now += timedelta(milliseconds=100)
    kept.look(84.0, 45.2, 0.4, Reasons(None, -9.0, 0.1))
    watch.now += timedelta(seconds=30)
    kept.look(70.0, 45.0, 0.1, WHY)

    assert kept.stop(10.0)

    rows = list(read(tmp_path / FOLDER / "2026-11-22.csv"))
    assert rows == [Second(NOON, 84.0, 45.2, 0.7, WHY), second(30, 0.1, 70.0, 45.0)]


def test_a_week_is_kept_and_a_day_is_bounded(tmp_path: Path) -> None:
    watch = Watch()
    kept = FeatureFile(tmp_path, watch)
    kept.start()
    for _ in range(DAYS_KEPT + 3):
        kept.look(80.0, 45.0, 0.2, WHY)
        watch.now += timedelta(days=1)
    assert kept.stop(10.0)
    files = sorted((tmp_path / FOLDER).iterdir())
    assert len(files) == DAYS_KEPT
    assert files[-1].name == "2026-12-01.csv"

    files[-1].write_text(HEAD + "x" * BYTES_MAX)
    watch.now -= timedelta(days=1)
    again = FeatureFile(tmp_path, watch)
    again.start()
    again.look(80.0, 45.0, 0.2, WHY)
    assert again.stop(10.0)
    assert files[-1].stat().st_size == len(HEAD) + BYTES_MAX


def test_a_disk_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("in the way")
    watch = Watch()
    kept = FeatureFile(tmp_path, watch)
    kept.start()
    for _ in range(3):
        kept.look(80.0, 45.0, 0.2, WHY)
        watch.now += timedelta(seconds=1)
    assert kept.stop(10.0)


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "device", "replay", *arguments]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_command_counts_for_every_sensitivity_and_lists_for_one(tmp_path: Path) -> None:
    file = tmp_path / "2026-11-22.csv"
    # The last row was cut short by a power cut.
    file.write_text(HEAD + "".join(one.row() + "\n" for one in DAY) + "2026-11-22T12:0")

    every, one = command("--features", str(file)), command("--features", str(file), "--sensitivity", "low")

    assert every.stdout.splitlines() == [
        "7 loud seconds in 2026-11-22.csv",
        *(f"{name}: {count} findings" for name, count in zip(SENSITIVITIES, (2, 3, 4), strict=True)),
    ]
    assert one.stdout.splitlines()[1:] == [
        "low: 2 findings",
        "  2026-11-22T12:00:11+09:00  2 s  88.0 dB(A)  score 0.90",
        "  2026-11-22T12:01:40+09:00  3 s  82.0 dB(A)  score 0.80",
    ]


def test_another_file_is_refused_and_named(tmp_path: Path) -> None:
    file = tmp_path / "other.csv"
    file.write_text(HEAD + "nonsense\n")
    with pytest.raises(FileRefused, match=r"other.csv, line 2: a row must have 7 values"):
        list(read(file))
    file.write_text("speaker,words\n")
    with pytest.raises(FileRefused, match=r"other.csv must begin with time,level_dba"):
        list(read(file))

    refused = command("--features", str(tmp_path / "absent.csv"))

    assert refused.returncode == 1
    assert "absent.csv cannot be read" in refused.stderr
