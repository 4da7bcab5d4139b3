"""Canonical JSON: the one way in which a line is written, so that its bytes can be hashed and signed."""

import hashlib
import json
from typing import Any

from wire.evidence.faults import BadLine

ZEROS = "0" * 64
"""What the first line of a chain gives as its predecessor."""


def canonical(tree: dict[str, Any]) -> bytes:
    """UTF-8, keys sorted, no spaces, no NaN or infinity. Floats as Python's shortest form."""
    return json.dumps(
        tree, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def from_canonical(data: bytes) -> dict[str, Any]:
    """Back again; ``BadLine`` for anything that ``canonical`` would not have written, byte for byte: a key
    twice, a space, ``1.50``. What was signed then cannot be read in two ways.
    """
    try:
        tree = json.loads(data)
        if not isinstance(tree, dict):
            raise BadLine("must be a JSON object")
        written = canonical(tree)
    except (ValueError, RecursionError) as error:
        if isinstance(error, BadLine):
            raise
        raise BadLine("not JSON in UTF-8") from error
    if written != data:
        raise BadLine("must be canonical JSON: keys sorted, each once, no spaces")
    return tree


def digest(data: bytes) -> str:
    """SHA-256 in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()
