"""The vault: sealed segments on a shelf, each recording with its own key."""

from dataclasses import dataclass

import pyrage

from hub.recordings import sealing, sound
from hub.recordings.keys import Keys
from hub.recordings.sealing import Broken
from hub.recordings.shelf import NotThere, Shelf
from wire.evidence.faults import Altered
from wire.evidence.signed import SignedLine, check_plain, check_sealed

SOUND = "audio/flac"


@dataclass(frozen=True, slots=True)
class Opened:
    """A segment as the unit recorded it."""

    body: bytes
    shape: bytes | None
    """Of sound."""


class Vault:
    """Everything here blocks, and may raise ``ShelfError``."""

    def __init__(self, keys: Keys, shelf: Shelf) -> None:
        self._keys = keys
        self.shelf = shelf

    def open_sealed(self, signed: SignedLine, sealed: bytes) -> Opened:
        """What a unit has sealed to this hub, checked against its line. Raises ``Altered``."""
        line = signed.line
        check_sealed(line, sealed)
        if line.media == "none":
            return Opened(b"", None)
        try:
            body = pyrage.decrypt(sealed, [self._keys.identity])
        except pyrage.DecryptError:
            raise Altered(
                "the segment was sealed for another hub, or is not sealed at all", line.index
            ) from None
        check_plain(line, body)
        if line.media != SOUND:
            return Opened(body, None)
        try:
            return Opened(body, sound.shape(sound.decode(body, line.samples)))
        except sound.BadSound as error:
            raise Altered(f"not the sound that the line describes: {error}", line.index) from None

    def new_key(self, recording: str) -> bytes:
        """A fresh key for a recording, wrapped."""
        return sealing.wrap(self._keys.master, recording, sealing.new_key())

    def keep(self, recording: str, index: int, wrapped: bytes, opened: Opened) -> bytes | None:
        """Seal and keep; gives the sealed shape. Raises ``Broken`` where the key cannot be unwrapped."""
        key = sealing.unwrap(self._keys.master, recording, wrapped)
        kept = sealing.seal_segment(key, recording, index, opened.body)
        self.shelf.put(sealing.name_of(recording, index), kept)
        if opened.shape is None:
            return None
        return sealing.seal_waveform(key, recording, index, opened.shape)

    def take_out(self, recording: str, wrapped: bytes, signed: SignedLine) -> bytes:
        """A segment as the unit recorded it. Raises ``Broken`` where it is not what was kept: altered, put in
        another's place, or gone."""
        line = signed.line
        if line.media == "none":
            return b""
        key = sealing.unwrap(self._keys.master, recording, wrapped)
        try:
            kept = self.shelf.get(sealing.name_of(recording, line.index))
        except NotThere as error:
            raise Broken("it is gone") from error
        body = sealing.open_segment(key, recording, line.index, kept)
        try:
            check_plain(line, body)
        except Altered as error:
            raise Broken(str(error)) from error
        return body

    def shape_of(self, recording: str, wrapped: bytes, kept: list[tuple[int, bytes]]) -> bytes:
        """The shapes of these segments (index, sealed), one after the other. Raises ``Broken``."""
        key = sealing.unwrap(self._keys.master, recording, wrapped)
        return b"".join(sealing.open_waveform(key, recording, index, each) for index, each in kept)
