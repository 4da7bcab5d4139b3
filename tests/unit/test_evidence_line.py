"""A line of the manifest is written in one way only, and read strictly."""

from dataclasses import replace
from typing import Any

import pytest

from tests.support.evidence import RECORDING, SITE, UNIT, closing, key, line, recording
from wire.evidence.canonical import canonical, from_canonical
from wire.evidence.chain import Head
from wire.evidence.faults import BadLine
from wire.evidence.keys import BadKey, new_signing_key, public_text, read_public, read_signing_key
from wire.evidence.line import GAPS_MAX, LINE_BYTES_MAX, line_of
from wire.evidence.signed import read_signed, sign
from wire.evidence.upload import BODY_BYTES_MAX, body_of, path_of, read_body

HEAD = Head(SITE, UNIT, RECORDING)


def test_a_line_is_written_as_the_contract_says() -> None:
    first = line(HEAD, b"flac", b"age")
    assert canonical(first.tree()) == (
        b'{"boot":"0123456789abcdef","bytes":4,"clock":"synced","end":null,"first_sample":0,"gaps":[],'
        b'"index":0,"media":"audio/flac","previous":"' + b"0" * 64 + b'","rate":16000,'
        b'"recording":"0123456789abcdef0123456789abcdef","samples":160000,"sealed_bytes":3,'
        b'"sealed_sha256":"'
        + first.sealed_sha256.encode()
        + b'","sha256":"'
        + first.sha256.encode()
        + b'","site":"city","started":"2026-11-22T05:00:00.123Z","unit":"counter-1","uptime":100.5,"v":1,'
        b'"why":"staff"}'
    )
    assert line_of(from_canonical(canonical(first.tree()))) == first


def test_signed_sent_and_read_it_is_the_same() -> None:
    signed = sign(replace(line(HEAD), gaps=((5, 10), (20, 1))), key())
    assert read_signed(signed.canonical()) == signed
    assert read_body(body_of(signed, b"a\nb")) == (signed, b"a\nb")
    assert path_of(RECORDING, 7) == f"/api/v1/recordings/{RECORDING}/segments/7"


_WRONG: dict[str, list[Any]] = {
    "v": [2, "1", True, 1.0],
    "site": ["City", "", "a" * 33, None],
    "unit": ["a/b", 5],
    "recording": ["0" * 31, "G" * 32, "../" + "0" * 29],
    "index": [-1, 10_000, 1.0, True],
    "media": ["audio/wav", "none", "image/jpeg", None],
    "started": ["2026-11-22T05:00:00Z", "2026-13-22T05:00:00.123Z", 5],
    "clock": ["set"],
    "boot": ["", "xyz"],
    "uptime": [-1.0, float("inf"), float("nan"), 5, "5.0"],
    "first_sample": [-1, 0.0],
    "samples": [0, -5],
    "rate": [48_000, 16_000.0],
    "gaps": [((0, 0),), ((160_000, 1),), ((159_999, 2),), ((10, 5), (12, 1)), ((0, 1),) * (GAPS_MAX + 1)],
    "bytes": [0, 4 * 1024 * 1024 + 1],
    "sealed_bytes": [0, 4 * 1024 * 1024 + 1],
    "sha256": ["0" * 63, "G" * 64, "A" * 64],
    "sealed_sha256": [""],
    "previous": ["0" * 65],
    "why": ["fun", None],
    "end": ["", "later"],
}


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in _WRONG.items() for value in values]
)
def test_a_field_out_of_its_limits_is_refused(field: str, value: object) -> None:
    with pytest.raises(BadLine):
        replace(line(HEAD), **{field: value})  # type: ignore[arg-type]


def test_a_line_without_body_closes_and_states_nothing() -> None:
    last = closing(HEAD)
    assert (last.bytes, last.samples, last.end) == (0, 0, "power")
    for wrong in ({"end": None}, {"bytes": 1}, {"sha256": "1" * 64}, {"samples": 1}):
        with pytest.raises(BadLine):
            replace(last, **wrong)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{",
        b"\xff\xfe{}",
        b'{"a":NaN}',
        b'{"a":"\\ud800"}',
        b"[" * 100_000,
        b'{"v":1}',
        recording(1)[0].canonical().replace(b'"v":1', b'"v": 1'),
        recording(1)[0].canonical().replace(b'"v":1', b'"v":1,"v":1'),
        recording(1)[0].canonical().replace(b'"uptime":100.5', b'"uptime":100.50'),
        recording(1)[0].canonical().replace(b'"v":1', b'"v":1,"x":1'),
        recording(1)[0].canonical().replace(b'"gaps":[]', b'"gaps":[[1]]'),
        recording(1)[0].canonical().replace(b'=="', b'="'),
        recording(1)[0].canonical() + b" ",
        b'{"a":"' + b"x" * LINE_BYTES_MAX + b'"}',
    ],
)
def test_what_is_not_canonical_is_no_line(data: bytes) -> None:
    with pytest.raises(BadLine):
        read_signed(data)


def test_canonical_json_refuses_what_json_does_not_know() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical({"a": float("nan")})


def test_a_body_without_a_line_or_too_large_is_refused() -> None:
    for body in (b"", b"no end", b"x" * (BODY_BYTES_MAX + 1), b"{}\nabc"):
        with pytest.raises(BadLine):
            read_body(body)


def test_keys_are_files_and_text_and_back() -> None:
    made = read_signing_key(new_signing_key())
    assert public_text(made.public_key()) == public_text(made)
    assert read_public(public_text(made)) == made.public_key()
    assert len(public_text(made)) == 44
    for text in ("", "AAAA", "not base64!"):
        with pytest.raises(BadKey):
            read_public(text)
    for pem in (b"", b"AAAA", new_signing_key()[:-40]):
        with pytest.raises(BadKey):
            read_signing_key(pem)
