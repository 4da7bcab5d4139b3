"""The keys of recordings, made where they are missing: one for each unit to sign with, one pair of the hub to
seal to. The same files as on a real installation.
"""

import base64
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import pyrage

from wire.evidence.keys import new_signing_key, public_text, read_signing_key

_PUBLIC = "# public key: "


@dataclass(frozen=True)
class RecordingKeys:
    """``folder`` lies beside the folders of hub and units, not in one of them."""

    folder: Path

    @property
    def identity_file(self) -> Path:
        """What opens recordings; only the hub reads it."""
        file = self.folder / "hub-age.key"
        if not file.exists():
            identity = pyrage.x25519.Identity.generate()
            _write(file, f"{_PUBLIC}{identity.to_public()}\n{identity}\n".encode())
        return file

    @property
    def master_key_file(self) -> Path:
        """What wraps the key of each recording at rest; only the hub reads it."""
        file = self.folder / "hub-master.key"
        if not file.exists():
            key = base64.b64encode(secrets.token_bytes(32)).decode()
            _write(file, f"madomori-master-v1:{key}\n".encode())
        return file

    @property
    def export_key_file(self) -> Path:
        """What signs whatever is handed out; only the hub reads it."""
        return self.signing_key("hub-export")

    @property
    def recipient(self) -> str:
        """What units seal to: ``age1…``."""
        line = self.identity_file.read_text().splitlines()[0]
        return line.removeprefix(_PUBLIC)

    def signing_key(self, unit: str) -> Path:
        """What the unit signs with."""
        file = self.folder / f"{unit}.pem"
        if not file.exists():
            _write(file, new_signing_key())
        return file

    def recording_key(self, unit: str) -> str:
        """By which the hub knows the unit: base64 of its public key."""
        return public_text(read_signing_key(self.signing_key(unit).read_bytes()))


def _write(file: Path, data: bytes) -> None:
    file.parent.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
