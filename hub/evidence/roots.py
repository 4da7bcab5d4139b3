"""When a time stamp of a day's root is asked for again."""


def wait_s(tries: int) -> float:
    """How long after a failure the authority is asked again, in seconds."""
    return min(60.0 * 2.0 ** min(tries, 10), 3600.0)
