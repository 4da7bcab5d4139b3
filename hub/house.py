"""What the decisions depend on besides what happens: ladders, people, places."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.escalation.ladder import ARRIVE_WITHIN_S, For, Ladder, choose
from hub.escalation.roster import Roster
from hub.incidents import Incident, Severity
from hub.notices import Both, Place

UNREGISTERED = Both("未登録の端末", "Unregistered unit")
_NOWHERE = Both("", "")
_HUB = Both("サーバー", "Hub")

HUB = "hub"
"""Stands for a unit where a trouble is the hub's own."""


@dataclass(slots=True)
class House:
    """One site. ``roster`` is replaced as a whole when absences change."""

    site: str
    ladders: tuple[Ladder, ...]
    roster: Roster = field(default_factory=Roster)
    area_of: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    url: str | None = None
    """Where browsers reach the pages."""

    def ladder(self, severity: For, unit: str) -> Ladder | None:
        """Who is called for a unit; None: nobody is."""
        return choose(self.ladders, severity, self.area_of.get(unit))

    def ladder_of(self, incident: Incident) -> Ladder | None:
        """Who is called for an incident; None: nobody is."""
        match incident.severity:
            case Severity.ALARM:
                return self.ladder("alarm", incident.unit)
            case Severity.ATTENTION:
                return self.ladder("attention", incident.unit)
            case Severity.DRILL:
                return None

    def arrive_within_s(self, incident: Incident) -> float:
        """How long a helper may take."""
        ladder = self.ladder_of(incident)
        return ladder.arrive_within_s if ladder is not None else ARRIVE_WITHIN_S

    def place(self, unit: str) -> Place:
        """Where a unit stands; one that the settings do not know is called by its name."""
        known = self.places.get(unit)
        return known if known is not None else Place(_NOWHERE, Both(unit, unit), UNREGISTERED)

    def place_of_trouble(self, key: tuple[str, str]) -> Place:
        """Where something is wrong: at a unit, in the hub, or with a ladder."""
        unit, part = key
        if unit == HUB:
            return Place(_NOWHERE, _NOWHERE, _HUB)
        if part.startswith("notifier-"):
            return Place(_NOWHERE, Both(unit, unit), _HUB)  # one of several hubs
        if part == "ladder":
            return Place(_NOWHERE, Both(unit, unit), Both("連絡先の設定", "Call ladder"))
        return self.place(unit)

    def url_of(self, incident: int) -> str | None:
        """Where a browser shows an incident."""
        return None if self.url is None else f"{self.url.rstrip('/')}/incidents/{incident}"
