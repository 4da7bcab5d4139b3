"""Browsers that are only connections: each reads a live stream to its end and looks at none of it.

Run as a process: ``python -m tools.bench.streams ORDER``, an ``Order`` in JSON; it ends when its input does,
and prints a ``Log`` in JSON.
"""

import asyncio
import json
import sys
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Order:
    """What to read."""

    port: int
    path: str
    cookie: str
    streams: int


@dataclass
class Log:
    """Bytes that each stream gave."""

    read: list[int] = field(default_factory=list)


async def run(order: Order) -> Log:
    """Until the end of the input."""
    log = Log([0] * order.streams)
    reading = [asyncio.create_task(_read(order, log, n)) for n in range(order.streams)]
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    for each in reading:
        each.cancel()
    failed = [error for error in await asyncio.gather(*reading, return_exceptions=True) if error is not None]
    for error in failed:
        if not isinstance(error, asyncio.CancelledError):
            raise error
    return log


async def _read(order: Order, log: Log, number: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", order.port)
    cookie = f"Cookie: {order.cookie}\r\n" if order.cookie else ""
    writer.write(f"GET {order.path} HTTP/1.1\r\nHost: 127.0.0.1:{order.port}\r\n{cookie}\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise ConnectionError(f"{order.path}: {head[:60]!r}")
    while data := await reader.read(65536):
        log.read[number] += len(data)
    raise ConnectionError(f"{order.path} ended")


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(run(Order(**json.loads(sys.argv[1])))))))
