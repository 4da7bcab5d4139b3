"""The hub's keys for recordings: files outside the folder of the data."""

import base64
import binascii
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyrage import IdentityError, x25519

from hub.recording_settings import RecordingSettings
from wire.evidence.keys import BadKey, new_signing_key, read_signing_key

MASTER_BYTES = 32
_MASTER = "madomori-master-v1:"


class BadKeys(Exception):
    """The keys cannot be used; the message says which file, never what is in it."""


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """What opens what units have sealed, and what wraps the recordings' own keys."""

    identity: x25519.Identity
    master: bytes

    @property
    def recipient(self) -> str:
        """``age1…``: what units seal to."""
        return str(self.identity.to_public())


def load_keys(settings: RecordingSettings) -> Keys:
    """Raises ``BadKeys``."""
    identity = None
    for line in _read(settings.identity_file).splitlines():
        if line.startswith("AGE-SECRET-KEY-1"):
            try:
                identity = x25519.Identity.from_str(line.strip())
            except IdentityError:
                raise BadKeys(f"{settings.identity_file} holds no age identity") from None
    if identity is None:
        raise BadKeys(f"{settings.identity_file} holds no age identity")
    text = _read(settings.master_key_file).strip()
    try:
        master = base64.b64decode(text.removeprefix(_MASTER), validate=True)
    except binascii.Error:
        master = b""
    if not text.startswith(_MASTER) or len(master) != MASTER_BYTES:
        raise BadKeys(
            f"{settings.master_key_file} must hold {_MASTER} and the base64 of {MASTER_BYTES} bytes"
        )
    return Keys(identity, master)


def load_export_key(settings: RecordingSettings) -> Ed25519PrivateKey:
    """What signs exports. Raises ``BadKeys``."""
    try:
        return read_signing_key(_read(settings.export_key).encode())
    except BadKey as error:
        raise BadKeys(f"{settings.export_key} {error}") from error


def make_keys(settings: RecordingSettings) -> tuple[Keys, list[Path]]:
    """Make the files that are missing; gives the keys and which files are new. Raises ``BadKeys``."""
    made = []
    identity = x25519.Identity.generate()
    texts = {
        settings.identity_file: f"# public key: {identity.to_public()}\n{identity}\n",
        settings.master_key_file: _MASTER
        + base64.b64encode(secrets.token_bytes(MASTER_BYTES)).decode()
        + "\n",
        settings.export_key: new_signing_key().decode(),
    }
    for file, text in texts.items():
        try:
            if _make(file, text):
                made.append(file)
        except OSError as error:
            raise BadKeys(f"{file} cannot be made: {error.strerror}") from error
    return load_keys(settings), made


def _make(file: Path, text: str) -> bool:
    """Whole or not at all, never in place of one that is there."""
    if file.exists():
        return False
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(fresh, file)
    except FileExistsError:
        return False
    finally:
        fresh.unlink()
    return True


def _read(file: Path) -> str:
    try:
        if file.stat().st_mode & 0o007:
            raise BadKeys(f"{file} may be read by everybody: chmod 600")
        return file.read_text(encoding="ascii")
    except OSError as error:
        raise BadKeys(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise BadKeys(f"{file} is not a file of keys") from None
