"""The computer itself: how hot its processor is, and what slows it down. Read from sysfs, no program runs."""

import os
from pathlib import Path

THROTTLED = {0: "under-voltage", 1: "frequency-capped", 2: "throttled", 3: "soft-limit"}
"""Bits of the Raspberry Pi firmware's ``get_throttled`` that speak of this moment."""

_THROTTLED_FILE = "sys/devices/platform/soc/soc:firmware/get_throttled"
_PROCESSORS = ("cpu-thermal", "cpu_thermal", "soc-thermal", "soc_thermal", "x86_pkg_temp")


class Machine:
    """``root`` is where ``sys`` and ``proc`` are."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root
        self.system = os.uname().release[:40]
        """Version of the kernel."""

    def cpu_c(self) -> float | None:
        """Temperature of the processor in degrees Celsius; None where nothing tells it."""
        for zone in sorted((self._root / "sys/class/thermal").glob("thermal_zone*")):
            if _read(zone / "type") in _PROCESSORS and (told := _read(zone / "temp")).lstrip("-").isdecimal():
                return int(told) / 1000.0
        return None

    def throttled(self) -> tuple[str, ...]:
        """What slows the processor down now; nothing where there is no such firmware."""
        try:
            bits = int(_read(self._root / _THROTTLED_FILE), 16)
        except ValueError:
            return ()
        return tuple(name for bit, name in THROTTLED.items() if bits >> bit & 1)

    def memory_mb(self) -> int:
        """Resident memory of this program, in megabytes."""
        pages = int((self._root / "proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGESIZE") // 1_000_000


def _read(file: Path) -> str:
    """Empty for what is not there or cannot be asked at the moment."""
    try:
        return file.read_text().strip()
    except OSError:
        return ""
