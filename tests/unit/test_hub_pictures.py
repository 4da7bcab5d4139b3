"""What a picture is, is found in its bytes; everything else is refused with one word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.pictures import BYTES_MAX, BadPicture, Picture, look
from tests.support.hostile_texts import HTML
from tests.support.pictures import jpeg, png, webp


@pytest.mark.parametrize(
    ("data", "picture"),
    [
        (png(64, 32), Picture("image/png", 64, 32)),
        (jpeg(640, 480), Picture("image/jpeg", 640, 480)),
        (webp("VP8 ", 300, 200), Picture("image/webp", 300, 200)),
        (webp("VP8L", 300, 200), Picture("image/webp", 300, 200)),
        (webp("VP8X", 300, 200), Picture("image/webp", 300, 200)),
    ],
)
def test_kind_and_size_are_those_of_the_header(data: bytes, picture: Picture) -> None:
    assert look(data) == picture


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "kind"),
        (b"<?xml version='1.0'?><svg/>", "kind"),
        (b"GIF89a" + bytes(64), "kind"),
        (b"%PDF-1.7", "kind"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "broken"),
        (b"\xff\xd8\xff\xe0\x00\x00", "broken"),
        (b"\xff\xd8\xff\xda\x00\x08" + bytes(40), "broken"),
        (b"RIFF\x00\x00\x00\x00WEBPVP9 " + bytes(40), "broken"),
        (png(64, 32) + bytes(BYTES_MAX), "bytes"),
        (webp("VP8X", 10_001, 10), "pixels"),
        (webp("VP8X", 9_000, 9_000), "pixels"),
        (jpeg(0, 10), "pixels"),
    ],
)
def test_what_is_refused_says_why(data: bytes, why: str) -> None:
    with pytest.raises(BadPicture) as refused:
        look(data)
    assert refused.value.why == why


@pytest.mark.parametrize("text", HTML)
def test_a_text_is_no_picture(text: str) -> None:
    with pytest.raises(BadPicture):
        look(text.encode())


@given(
    st.sampled_from([png(), jpeg(9, 9), webp("VP8 ", 9, 9), webp("VP8L", 9, 9)]),
    st.integers(0, 60),
    st.binary(max_size=40),
)
def test_a_damaged_picture_is_refused_or_has_a_size(whole: bytes, kept: int, rest: bytes) -> None:
    try:
        found = look(whole[:kept] + rest)
    except BadPicture:
        return
    assert min(found.width, found.height) >= 1
