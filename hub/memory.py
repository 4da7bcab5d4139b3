"""How the C library keeps memory that was given back to it."""

import ctypes
import sys

M_MMAP_THRESHOLD = -3
M_ARENA_MAX = -8
"""From ``malloc.h`` of glibc; see mallopt(3)."""
LARGE_BYTES = 1024 * 1024
ARENAS = 2


def give_back() -> bool:
    """Let what is large go back to the system as soon as it is free; call it before there are threads.

    Proving a password takes 19 MiB for a moment. Left to itself glibc learns from that to keep such blocks,
    in a pool of the thread that asked, for ever. False: it is another C library, which goes its own way.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    return bool(mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)) and bool(mallopt(M_ARENA_MAX, ARENAS))
