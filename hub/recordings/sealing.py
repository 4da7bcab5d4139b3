"""At rest: each recording has a key of its own, which the master key wraps.

ChaCha20-Poly1305 (RFC 8439). Nonces are random and stand before what they sealed: a segment that is stored
twice, by two hubs or after a crash, never uses one twice. What is sealed is bound to its place, so that no
segment can be put in place of another.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

KEY_BYTES = 32
NONCE_BYTES = 12
OVERHEAD_BYTES = NONCE_BYTES + 16


class Broken(Exception):
    """What is kept cannot be opened: it was altered, or belongs elsewhere."""


def new_key() -> bytes:
    """For one recording."""
    return secrets.token_bytes(KEY_BYTES)


def wrap(master: bytes, recording: str, key: bytes) -> bytes:
    """A recording's key as the database keeps it."""
    return _seal(master, key, f"madomori-key-v1/{recording}")


def unwrap(master: bytes, recording: str, wrapped: bytes) -> bytes:
    """Raises ``Broken``, also where another master key wrapped it."""
    return _open(master, wrapped, f"madomori-key-v1/{recording}")


def name_of(recording: str, index: int) -> str:
    """Where a segment is kept, and what it is bound to."""
    return f"{recording}/{index:06}"


def seal_segment(key: bytes, recording: str, index: int, body: bytes) -> bytes:
    """As it is kept."""
    return _seal(key, body, f"madomori-segment-v1/{name_of(recording, index)}")


def open_segment(key: bytes, recording: str, index: int, kept: bytes) -> bytes:
    """Raises ``Broken``."""
    return _open(key, kept, f"madomori-segment-v1/{name_of(recording, index)}")


def seal_waveform(key: bytes, recording: str, index: int, shape: bytes) -> bytes:
    """As the database keeps it: how loud it was when is content, too."""
    return _seal(key, shape, f"madomori-waveform-v1/{name_of(recording, index)}")


def open_waveform(key: bytes, recording: str, index: int, kept: bytes) -> bytes:
    """Raises ``Broken``."""
    return _open(key, kept, f"madomori-waveform-v1/{name_of(recording, index)}")


def _seal(key: bytes, data: bytes, place: str) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, data, place.encode())


def _open(key: bytes, kept: bytes, place: str) -> bytes:
    if len(kept) < OVERHEAD_BYTES:
        raise Broken(f"{place} is too short")
    try:
        return ChaCha20Poly1305(key).decrypt(kept[:NONCE_BYTES], kept[NONCE_BYTES:], place.encode())
    except InvalidTag:
        raise Broken(f"{place} cannot be opened") from None
