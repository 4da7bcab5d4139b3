"""Recordings are heard whatever form they have, as the hearing wants them; what cannot be is refused."""

import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from device.hearing.level import active_level
from device.sound_file import PIECE, FileRefused, read, resampled
from tests.support.sound import Sound, noise, pcm, tone

RATES_HZ = (8_000, 11_025, 22_050, 32_000, 44_100, 48_000, 96_000, 16_001)


def heard(file: Path) -> Sound:
    """The whole recording as the hearing gets it."""
    pieces = list(read(file))
    assert all(len(piece) == PIECE for piece in pieces[:-1])
    assert len(pieces[-1]) % 320 == 0
    assert {piece.dtype for piece in pieces} == {np.dtype(np.int16)}
    return np.concatenate(pieces) / 32768.0


def tone_at(rate_hz: int, frequency_hz: float, seconds: float = 1.0) -> Sound:
    return np.asarray(0.1 * np.sin(2 * np.pi * frequency_hz * np.arange(round(seconds * rate_hz)) / rate_hz))


def test_what_is_in_the_right_form_is_read_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "soundfile", None)  # no further package is needed
    sound = pcm(noise(1.03))
    soundfile.write(tmp_path / "a.wav", sound, 16_000)

    given = np.concatenate(list(read(tmp_path / "a.wav")))

    assert (given[: len(sound)] == sound).all()
    assert not given[len(sound) :].any()
    assert len(given) - len(sound) < 320


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_another_rate_keeps_length_and_level(rate_hz: int, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone_at(rate_hz, 1000.0, 2.0), rate_hz, subtype="PCM_16")

    given = heard(tmp_path / "a.wav")

    assert len(given) == pytest.approx(32_000, abs=320)
    assert active_level(given) == pytest.approx(active_level(tone(1000, 2.0, 0.1 / np.sqrt(2))), abs=0.05)


@pytest.mark.parametrize("rate_hz", [22_050, 44_100, 48_000, 192_000])
def test_what_is_above_the_new_rate_does_not_fold_back(rate_hz: int) -> None:
    passes, stops = (
        np.concatenate(list(resampled([tone_at(rate_hz, hz)], rate_hz)))[1000:-1000] for hz in (7000, 9000)
    )

    assert 20 * np.log10(passes.std() / tone_at(rate_hz, 7000).std()) == pytest.approx(0.0, abs=0.05)
    assert 20 * np.log10(stops.std() / tone_at(rate_hz, 9000).std()) < -70


def test_where_it_is_cut_changes_nothing() -> None:
    sound = np.random.default_rng(3).uniform(-1, 1, 44_100)
    cut = np.split(sound, [1, 2, 90, 4_000, 4_001, 30_000])

    pieces = np.concatenate(list(resampled(cut, 44_100)))

    np.testing.assert_allclose(pieces, np.concatenate(list(resampled([sound], 44_100))), atol=1e-12)
    assert len(pieces) == 16_000


@pytest.mark.parametrize(
    ("suffix", "subtype"),
    [("wav", "PCM_24"), ("wav", "FLOAT"), ("wav", "PCM_U8"), ("flac", "PCM_16"), ("ogg", "VORBIS")],
)
def test_other_forms_are_read_too(suffix: str, subtype: str, tmp_path: Path) -> None:
    file = tmp_path / f"a.{suffix}"
    soundfile.write(file, tone(1000, 1.0), 16_000, subtype=subtype)

    assert active_level(heard(file)) == pytest.approx(-20.0, abs=0.3)


def test_of_two_microphones_the_first_is_heard(tmp_path: Path) -> None:
    both = np.stack((tone(1000, 1.0), tone(3000, 1.0, 0.5)), axis=1)
    soundfile.write(tmp_path / "a.wav", both, 16_000, subtype="PCM_16")

    assert active_level(heard(tmp_path / "a.wav")) == pytest.approx(-20.0, abs=0.1)


def test_what_is_too_loud_for_16_bits_clips(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(1000, 1.0, 2.0), 16_000, subtype="FLOAT")

    assert heard(tmp_path / "a.wav").min() == -1.0


def test_a_recording_cut_off_in_the_middle_of_a_sample_is_heard_so_far(tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    soundfile.write(file, pcm(noise(0.5)), 16_000)
    file.write_bytes(file.read_bytes()[:-4001])

    assert len(heard(file)) == pytest.approx(8000 - 2000, abs=320)


def test_a_recording_of_nothing_is_nothing(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(0, dtype=np.int16), 16_000)

    assert list(read(tmp_path / "a.wav")) == []


def test_what_cannot_be_heard_is_refused_and_named(tmp_path: Path) -> None:
    text, slow, holes = tmp_path / "text.wav", tmp_path / "slow.wav", tmp_path / "holes.wav"
    text.write_text("no sound at all")
    soundfile.write(slow, noise(0.1), 4_000)
    soundfile.write(holes, np.full(16_000, np.nan), 16_000, subtype="FLOAT")

    for file, why in (
        (tmp_path / "none.wav", r"none\.wav: cannot be read: No such file"),
        (tmp_path, "cannot be read: Is a directory"),
        (text, r"text\.wav: is no sound file that can be read"),
        (slow, r"slow\.wav: the rate must be 8000 to 192000 Hz; given: 4000 Hz"),
        (holes, "samples that are no numbers"),
    ):
        with pytest.raises(FileRefused, match=why):
            list(read(file))


def test_without_soundfile_it_says_what_could_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    soundfile.write(tmp_path / "a.wav", noise(0.1), 48_000)
    monkeypatch.setitem(sys.modules, "soundfile", None)

    with pytest.raises(FileRefused, match="only WAV of 16000 Hz, one channel, 16 bits is read"):
        list(read(tmp_path / "a.wav"))
