"""A test from the command line: left in the database for the hub that runs, and watched."""

import time

from hub.clock import Clock
from hub.notices import Channel, Target
from hub.notifiers.notifying import make_test
from hub.settings import Settings
from hub.store import notices
from hub.store.database import make_engine, prepare

WITHIN_S = 30.0
LOOK_EVERY_S = 0.2


class NotSent(Exception):
    """The message says why, as far as it is known."""


def try_out(settings: Settings, channel: Channel, name: str, clock: Clock) -> None:
    """Returns when the hub has sent it. Raises ``NotSent`` or SQLAlchemy's errors."""
    try:
        target = Target(channel, name)
    except ValueError as error:
        raise NotSent(f"--name: {error}") from error
    prepare(settings.database_url)
    writer = make_engine(settings.database_url)
    reader = make_engine(settings.database_url, writes=False)
    try:
        now = clock.now()
        notice = make_test(target, "ja", now.wall)
        with writer.begin() as tx:
            notices.add(tx, settings.site, [notice], now.wall)
        found = None
        while clock.now().monotonic - now.monotonic < WITHIN_S:
            with reader.connect() as tx:
                found = notices.find(tx, settings.site, notice.id)
            if found is not None and found.state == "sent":
                return
            if found is not None and found.state == "failed":
                raise NotSent(f"given up: {found.error}")
            time.sleep(LOOK_EVERY_S)
        if found is not None and found.attempts:
            raise NotSent(f"not yet sent after {found.attempts} attempts: {found.error}")
        raise NotSent(f"nobody took it within {WITHIN_S:.0f} s: is the hub running?")
    finally:
        writer.dispose()
        reader.dispose()
