"""What the hub signs of a desired configuration, and how the signature is written.

Ed25519 (RFC 8032). The bytes are the same however the JSON of the message was written, and they name the
unit: a configuration that was signed for one unit is none for another.
"""

import base64
import binascii
import json
from typing import Any

from wire.messages import Config

PREFIX = "ed25519:"


class BadSignature(ValueError):
    """Not a signature as ``signature_text`` writes it."""


def signed_bytes(site: str, unit: str, version: int, settings: dict[str, Any]) -> bytes:
    """What is signed: canonical JSON in UTF-8 (keys sorted, no spaces)."""
    said = {"for": f"{site}/{unit}", "settings": settings, "version": version}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def bytes_of(site: str, unit: str, config: Config) -> bytes:
    """What is signed of a message that arrived on the unit's topic."""
    return signed_bytes(site, unit, config.version, config.settings)


def signature_text(signature: bytes) -> str:
    """As it stands in the message."""
    return PREFIX + base64.b64encode(signature).decode()


def signature_bytes(text: str) -> bytes:
    """Back again. Raises ``BadSignature``."""
    if not text.startswith(PREFIX):
        raise BadSignature(f"a signature begins with {PREFIX!r}")
    try:
        signature = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadSignature("a signature is base64") from error
    if len(signature) != 64:
        raise BadSignature(f"a signature has 64 bytes; given: {len(signature)}")
    return signature
