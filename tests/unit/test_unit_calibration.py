"""The calibration file: kept whole, used for the microphone it was made with; a useless one is a fault."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from device.calibration import FILE, Kept, calibrate, calibration_of, kept_in
from device.hearing.calibration import Calibration, Unfit
from device.hearing.hearing import Frames
from device.settings import MicrophoneSettings
from tests.support.sound import at_level, frames, noise, tone

FITTED = MicrophoneSettings(source="pyaudio", device="Counter mic", full_scale_dba=120.0)
NOW = datetime(2026, 11, 22, 16, 50, tzinfo=timezone(timedelta(hours=9)))
METHOD = '1 kHz, "phone" at 1 m \\ 騒音計クラス2'


def reference(full_scale_dba: float = 113.0) -> Iterator[Frames]:
    return frames(at_level(tone(1000, 5.0), 84.0, full_scale_dba))


def kept_there(folder: Path, *, full_scale_dba: float = 113.0) -> Kept:
    return calibrate(
        reference(full_scale_dba), folder, FITTED, level_dba=84.0, method=METHOD, seconds=3, now=NOW
    )


def test_without_a_file_the_settings_count(tmp_path: Path) -> None:
    assert kept_in(tmp_path) is None
    (tmp_path / "file").touch()
    assert kept_in(tmp_path / "file") is None, "the outbox tells of a folder that cannot be"
    assert calibration_of(tmp_path, FITTED) == Calibration(120.0, False)
    measured_by_hand = FITTED.model_copy(update={"calibrated": True})
    assert calibration_of(tmp_path, measured_by_hand) == Calibration(120.0, True)


def test_what_was_measured_is_kept_with_date_and_method_and_used(tmp_path: Path) -> None:
    made = kept_there(tmp_path / "state")

    assert kept_in(tmp_path / "state") == made
    assert (made.date, made.method, made.seconds) == (NOW, METHOD, 3)
    assert made.full_scale_dba == pytest.approx(113.0, abs=0.1)
    assert calibration_of(tmp_path / "state", FITTED) == Calibration(made.full_scale_dba, True)


def test_the_newest_counts(tmp_path: Path) -> None:
    kept_there(tmp_path)
    kept_there(tmp_path, full_scale_dba=107.0)

    assert calibration_of(tmp_path, FITTED).full_scale_dba == pytest.approx(107.0, abs=0.1)
    assert [file.name for file in tmp_path.iterdir()] == [FILE]


def test_a_failed_attempt_leaves_what_there_was(tmp_path: Path) -> None:
    made = kept_there(tmp_path)

    with pytest.raises(Unfit, match="not steady"):
        calibrate(
            (frame for part in (tone(1000, 3.0), noise(3.0) / 5) for frame in frames(part)),
            tmp_path,
            FITTED,
            level_dba=84.0,
            method=METHOD,
            seconds=3,
            now=NOW,
        )

    assert kept_in(tmp_path) == made


@pytest.mark.parametrize("other", [{"device": "default"}, {"source": "simulated"}])
def test_for_another_microphone_it_is_not_used(tmp_path: Path, other: dict[str, str]) -> None:
    kept_there(tmp_path)

    used = calibration_of(tmp_path, FITTED.model_copy(update=other))

    assert (used.full_scale_dba, used.calibrated) == (120.0, False)
    assert used.fault is not None
    assert "made with another microphone (pyaudio, Counter mic)" in used.fault


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("full_scale_dba = ", "cannot be read"),
        ("full_scale_dba = 113.0", "level_dba: Field required"),
        ("\x00\xff", "cannot be read"),
        (None, "cannot be read"),
    ],
)
def test_a_broken_file_is_a_fault_and_the_unit_says_it_is_uncalibrated(
    tmp_path: Path, text: str | None, why: str
) -> None:
    if text is None:
        (tmp_path / FILE).mkdir()
    else:
        (tmp_path / FILE).write_bytes(text.encode("latin-1"))

    used = calibration_of(tmp_path, FITTED.model_copy(update={"calibrated": True}))

    assert (used.full_scale_dba, used.calibrated) == (120.0, False)
    assert used.fault is not None
    assert why in used.fault


def test_an_impossible_full_scale_in_the_file_is_refused(tmp_path: Path) -> None:
    kept_there(tmp_path)
    file = tmp_path / FILE
    file.write_text(file.read_text().replace("full_scale_dba = 1", "full_scale_dba = 31"))

    used = calibration_of(tmp_path, FITTED)

    assert used.fault is not None
    assert "full_scale_dba: Input should be less than or equal to 160" in used.fault
