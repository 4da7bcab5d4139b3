"""Where the files of a package are: in a ZIP, or in the folder into which somebody unpacked it."""

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Protocol

CHUNK_BYTES = 1 << 20
FILES_MAX = 2_000_000
LINE_BYTES_MAX = 1 << 20
_LEFT_BY_SYSTEMS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""What systems put into folders that somebody looks at; it is no part of what is handed over."""

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    KeyError,
    OverflowError,
)
"""What the standard library raises for a damaged file."""


class NotReadable(Exception):
    """The container or one of its files cannot be read."""


class Container(Protocol):
    """Names with their bytes."""

    names: list[str]
    twice: list[str]
    """Names that occur more than once: whoever unpacks it gets only one of them."""

    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """To read it from the beginning."""


class Zip:
    """A ZIP file."""

    def __init__(self, file: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
            entries = [each.filename for each in self._zip.infolist() if not each.is_dir()]
        except _BROKEN as error:
            raise NotReadable(f"not a ZIP file: {type(error).__name__}") from error
        self.names, self.twice = (
            sorted(set(entries)),
            sorted({n for n in entries if entries.count(n) > 1})
            if (len(set(entries)) != len(entries))
            else [],
        )

    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """See ``Container``."""
        return self._zip.open(name)


class Folder:
    """A folder into which a package was unpacked."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.twice: list[str] = []
        self.names = []
        for path in sorted(root.rglob("*")):
            if path.is_symlink() or not (path.is_dir() or path.name in _LEFT_BY_SYSTEMS):
                self.names.append(path.relative_to(root).as_posix())

    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """See ``Container``. What a link leads to is not part of the package."""
        path = self._root / name
        if path.is_symlink() or not path.is_file():
            raise OSError("not a file")
        return path.open("rb")


def container(path: Path) -> Container:
    """Raises ``NotReadable``."""
    found: Container = Folder(path) if path.is_dir() else Zip(path)
    if len(found.names) > FILES_MAX:
        raise NotReadable(f"more than {FILES_MAX} files")
    return found


def read(found: Container, name: str, most: int) -> bytes:
    """The whole file. Raises ``NotReadable``, also where it is longer."""
    try:
        with found.open(name) as file:
            data = file.read(most + 1)
    except _BROKEN as error:
        raise NotReadable(f"{name}: {type(error).__name__}") from error
    if len(data) > most:
        raise NotReadable(f"{name}: more than {most} bytes")
    return data


def measure(found: Container, name: str, most: int) -> tuple[int, str]:
    """Length and SHA-256; of what is longer than ``most`` only that it is. Raises ``NotReadable``."""
    digest, length = hashlib.sha256(), 0
    try:
        with found.open(name) as file:
            while length <= most and (chunk := file.read(min(CHUNK_BYTES, most + 1 - length) or 1)):
                digest.update(chunk)
                length += len(chunk)
    except _BROKEN as error:
        raise NotReadable(f"{name}: {type(error).__name__}") from error
    return length, digest.hexdigest()


def lines(found: Container, name: str) -> Iterator[bytes]:
    """Line for line, without the ends. Raises ``NotReadable``; the last one may lack its end: then that is
    kept as the line's last character, so that it is no line."""
    try:
        with found.open(name) as file:
            while line := file.readline(LINE_BYTES_MAX):
                yield line[:-1] if line.endswith(b"\n") else line + b"\0"
    except _BROKEN as error:
        raise NotReadable(f"{name}: {type(error).__name__}") from error
