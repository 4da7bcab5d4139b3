"""One process for each unit: the state folder is held while it runs."""

import fcntl
import os
from pathlib import Path

import structlog

_log = structlog.get_logger()


class AlreadyRunning(RuntimeError):
    """Another process uses this unit's state folder."""


class FolderLock:
    """Raises ``AlreadyRunning`` at construction. The lock ends with the process, however that ends."""

    def __init__(self, folder: Path) -> None:
        self._handle: int | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(folder / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as error:
            # A broken disk must not keep a panic button from starting; the outbox reports the fault.
            _log.error("state_folder_not_locked", error=str(error))
            return
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(handle)
            raise AlreadyRunning(f"another process uses {folder}") from error
        self._handle = handle

    def release(self) -> None:
        """Let another process have the folder."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
