"""Who has the record of an incident open just now: a soft notice, that blocks nobody.

In memory, since it is true for minutes only: a hub that was started again learns it anew within a page's next
word. Each of two hubs knows of the pages that it serves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.people import Person

OPEN_FOR = timedelta(seconds=90)
"""A page says that it is open three times within this; a page that was closed is forgotten after it."""
TYPED_FOR = timedelta(minutes=5)
"""What somebody typed longer ago is not told any more."""
WRITERS_MAX = 500
"""Of the whole hub. Beyond, whoever was heard of longest ago is forgotten."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody else who has the form open."""

    name: str
    typed: datetime | None
    """When they typed in it last; None: not within the last minutes."""


@dataclass(slots=True)
class _Page:
    name: str
    seen: datetime
    typed: datetime | None = None


class Writing:
    """On the event loop."""

    def __init__(self) -> None:
        self._pages: dict[tuple[int, str], _Page] = {}

    def seen(self, incident: int, person: Person, now: datetime, *, typed: bool = False) -> None:
        """This person has the form of this incident open, and has typed in it since the last word or not."""
        page = self._pages.pop((incident, person.login), None) or _Page(person.name, now)
        page.name, page.seen = person.name, now
        if typed:
            page.typed = now
        self._pages[incident, person.login] = page
        self._forget(now)

    def left(self, incident: int, person: Person) -> None:
        """They have saved it."""
        self._pages.pop((incident, person.login), None)

    def others(self, incident: int, person: Person, now: datetime) -> Sequence[Writer]:
        """Whoever else has it open, in the order in which they were heard of."""
        self._forget(now)
        return [
            Writer(page.name, page.typed if page.typed and now - page.typed < TYPED_FOR else None)
            for (number, login), page in self._pages.items()
            if number == incident and login != person.login
        ]

    def _forget(self, now: datetime) -> None:
        while self._pages:
            oldest = next(iter(self._pages))
            if now - self._pages[oldest].seen < OPEN_FOR and len(self._pages) <= WRITERS_MAX:
                return
            del self._pages[oldest]
