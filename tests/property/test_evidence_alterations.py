"""Whatever is done to a recording's lines or bodies, the check names it."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.evidence import key, line, recording
from wire.evidence.canonical import ZEROS
from wire.evidence.chain import Head, check_chain
from wire.evidence.faults import (
    AfterEnd,
    Altered,
    BadSignature,
    BrokenChain,
    EvidenceRefused,
    Gap,
    Reordered,
    WrongKey,
    WrongRecording,
)
from wire.evidence.signed import SignedLine, check_plain, check_sealed, read_signed, sign

LINES = recording(6)
PUBLIC = key().public_key()


def _check(lines: Iterable[SignedLine | bytes]) -> None:
    check_chain([read_signed(each) if isinstance(each, bytes) else each for each in lines], PUBLIC)


def test_a_whole_recording_passes() -> None:
    head = check_chain(LINES, PUBLIC)
    assert head is not None
    assert (head.next, head.samples, head.end) == (6, 960_000, "staff")
    assert check_chain([], PUBLIC) is None


@given(st.integers(0, 5), st.data())
def test_any_altered_byte_of_any_line_is_refused(index: int, data: st.DataObject) -> None:
    written = bytearray(LINES[index].canonical())
    at = data.draw(st.integers(0, len(written) - 1))
    written[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(EvidenceRefused):
        _check([*LINES[:index], bytes(written), *LINES[index + 1 :]])


@given(st.binary(min_size=1, max_size=100), st.data())
def test_any_altered_byte_of_a_body_is_refused(body: bytes, data: st.DataObject) -> None:
    told = line(Head("city", "counter-1", "0" * 32), body, body)
    check_sealed(told, body)
    check_plain(told, body)
    at = data.draw(st.integers(0, len(body) - 1))
    altered = bytearray(body)
    altered[at] ^= data.draw(st.integers(1, 255))
    for wrong in (bytes(altered), body[:at], body + b"x"):
        with pytest.raises(Altered):
            check_sealed(told, wrong)
        with pytest.raises(Altered):
            check_plain(told, wrong)


@given(st.permutations(range(6)))
def test_any_other_order_is_refused(order: list[int]) -> None:
    if order == sorted(order):
        return
    with pytest.raises(BrokenChain) as told:
        check_chain([LINES[index] for index in order], PUBLIC)
    assert isinstance(told.value, Gap | Reordered)


@given(st.sets(st.integers(0, 5), min_size=1, max_size=5))
def test_a_dropped_line_is_named_and_a_dropped_end_leaves_it_open(dropped: set[int]) -> None:
    left = [signed for index, signed in enumerate(LINES) if index not in dropped]
    first = min(dropped)
    if left == LINES[:first]:
        head = check_chain(left, PUBLIC)
        assert head is None or head.end is None
        return
    with pytest.raises(Gap, match=f"line {first} is missing"):
        check_chain(left, PUBLIC)


@given(st.integers(0, 5))
def test_a_line_signed_again_by_another_key_is_named(index: int) -> None:
    lines = [*LINES[:index], sign(LINES[index].line, key(2)), *LINES[index + 1 :]]
    with pytest.raises(BadSignature) as told:
        check_chain(lines, PUBLIC)
    assert told.value.index == index
    assert not isinstance(told.value, WrongKey)
    with pytest.raises(WrongKey):
        check_chain(lines, PUBLIC, [key(3).public_key(), key(2).public_key()])


@given(st.integers(0, 4))
def test_a_line_changed_and_signed_by_the_unit_itself_breaks_the_chain(index: int) -> None:
    changed = sign(replace(LINES[index].line, uptime=1.0), key())
    with pytest.raises(BrokenChain) as told:
        check_chain([*LINES[:index], changed, *LINES[index + 1 :]], PUBLIC)
    assert told.value.index == index + 1


def test_what_does_not_continue_is_named() -> None:
    head = check_chain(LINES[:3], PUBLIC)
    assert head is not None
    good = LINES[3].line
    for change in ({"previous": ZEROS}, {"first_sample": 5}, {"why": "panic"}):
        with pytest.raises(BrokenChain):
            head.follow(sign(replace(good, **change), key()))
    for change in ({"unit": "counter-2"}, {"recording": "f" * 32}, {"site": "town"}):
        with pytest.raises(WrongRecording):
            head.follow(sign(replace(good, **change), key()))  # type: ignore[arg-type]
    ended = check_chain(LINES, PUBLIC)
    assert ended is not None
    with pytest.raises(AfterEnd):
        ended.follow(sign(line(ended), key()))
