"""Sound as a file of known length: any part of it is the same as of the whole."""

import pytest

from hub.evidence.layout import BadRange, Part, part_of, wav_header, wav_length
from hub.evidence.ogg import DELAY_SAMPLES, PAGE_BYTES, OpusFile, checksum
from hub.recordings.sound import BadSound, coarser, decode, flac_of, shape
from tests.support.recordings import tone


@pytest.mark.parametrize(
    ("header", "part"),
    [
        (None, None),
        ("bytes=0-", Part(0, 999, 1000)),
        ("bytes=0-0", Part(0, 0, 1000)),
        ("bytes=10-19", Part(10, 19, 1000)),
        ("bytes=990-5000", Part(990, 999, 1000)),
        ("bytes=-1", Part(999, 999, 1000)),
        ("bytes=-5000", Part(0, 999, 1000)),
        ("bytes=1-2,4-5", None),
        ("lines=1-2", None),
        ("bytes=-", None),
        ("bytes=99999999999999999999-", None),
    ],
)
def test_ranges_are_read_as_the_standard_says(header: str | None, part: Part | None) -> None:
    assert part_of(header, 1000) == part


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=20-10", "bytes=-0"])
def test_what_lies_outside_is_refused(header: str) -> None:
    with pytest.raises(BadRange):
        part_of(header, 1000)


def test_the_header_of_a_wave_file_tells_its_length() -> None:
    header = wav_header(16_000)
    assert len(header) + 32_000 == wav_length(16_000)
    assert int.from_bytes(header[4:8], "little") == wav_length(16_000) - 8


@pytest.mark.parametrize("samples", [1, 279, 280, 281, 16_000, 160_000, 160_000 * 7 + 123])
def test_the_plan_of_an_opus_file_has_the_length_of_what_it_makes(samples: int) -> None:
    file = OpusFile(samples, 7)
    made = file.header + b"".join(
        file.page(n, [bytes(80)] * len(file.packets_of(n))) for n in range(file.pages)
    )
    assert len(made) == file.length
    assert file.packets * 320 >= samples + DELAY_SAMPLES
    if file.pages > 1:
        assert len(file.page(0, [bytes(80)] * 50)) == PAGE_BYTES


def test_the_checksum_is_the_one_of_ogg() -> None:
    assert checksum(b"123456789") == 0x89A1897F  # CRC-32 with this polynomial, unreflected, from 0


def test_flac_comes_back_bit_for_bit_and_nothing_else_is_taken() -> None:
    pcm = tone(20_000)
    flac = flac_of(pcm)
    assert decode(flac, 20_000) == pcm
    for body, samples in ((flac, 19_999), (flac[:-200], 20_000), (b"RIFF" + flac, 20_000), (b"", 1)):
        with pytest.raises(BadSound):
            decode(body, samples)


def test_hours_in_a_small_file_are_not_opened() -> None:
    with pytest.raises(BadSound, match="at most 900 s"):
        decode(flac_of(tone(100)), 2**40)


def test_a_waveform_has_the_lowest_and_highest_of_each_step() -> None:
    quiet, loud = bytes(1600), tone(800, level=1.0)
    steps = shape(quiet + loud + b"\x00\x80" + bytes(2))
    assert len(steps) == 2 * 3
    low, high, each = coarser(steps, 10)
    assert each == 1
    assert (low[0], high[0]) == (0, 0)
    assert (low[1], high[1]) == (-128, 127)
    assert (low[2], high[2]) == (-128, 0)
    assert coarser(steps, 2) == ([-128, -128], [127, 0], 2)
