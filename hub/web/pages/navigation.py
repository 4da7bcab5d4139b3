"""What the header leads to: one table, and who sees each line of it."""

from collections.abc import Collection
from dataclasses import dataclass

from hub.evidence.rights import LEDGER_READERS, LISTENERS
from hub.people import Role

EVERYBODY = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Link:
    """A page that the header names."""

    href: str
    label: str
    """msgid."""
    roles: Collection[Role] = EVERYBODY
    """Who sees it; the page itself declares who may use it."""

    def leads_to(self, path: str) -> bool:
        """Whether ``path`` is the page or one beneath it."""
        return path == self.href or (self.href != "/" and path.startswith(f"{self.href}/"))


_READERS = (Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)

NAVIGATION: tuple[Link, ...] = (
    Link("/", "Live page"),
    Link("/incidents", "Incidents", frozenset({Role.STAFF, Role.SUPERVISOR, Role.AUDITOR})),
    Link("/recordings", "Recordings", LISTENERS),
    Link("/statistics", "Statistics", _READERS),
    Link("/units", "Units", _READERS),
    Link("/settings", "Settings", (Role.ADMIN,)),
    Link("/audit", "Audit", (Role.ADMIN, Role.AUDITOR)),
    Link("/ledger", "Ledger", LEDGER_READERS),
)
