"""Whatever is fed: every figure stays finite and inside the contract, every finding is told in order."""

import dataclasses

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from device.hearing.findings import Heard
from device.hearing.hearing import Hearing
from device.hearing.weighting import AWeighting
from tests.support.proofs import size
from tests.support.sound import frames
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


stretches = st.lists(
    st.builds(
        stretch,
        st.sampled_from(["zero", "noise", "square", "pulses", "offset"]),
        st.integers(0, 32768),
        st.integers(1, 300),
        st.integers(0, 1000),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=size(60, 600), deadline=None)
@given(stretches, st.floats(60.0, 160.0), st.booleans())
def test_findings_fit_the_contract_and_come_in_order(
    sounds: list[npt.NDArray[np.int16]], full_scale_dba: float, calibrated: bool
) -> None:
    hearing = Hearing(full_scale_dba, calibrated)
    said: list[Heard] = []
    for frame in frames(np.concatenate([*sounds, np.zeros(6 * SECOND, dtype=np.int16)])):
        said += hearing.feed(frame)
        assert -50.0 <= hearing.level_dba <= 200.0
        assert -50.0 <= hearing.background_dba <= 200.0

    for heard in said:
        fields = dataclasses.asdict(heard)
        (Shout if heard.kind == "shout" else Bang).model_validate(fields)
    phases = "".join(heard.phase[0] for heard in said if heard.kind == "shout")
    while "sue" in phases or "se" in phases or "uu" in phases:
        phases = phases.replace("uu", "u").replace("sue", "").replace("se", "")
    assert phases == "", "start, updates, end; and six seconds of silence end everything"


@settings(max_examples=size(60, 600), deadline=None)
@given(st.lists(st.integers(1, 700), min_size=1, max_size=12), st.integers(0, 99))
def test_the_weighting_does_not_know_where_it_was_cut(lengths: list[int], seed: int) -> None:
    sound = np.random.default_rng(seed).uniform(-1, 1, sum(lengths))
    weighting = AWeighting()

    pieces = [weighting.feed(piece) for piece in np.split(sound, np.cumsum(lengths)[:-1])]

    np.testing.assert_allclose(np.concatenate(pieces), AWeighting().feed(sound), atol=1e-12)
