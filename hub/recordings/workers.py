"""Threads for what takes the processor or the disk: never on the event loop, and behind the alarms."""

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 2
BEHIND = 10
"""Niceness of the threads, where the system has it for each."""


class Workers:
    """Whoever waits for a slow store waits here, and nowhere else."""

    def __init__(self, name: str, threads: int = THREADS) -> None:
        self._pool = ThreadPoolExecutor(threads, name, initializer=_step_back)

    async def run(self, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """What ``work`` gives or raises."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, lambda: work(*given, **named))

    def close(self) -> None:
        """Nothing new is begun; what runs is not waited for: a store that hangs must not keep the hub."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _step_back() -> None:
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), BEHIND)
