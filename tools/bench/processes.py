"""What processes used, read from /proc."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for each in found:
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return found


def named(name: str) -> int:
    """The first process below this one that is called ``name``."""
    for each in family(os.getpid()):
        if Path(f"/proc/{each}/comm").read_text().strip() == name:
            return each
    raise ProcessLookupError(f"no process {name!r} below this one")


def cpu_seconds(pid: int) -> float:
    """User and system time of a family of processes so far, with that of its ended members."""
    total = 0.0
    for each in family(pid):
        try:
            stat = Path(f"/proc/{each}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue  # ended meanwhile
        # The name, in brackets, may hold anything. After it: state is field 3, utime to cstime 14 to 17.
        fields = stat.rpartition(")")[2].split()
        total += sum(map(int, fields[11:15])) / _TICKS
    return total


def peak_mb(pid: int) -> float:
    """Largest resident memory of a single process so far, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"no VmHWM for process {pid}")
