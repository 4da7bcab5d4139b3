"""What the decisions depend on besides what happens: ladders, people, places."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hub.escalation.ladder import ARRIVE_WITHIN_S, For, Ladder, choose
from hub.escalation.roster import Roster
from hub.incidents import Incident, Severity
from hub.notices import Both, Place

UNREGISTERED = Both("未登録の端末", "Unregistered unit")
_NOWHERE = Both("", "")
_HUB = Both("サーバー", "Hub")

HUB = "hub"
"""Stands for a unit where a trouble is the hub's own."""


@dataclass(frozen=True, slots=True)
class SiteTexts:
    """What a site says of itself, in its own words. Empty: nothing."""

    building: Both = _NOWHERE
    """Name of the building."""
    address: Both = _NOWHERE
    """As it is read out to 110."""
    before: Both = _NOWHERE
    """First line of every notice."""
    after: Both = _NOWHERE
    """Last line of every notice, for example whom to telephone."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All of a house that can change while the hub runs. It is replaced as a whole, never in parts."""

    ladders: tuple[Ladder, ...]
    roster: Roster = field(default_factory=Roster)
    area_of: Mapping[str, str] = field(default_factory=dict)
    """Unit to the area of its counter."""
    places: Mapping[str, Place] = field(default_factory=dict)
    texts: SiteTexts = SiteTexts()


class House:
    """One site. Everybody holds the same one; ``change`` and ``roster`` replace its plan from one moment to
    the next, so that who decides something with ``still`` sees one house from the beginning to the end."""

    __slots__ = ("_plan", "site", "url")

    def __init__(
        self,
        site: str,
        ladders: tuple[Ladder, ...],
        roster: Roster | None = None,
        *,
        area_of: Mapping[str, str] | None = None,
        places: Mapping[str, Place] | None = None,
        url: str | None = None,
        texts: SiteTexts | None = None,
    ) -> None:
        """``url``: where browsers reach the pages."""
        self.site = site
        self.url = url
        self._plan = Plan(ladders, roster or Roster(), area_of or {}, places or {}, texts or SiteTexts())

    def still(self) -> "House":
        """This house as it is now; it changes no more."""
        plan = self._plan
        return House(
            self.site,
            plan.ladders,
            plan.roster,
            area_of=plan.area_of,
            places=plan.places,
            url=self.url,
            texts=plan.texts,
        )

    def change(self, other: "House") -> None:
        """Become as ``other``. Who is absent stays so: that is not of the settings."""
        plan = other._plan
        self._plan = replace(plan, roster=replace(plan.roster, absences=self._plan.roster.absences))

    @property
    def ladders(self) -> tuple[Ladder, ...]:
        """Who is called, by severity and area."""
        return self._plan.ladders

    @property
    def roster(self) -> Roster:
        """Who can be called."""
        return self._plan.roster

    @roster.setter
    def roster(self, roster: Roster) -> None:
        self._plan = replace(self._plan, roster=roster)

    @property
    def area_of(self) -> Mapping[str, str]:
        """Unit to the area of its counter."""
        return self._plan.area_of

    @property
    def places(self) -> Mapping[str, Place]:
        """Unit to where it stands."""
        return self._plan.places

    @property
    def texts(self) -> SiteTexts:
        """What the site says of itself."""
        return self._plan.texts

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
