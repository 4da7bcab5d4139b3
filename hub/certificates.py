"""Certificates that this hub's site depends on, such as the broker's and the web server's, looked at before
they end."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from hub.clock import Now

NEAR = timedelta(days=30)
AGAIN_S = 3600.0
"""Files are read this seldom, in seconds."""


class Certificates:
    """PEM files, each with one certificate or a chain."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = files
        self._read_at = float("-inf")
        self._ends: list[tuple[str, datetime | None]] = []

    def seen(self, now: Now) -> str:
        """What is wrong with them; empty when nothing is."""
        if now.monotonic - self._read_at >= AGAIN_S:
            self._read_at = now.monotonic
            self._ends = [(file.name, ends_at(file)) for file in self._files]
        return "; ".join(words for name, end in self._ends if (words := _said(name, end, now.wall)))


def ends_at(file: Path) -> datetime | None:
    """When the first certificate of a PEM file ends (UTC); None: there is none that can be read."""
    try:
        found = x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError):
        return None
    return min(one.not_valid_after_utc for one in found)


def _said(name: str, end: datetime | None, now: datetime) -> str:
    if end is None:
        return f"{name}: cannot be read"
    return f"{name}: {end.date().isoformat()}" if end - now < NEAR else ""
