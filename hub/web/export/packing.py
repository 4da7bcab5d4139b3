"""A ZIP that is sent while it is made: of no recording more than one segment is in memory."""

import hashlib
import io
import zipfile
from datetime import datetime

from wire.evidence.package import FileFact

_PACKED = (".flac", ".jpg", ".mp4", ".pdf", ".tsr")
"""Cannot be made smaller."""


class _Out:
    """What the ZIP is written to: it only grows, and what was taken is gone."""

    def __init__(self) -> None:
        self._new = bytearray()

    def write(self, data: bytes) -> int:
        self._new += data
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def take(self) -> bytes:
        new, self._new = bytes(self._new), bytearray()
        return new


class Packer:
    """Files go in one after the other. The same files and time give the same bytes."""

    def __init__(self, made: datetime) -> None:
        """``made`` in the zone in which people read it: a ZIP knows none."""
        self._out = _Out()
        self._zip = zipfile.ZipFile(self._out, "w")  # type: ignore[call-overload]
        self._time = (made.year, made.month, made.day, made.hour, made.minute, made.second)
        self._open: tuple[str, io.BufferedIOBase] | None = None
        self._digest, self._length = hashlib.sha256(), 0
        self.files: dict[str, FileFact] = {}

    def put(self, name: str, data: bytes) -> bytes:
        """A whole file; gives what is to be sent now."""
        self.begin(name)
        return self.append(data) + self.end()

    def begin(self, name: str) -> None:
        """A file that comes in parts."""
        info = zipfile.ZipInfo(name, self._time)
        info.compress_type = zipfile.ZIP_STORED if name.endswith(_PACKED) else zipfile.ZIP_DEFLATED
        info.create_system = 3
        info.external_attr = 0o100644 << 16
        self._open = (name, self._zip.open(info, "w"))
        self._digest, self._length = hashlib.sha256(), 0

    def append(self, data: bytes) -> bytes:
        """A part of it."""
        if self._open is None:
            raise ValueError("no file was begun")
        self._open[1].write(data)
        self._digest.update(data)
        self._length += len(data)
        return self._out.take()

    def end(self) -> bytes:
        """It is whole."""
        if self._open is None:
            raise ValueError("no file was begun")
        name, file = self._open
        file.close()
        self._open = None
        self.files[name] = FileFact(self._length, self._digest.hexdigest())
        return self._out.take()

    def close(self) -> bytes:
        """The directory of the ZIP."""
        self._zip.close()
        return self._out.take()
