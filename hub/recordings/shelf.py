"""Where sealed bytes are kept: a small protocol, and the folder that is the default."""

import contextlib
import errno
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

_NAME = re.compile(r"[0-9a-f]{32}/\d{6}")
_RECORDING = re.compile(r"[0-9a-f]{32}")
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


class ShelfError(Exception):
    """The place did not do what it was asked; the message names no content."""


class ShelfFull(ShelfError):
    """There is no room."""


class NotThere(ShelfError):
    """Nothing of that name is kept."""


class Shelf(Protocol):
    """Names are ``{recording}/{index:06}``. Calls block; every one may raise ``ShelfError``."""

    def put(self, name: str, data: bytes) -> None:
        """Keep it; when this returns, a power cut does not lose it. What was kept under the name goes."""

    def get(self, name: str) -> bytes:
        """Raises ``NotThere``."""

    def remove(self, recording: str) -> None:
        """Everything of one recording; nothing is no error."""

    def recordings(self) -> list[str]:
        """Of which something is kept."""


class Folder:
    """A folder of this machine, one folder a recording in it."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, name: str, data: bytes) -> None:
        """See ``Shelf``."""
        file = self._file(name)
        fresh = file.with_name(f".{file.name}.{os.getpid()}")
        with _told("keep"):
            if not file.parent.is_dir():
                file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                _sync(self._root)
            try:
                with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
                    out.write(data)
                    out.flush()
                    os.fsync(out.fileno())
                fresh.replace(file)
            finally:
                fresh.unlink(missing_ok=True)
            _sync(file.parent)

    def get(self, name: str) -> bytes:
        """See ``Shelf``."""
        with _told("read"):
            return self._file(name).read_bytes()

    def remove(self, recording: str) -> None:
        """See ``Shelf``."""
        if not _RECORDING.fullmatch(recording):
            raise ShelfError("not the name of a recording")
        with _told("remove"), contextlib.suppress(FileNotFoundError):
            shutil.rmtree(self._root / recording)
            _sync(self._root)

    def recordings(self) -> list[str]:
        """See ``Shelf``."""
        with _told("list"), contextlib.suppress(FileNotFoundError):
            return sorted(each.name for each in self._root.iterdir() if _RECORDING.fullmatch(each.name))
        return []

    def _file(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ShelfError("not the name of a segment")
        return self._root / name


def _sync(folder: Path) -> None:
    """What a rename has done is on the disk only after this."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise NotThere("nothing of that name is kept") from error
    except OSError as error:
        kind = ShelfFull if error.errno in _NO_ROOM else ShelfError
        raise kind(f"cannot {what}: {error.strerror}") from error
