"""How long proofs take: short in every run of the tests, long in ``make prove``. The one place to say it."""

import os
from typing import TypeVar

VARIABLE = "MADOMORI_PROOFS"
"""Environment variable: "short" (as when it is absent) or "long"."""

T = TypeVar("T")


def size(short: T, long: T) -> T:
    """A proof's size: how many examples, events, kills."""
    chosen = os.environ.get(VARIABLE, "short")
    if chosen not in ("short", "long"):
        raise ValueError(f"{VARIABLE} must be short or long; given: {chosen}")
    return long if chosen == "long" else short
