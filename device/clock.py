"""The unit's clock. The one place on the unit that reads it."""

import ctypes
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from device.inputs import Now

STA_NANO = 0x2000
"""The kernel gives the offset in nanoseconds, not microseconds: adjtimex(2)."""

STA_UNSYNC = 0x0040
"""Kernel's mark for a clock that nobody disciplines: adjtimex(2)."""

TIME_ERROR = 5
"""What adjtimex(2) returns for a clock that is not synchronised."""

LOOK_EVERY_S = 1.0
"""How often the kernel is asked whether the clock is synchronised, in seconds."""


class _Timex(ctypes.Structure):
    """``struct timex`` as far as it is read; the rest is room for what the kernel writes (208 bytes in all
    on 64-bit Linux, less on 32-bit).
    """

    _fields_ = [
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * 256),
    ]


def kernel_says_synced() -> bool:
    """Whether the kernel calls the wall clock synchronised (timesyncd, chrony and ntpd all tell it)."""
    return _adjtimex()[0]


def kernel_offset_s() -> float | None:
    """What the kernel has still to correct, in seconds; None while nobody disciplines the clock."""
    return _adjtimex()[1]


def _adjtimex() -> tuple[bool, float | None]:
    libc = ctypes.CDLL(None, use_errno=True)
    timex = _Timex()  # modes 0: only read
    state: int = libc.adjtimex(ctypes.byref(timex))
    synced = 0 <= state < TIME_ERROR and not timex.status & STA_UNSYNC
    unit_s = 1e-9 if timex.status & STA_NANO else 1e-6
    return synced, timex.offset * unit_s if synced else None


class Clock:
    """Readings of the machine's clock.

    ``hardware`` "gpio": ``synced`` is what the kernel says. "simulated": always synced, since the clock is
    that of the computer which the simulation runs on, and the unit does not keep it.
    """

    def __init__(self, hardware: Literal["gpio", "simulated"]) -> None:
        self._ask_kernel = hardware == "gpio"
        self._synced = True
        self._looked = float("-inf")

    def now(self) -> Now:
        """Read the clock; from any thread."""
        monotonic = time.monotonic()
        if self._ask_kernel and monotonic - self._looked >= LOOK_EVERY_S:
            self._synced, self._looked = kernel_says_synced(), monotonic
        return Now(monotonic, datetime.now(UTC), self._synced)

    @staticmethod
    def offset_s() -> float | None:
        """How far the clock is off as the kernel knows it, in seconds; None where it does not tell."""
        return kernel_offset_s()


def boot_id() -> str:
    """Identity of this boot of the computer, 32 hexadecimal digits."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip().replace("-", "")
