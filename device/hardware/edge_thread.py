"""lgpio's one thread, on which every edge comes: whether it lives, and a nudge to prove that it does."""

import contextlib
import os
import struct
from typing import Any

NOBODY = 255
"""Number of a chip and of a line that no Raspberry Pi has."""

_NUDGE = struct.pack("QBBBBI", 0, NOBODY, NOBODY, 0, 0, 0)
"""An edge of no line, as lgpio's C side writes edges into the pipe which the thread reads."""


class EdgeThread:
    """``lgpio`` is the imported module. It shows its thread by private names only, and nothing else tells
    that it has ended: the pins look well, and the buttons are dead.
    """

    def __init__(self, lgpio: Any) -> None:
        self._thread = lgpio._notify_thread
        self._turns = 0
        self._callback = lgpio.callback(NOBODY << 16, NOBODY, lgpio.BOTH_EDGES, self._went_round)
        # By its number: lgpio opened it by a name in a folder that may be gone.
        self._pipe = os.open(f"/proc/self/fd/{self._thread._file.fileno()}", os.O_WRONLY | os.O_NONBLOCK)

    @property
    def turns(self) -> int:
        """How often it has answered a nudge."""
        return self._turns

    @property
    def ended(self) -> bool:
        """Whether it has ended: no edge of any button will come."""
        return not self._thread.is_alive()

    def nudge(self) -> None:
        """Let it read one edge more, of a line that nobody has."""
        with contextlib.suppress(OSError):  # nobody reads any more, or the pipe is full: it does not go round
            os.write(self._pipe, _NUDGE)

    def close(self) -> None:
        """Nudge no more."""
        self._callback.cancel()
        os.close(self._pipe)

    def _went_round(self, _chip: int, _line: int, _level: int, _ticks: int) -> None:
        self._turns += 1
