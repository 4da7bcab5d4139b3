"""The hub's key: what units believe of a configuration, they believe because of it."""

import os
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from hub.setting_types import BadSettings
from wire.messages import Config
from wire.signing import BadSignature, bytes_of, signature_bytes, signature_text, signed_bytes


class Signer:
    """Signs desired configurations."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @property
    def public_key(self) -> bytes:
        """32 bytes, which units are given when they are enrolled."""
        return self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, site: str, unit: str, version: int, settings: dict[str, Any]) -> Config:
        """The message for the unit."""
        signature = self._key.sign(signed_bytes(site, unit, version, settings))
        return Config(version=version, settings=settings, signature=signature_text(signature))


def verify(public_key: bytes, site: str, unit: str, config: Config) -> bool:
    """Whether the hub with that key signed this for that unit."""
    try:
        signature = signature_bytes(config.signature)
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, bytes_of(site, unit, config))
    except (BadSignature, InvalidSignature, ValueError):
        return False
    return True


def load_signer(file: Path) -> Signer:
    """The key in ``file``, made at the first start. Raises ``BadSettings``."""
    try:
        if not file.exists():
            _make(file)
        key = load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise BadSettings(f"the key in {file} cannot be used: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadSettings(f"the key in {file} must be Ed25519")
    return Signer(key)


def _make(file: Path) -> None:
    """Whole or not at all: half a key would keep every later start from working."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(pem)
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(fresh, file)  # another start that was faster has made the key that holds
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
