"""What is signed of a configuration does not depend on how it was written down, but on every value in it."""

import pytest

from wire.messages import Config
from wire.signing import (
    BadSignature,
    bytes_of,
    signature_bytes,
    signature_text,
    signed_bytes,
)


def test_the_order_of_the_settings_changes_nothing_and_everything_else_does() -> None:
    said = signed_bytes("city", "c1", 3, {"limit_s": 1800, "warn_s": 300})
    assert said == signed_bytes("city", "c1", 3, {"warn_s": 300, "limit_s": 1800})
    assert said == b'{"for":"city/c1","settings":{"limit_s":1800,"warn_s":300},"version":3}'
    others = [
        signed_bytes("town", "c1", 3, {"limit_s": 1800, "warn_s": 300}),
        signed_bytes("city", "c2", 3, {"limit_s": 1800, "warn_s": 300}),
        signed_bytes("city", "c1", 4, {"limit_s": 1800, "warn_s": 300}),
        signed_bytes("city", "c1", 3, {"limit_s": 1801, "warn_s": 300}),
    ]
    assert said not in others
    assert (
        bytes_of("city", "c1", Config(version=3, settings={"warn_s": 300, "limit_s": 1800}, signature=""))
        == said
    )


def test_a_signature_is_text_and_back() -> None:
    text = signature_text(bytes(range(64)))
    assert text.startswith("ed25519:")
    assert signature_bytes(text) == bytes(range(64))


@pytest.mark.parametrize("text", ["", "ed25519:", "ed25519:!!", "rsa:AAAA", "ed25519:" + "A" * 40])
def test_what_is_no_signature_is_refused(text: str) -> None:
    with pytest.raises(BadSignature):
        signature_bytes(text)
