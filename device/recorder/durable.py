"""Files that are there as a whole or not at all, whenever the power goes."""

import os
from pathlib import Path

NEW = ".new"
"""Ending of a file that is being written. One that is found at the start was never finished."""


def write(file: Path, data: bytes) -> None:
    """On the disk when this returns. Raises ``OSError``; then nothing of it stays."""
    new = file.with_name(file.name + NEW)
    try:
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(handle, view) :]
            os.fsync(handle)
        finally:
            os.close(handle)
        os.rename(new, file)  # noqa: PTH104 - one module of calls, so that a test can cut any of them
        sync(file.parent)
    except OSError:
        new.unlink(missing_ok=True)
        file.unlink(missing_ok=True)
        raise


def sync(folder: Path) -> None:
    """What was made, renamed or removed in ``folder`` is on the disk when this returns."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make(folder: Path) -> None:
    """A private folder, and the one above knows of it."""
    folder.mkdir(mode=0o700, exist_ok=True)
    sync(folder.parent)
