"""Whatever is fed: every figure stays finite and inside the contract, every finding is told in order."""

import dataclasses

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.hearing.clipping import FULL_SCALE
from device.hearing.findings import Heard
from device.hearing.hearing import Hearing, Step
from device.hearing.leq import Exposure
from device.hearing.weighting import AWeighting
from tests.support.proofs import size
from tests.support.sound import FULL_SCALE_DBA, at_level, frames, pcm, shout
from wire.messages.events import Bang, Shout

SECOND = 16_000


def stretch(kind: str, amplitude: int, hundredths: int, seed: int) -> npt.NDArray[np.int16]:
    length = hundredths * SECOND // 100
    random = np.random.default_rng(seed)
    time = np.arange(length)
    made: npt.NDArray[np.float64] = {
        "zero": np.zeros(length),
        "noise": random.uniform(-1, 1, length),
        "square": np.where(time // (1 + seed % 40) % 2, 1.0, -1.0),
        "pulses": (time % (20 + seed % 160) == 0).astype(float),
        "offset": np.full(length, 1.0),
    }[kind]
    return np.asarray(np.clip(made * amplitude, -32768, 32767), dtype=np.int16)


def stretches_up_to(amplitude: int) -> st.SearchStrategy[npt.NDArray[np.int16]]:
    kinds = st.sampled_from(["zero", "noise", "square", "pulses", "offset"])
    return st.builds(stretch, kinds, st.integers(0, amplitude), st.integers(1, 300), st.integers(0, 1000))


stretches = st.lists(stretches_up_to(32768), min_size=1, max_size=8)
# At full scale a piece may show the frame before a broken wire for what it is, and a frame alone does not.
stretches_below_full_scale = stretches_up_to(FULL_SCALE - 1)


@settings(max_examples=size(35, 600), deadline=None)
@given(stretches, st.floats(60.0, 160.0), st.booleans())
def test_findings_fit_the_contract_and_come_in_order(
    sounds: list[npt.NDArray[np.int16]], full_scale_dba: float, calibrated: bool
) -> None:
    hearing = Hearing(full_scale_dba, calibrated)
    said: list[Heard] = []
    for frame in frames(np.concatenate([*sounds, np.zeros(6 * SECOND, dtype=np.int16)])):
        said += hearing.feed(frame)
        for level in (hearing.level_dba, hearing.slow_dba, hearing.background_dba, hearing.threshold_dba):
            assert -50.0 <= level <= 200.0
        assert 0.0 <= hearing.score <= 1.0
    assert hearing.second_dba is not None
    assert hearing.minute_dba is not None
    assert min(hearing.second_dba, hearing.minute_dba) >= -50.0
    assert max(hearing.second_dba, hearing.minute_dba) <= 200.0
    laeq_dba = hearing.exposure.since(Exposure())
    assert laeq_dba is None or -50.0 <= laeq_dba <= 200.0

    for heard in said:
        fields = dataclasses.asdict(heard)
        (Shout if heard.kind == "shout" else Bang).model_validate(fields)
    phases = "".join(heard.phase[0] for heard in said if heard.kind == "shout")
    while "sue" in phases or "se" in phases or "uu" in phases:
        phases = phases.replace("uu", "u").replace("sue", "").replace("se", "")
    assert phases == "", "start, updates, end; and six seconds of silence end everything"


@settings(max_examples=size(12, 200), deadline=None)
@given(st.lists(stretches_below_full_scale, min_size=1, max_size=6), st.integers(1, 12), st.data())
def test_how_it_is_cut_into_pieces_changes_nothing(
    sounds: list[npt.NDArray[np.int16]], most: int, data: st.DataObject
) -> None:
    voice = pcm(at_level(shout(data.draw(st.integers(0, 5)), "aeo"), data.draw(st.floats(60.0, 95.0))))
    whole = list(frames(np.concatenate([*sounds, voice, np.zeros(3 * SECOND, dtype=np.int16)])))
    by_frame, by_piece = Hearing(FULL_SCALE_DBA, True), Hearing(FULL_SCALE_DBA, True)

    said = [step for frame in whole for step in by_frame.follow(frame)]
    told: list[Step] = []
    at = 0
    while at < len(whole):
        length = data.draw(st.integers(1, most))
        told += by_piece.follow(np.concatenate(whole[at : at + length]))
        at += length

    assert [step.at_s for step in told] == [step.at_s for step in said]
    assert [step.level_dba for step in told] == pytest.approx([step.level_dba for step in said], abs=1e-6)
    assert [(step.at_s, heard.kind, heard.phase) for step in told for heard in step.said] == [
        (step.at_s, heard.kind, heard.phase) for step in said for heard in step.said
    ]
    assert by_piece.exposure.energy == pytest.approx(by_frame.exposure.energy)


@settings(max_examples=size(60, 600), deadline=None)
@given(st.lists(st.integers(1, 700), min_size=1, max_size=12), st.integers(0, 99))
def test_the_weighting_does_not_know_where_it_was_cut(lengths: list[int], seed: int) -> None:
    sound = np.random.default_rng(seed).uniform(-1, 1, sum(lengths))
    weighting = AWeighting()

    pieces = [weighting.feed(piece) for piece in np.split(sound, np.cumsum(lengths)[:-1])]

    np.testing.assert_allclose(np.concatenate(pieces), AWeighting().feed(sound), atol=1e-12)
