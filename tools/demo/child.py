"""One process of the demo: started, watched, started again when it dies, ended with its starter."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
_libc = ctypes.CDLL(None, use_errno=True)  # found before the fork: nothing may be loaded after it

QUICK_S = 10.0
"""A process that lived shorter than this died quickly, in seconds."""
QUICK_DEATHS_MAX = 5
"""Quick deaths in a row after which starting it again is no use."""
LOG_BYTES_MAX = 5_000_000
"""A larger log is put aside at the next start; one old log is kept."""


class DiesAgain(RuntimeError):
    """A process died quickly too often; the message holds the end of its log."""


def with_parent() -> Callable[[], None]:
    """For ``Popen(preexec_fn=…)``: the kernel kills the child when the calling *thread* ends, even by
    SIGKILL. Call and start from the main thread."""
    parent = os.getpid()

    def ask_kernel() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # the parent died before the kernel knew
            os._exit(1)

    return ask_kernel


@dataclass
class Deaths:
    """How often a program died soon after its start: the limit of starting it again."""

    quick: int = 0
    _started: float = field(default=0.0, repr=False)

    def started(self) -> None:
        """It runs from now on."""
        self._started = time.monotonic()

    def note(self, name: str, log: Path) -> None:
        """It is dead; raises ``DiesAgain`` when starting it again has not helped."""
        lived = time.monotonic() - self._started
        self.quick = self.quick + 1 if lived < QUICK_S else 0
        if self.quick >= QUICK_DEATHS_MAX:
            raise DiesAgain(f"{name} died {self.quick} times in a row. Its log ends:\n{tail(log)}")


@dataclass
class Child:
    """One program with its log."""

    name: str
    command: list[str]
    log: Path
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    deaths: Deaths = field(default_factory=Deaths)

    def start(self) -> None:
        """Begin; returns at once."""
        self.log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES_MAX:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            # Its own session, so that Ctrl-C reaches the launcher only, which ends things in order.
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                preexec_fn=with_parent(),  # noqa: PLW1509 the launcher has one thread
            )
        self.deaths.started()

    @property
    def pid(self) -> int | None:
        """Of the running process."""
        return self.process.pid if self.process else None

    def died(self) -> int | None:
        """The exit code when it is no longer there; negative for a signal. None while it runs."""
        return self.process.poll() if self.process else None

    def revive(self) -> None:
        """Start it again after a death; raises ``DiesAgain`` when that has not helped."""
        self.deaths.note(self.name, self.log)
        self.start()

    def ask_to_stop(self) -> None:
        """SIGTERM; returns at once."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, timeout_s: float) -> bool:
        """Wait for its end; False when it had to be killed."""
        if self.process is None:
            return True
        try:
            self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return False
        return True


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, or a word that there is none."""
    if not log.exists():
        return f"(no log {log.name})"
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 16_000))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])


def python_command(module: str, *arguments: str) -> list[str]:
    """This environment's Python running ``module``."""
    return [sys.executable, "-m", module, *arguments]
