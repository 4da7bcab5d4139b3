"""The root of a day: one hash that stands for everything written down until its end."""


def stated(site: str, day: str, seq: int, root: str) -> bytes:
    """What a time-stamping authority is asked to stamp, and what a message tells."""
    return f"madomori-day-root-v1\n{site}\n{day}\n{seq}\n{root}\n".encode()


def wait_s(tries: int) -> float:
    """How long after a failure the authority is asked again, in seconds."""
    return min(60.0 * 2.0 ** min(tries, 10), 3600.0)
