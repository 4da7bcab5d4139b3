"""A day of ordinary sound, fed fast: nothing is found, no figure is none, and the memory does not grow."""

import gc
import itertools
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from device.hearing.findings import Heard
from device.hearing.hearing import Hearing
from tests.support.days import KINDS, Day
from tests.support.proofs import size
from tests.support.sound import (
    FULL_SCALE_DBA,
    Sound,
    at_level,
    espeak,
    frames,
    heard_in,
    in_room,
    pcm,
    shout,
    silence,
    talk,
)

STRETCH_S = size(60, 600)
ROUNDS = size(3, 21)
"""Of one stretch of each kind: 21 minutes, or a day and half an hour."""

GROWTH_MB_MOST = 2.0


def resident_mb() -> float:
    gc.collect()
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no VmRSS")


def figures(hearing: Hearing) -> list[float]:
    optional = [hearing.second_dba, hearing.minute_dba]
    exposure = [hearing.exposure.seconds, hearing.exposure.energy]
    always = [
        hearing.level_dba,
        hearing.slow_dba,
        hearing.background_dba,
        hearing.threshold_dba,
        hearing.score,
    ]
    return [*always, *exposure, *(figure for figure in optional if figure is not None)]


def test_in_a_day_of_ordinary_sound_nothing_is_found_and_memory_is_steady(
    record_property: Callable[[str, object], None],
) -> None:
    days = [Day(seed) for seed in range(size(1, 4))]
    hearing = Hearing(FULL_SCALE_DBA, True)
    after_first_round_mb = 0.0
    for number in range(ROUNDS):
        for kind in KINDS:
            found: list[Heard] = []
            for piece in days[number % len(days)].pieces(kind, STRETCH_S):
                found += hearing.feed(piece)
                assert all(map(math.isfinite, figures(hearing)))
            assert found == [], f"in {kind}, round {number}"
        assert not hearing.gain_turns
        if number == 0:
            after_first_round_mb = resident_mb()
    grown_mb = resident_mb() - after_first_round_mb

    assert grown_mb <= GROWTH_MB_MOST
    hours = ROUNDS * len(KINDS) * STRETCH_S / 3600
    record_property("proved", f"{hours:.1f} h of sound without a finding; memory grew by {grown_mb:.1f} MB")


def test_spoken_japanese_and_english_at_60_is_not_found(tmp_path: Path) -> None:
    said = [
        at_level(espeak(text, tmp_path, voice), 60.0)
        for voice, text in (
            ("ja", "次の方、三番の窓口へどうぞ。本日はどのようなご用件でしょうか。"),
            ("ja", "申し訳ございません、こちらの書類では手続きができません。"),
            ("en", "Please take a number and wait until it is called."),
        )
    ]
    pauses = itertools.repeat(silence(0.5))
    sound = in_room(*itertools.chain.from_iterable(zip(said * size(2, 40), pauses, strict=False)))

    assert heard_in(sound) == []


@pytest.mark.parametrize("sound", [talk(3), at_level(talk(4), 62.0)])
def test_a_start_in_the_middle_of_a_sentence_finds_nothing(sound: Sound) -> None:
    """The program begins, or begins anew, while somebody speaks."""
    sentence = pcm(in_room(at_level(sound, 64.0), before_s=0.0))
    for begins in range(0, 3 * 16_000, 16_000 // 7):
        hearing = Hearing(FULL_SCALE_DBA, True)
        assert not [heard for frame in frames(sentence[begins:]) for heard in hearing.feed(frame)], begins


def test_a_microphone_that_is_opened_again_is_no_finding() -> None:
    """Sound is missing, and a cheap microphone begins with a thump: its offset settles."""
    room = pcm(in_room(at_level(talk(), 62.0)))
    time = np.arange(16_000) / 16_000
    hearing = Hearing(FULL_SCALE_DBA, True)
    found: list[Heard] = []
    for offset in (0.02, 0.1, -0.3):
        thump = np.clip(room[:16_000] + 32768 * offset * np.exp(-time / 0.08), -32768, 32767).astype(np.int16)
        for part in (room[: 3 * 16_000 + 777], thump, room[16_000:]):
            found += [heard for frame in frames(part) for heard in hearing.feed(frame)]

    assert [heard for heard in found if heard.kind == "shout"] == []


@pytest.mark.parametrize("every", [2, 5, 13])
def test_frames_that_are_lost_or_come_as_zeros_are_no_finding(every: int) -> None:
    samples = pcm(in_room(at_level(talk(), 64.0), at_level(talk(2), 60.0)))
    lost = [frame for number, frame in enumerate(frames(samples)) if number % every]
    zeroed = [frame if number % every else frame * 0 for number, frame in enumerate(frames(samples))]

    for given in (lost, zeroed):
        hearing = Hearing(FULL_SCALE_DBA, True)
        assert not [heard for frame in given for heard in hearing.feed(frame)]


@pytest.mark.parametrize("gain_db", [-20.0, 20.0])
def test_the_gain_changes_nothing_when_the_calibration_is_right(gain_db: float) -> None:
    sound = in_room(
        *(
            part
            for seed in range(size(2, 20))
            for part in (
                at_level(talk(seed), 64.0),
                silence(2.0),
                at_level(shout(seed), 80.0 + 4.0 * (seed % 4)),
                silence(4.0),
            )
        )
    )

    def found(gain_db: float) -> list[tuple[float, str, str]]:
        hearing = Hearing(FULL_SCALE_DBA - gain_db, True)
        louder = sound * 10 ** (gain_db / 20)
        return [(at, heard.kind, heard.phase) for at, heard in heard_in(louder, hearing)]

    as_it_is, with_gain = found(0.0), found(gain_db)
    assert [kind for _, kind, phase in as_it_is if phase == "start"].count("shout") >= size(2, 18)
    assert [what for _, *what in with_gain] == [what for _, *what in as_it_is]
    began = [[at for at, _, phase in those if phase == "start"] for those in (with_gain, as_it_is)]
    assert began[0] == began[1]
    # The loudest shouts are cut at full scale with 20 dB more, read softer, and may end some frames later.
    assert [at for at, *_ in with_gain] == pytest.approx([at for at, *_ in as_it_is], abs=0.1)
