"""People, groups and ladders for tests of who is called."""

from datetime import UTC, date, datetime, time

from hub.escalation.ladder import Callee, Ladder, Tier
from hub.escalation.roster import Hours, Member, Roster
from hub.notices import Both, Place, Target

NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
"""A Tuesday, 12:00 in Tokyo."""

PLACE = Place(Both("市民課", "Citizens' Affairs"), Both("1番", "No. 1"), Both("住民票", "Residence records"))

OFFICE = (Hours(frozenset(range(5)), time(8, 30), time(17, 15)),)


def mail(name: str) -> Target:
    return Target("mail", f"{name}@city.example")


def member(name: str, hours: tuple[Hours, ...] = ()) -> Member:
    return Member(name, name.title(), (mail(name),), hours=hours)


MEMBERS = {name: member(name) for name in ("aoki", "baba", "chiba", "doi", "endo")}

LADDER = Ladder(
    "main",
    (
        Tier("係長", "Team leader", 30.0, (Callee("person", "aoki"), Callee("tower", "hall"))),
        Tier("課長", "Section head", 60.0, (Callee("group", "heads"),)),
        Tier("部長", "Department head", 120.0, (Callee("person", "endo"),)),
    ),
)
PEOPLE_LADDER = Ladder(
    "people",
    (
        Tier("係長", "Team leader", 30.0, (Callee("person", "aoki"), Callee("person", "baba"))),
        Tier("課長", "Section head", 60.0, (Callee("group", "heads"),)),
        Tier("部長", "Department head", 120.0, (Callee("person", "endo"),)),
    ),
    arrive_within_s=180.0,
)
ROSTER = Roster(MEMBERS, {"heads": ("chiba", "doi")}, frozenset({date(2026, 11, 23)}))
