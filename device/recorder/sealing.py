"""Sound to FLAC and anything to an age file that only the hub can open. All in memory: nothing in clear is
ever given to a disk.
"""

import io

import numpy as np
import pyrage
import soundfile

from wire.evidence.line import RATE_HZ


class BadRecipient(ValueError):
    """Not a public key of age."""


class Sealer:
    """Seals to the hub's public key (``age1…``, X25519). Raises ``BadRecipient``."""

    def __init__(self, recipient: str) -> None:
        try:
            self._recipient = pyrage.x25519.Recipient.from_str(recipient)
        except pyrage.RecipientError as error:
            raise BadRecipient('must be a public key of age ("age1…")') from error

    def seal(self, body: bytes) -> bytes:
        """The age file."""
        sealed: bytes = pyrage.encrypt(body, [self._recipient])
        return sealed


def flac(pcm: bytes) -> bytes:
    """16 kHz mono int16 little-endian to FLAC, without loss."""
    file = io.BytesIO()
    soundfile.write(file, np.frombuffer(pcm, dtype="<i2"), RATE_HZ, format="FLAC", subtype="PCM_16")
    return file.getvalue()
