"""The unit's signing key as a file, and its public half as text in the hub's settings."""

import base64
import binascii

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)


class BadKey(ValueError):
    """Not a key as this contract writes it; the message says what is expected, never the key."""


def new_signing_key() -> bytes:
    """A fresh Ed25519 key as PEM (PKCS #8, not encrypted), for a file that only the unit can read."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def read_signing_key(pem: bytes) -> Ed25519PrivateKey:
    """Read it back; raises ``BadKey``."""
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadKey("must be an Ed25519 private key in PEM (PKCS #8), not encrypted") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKey("must be an Ed25519 key; this is one of another kind")
    return key


def public_text(key: Ed25519PrivateKey | Ed25519PublicKey) -> str:
    """The public half as the hub's settings write it: base64 of its 32 bytes."""
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    return base64.b64encode(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def read_public(text: str) -> Ed25519PublicKey:
    """Read it back; raises ``BadKey``."""
    try:
        raw = base64.b64decode(text, validate=True)
        return Ed25519PublicKey.from_public_bytes(raw)
    except (binascii.Error, ValueError) as error:
        raise BadKey("a recording key is the base64 of 32 bytes") from error
