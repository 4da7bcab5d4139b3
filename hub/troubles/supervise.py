"""One look at everything: which troubles changed by it, and who is told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from hub.fleet import Unit
from hub.house import House
from hub.troubles.conditions import Condition, HubHealth, Key, judged
from hub.troubles.plan import TroublePlan, plan_trouble
from hub.troubles.trouble import Maintenance, Trouble, muted_until, observe


@dataclass(frozen=True, slots=True)
class Look:
    """What is seen at one moment."""

    found: Mapping[Key, Condition]
    units: Mapping[str, Unit]
    health: HubHealth
    works: tuple[Maintenance, ...] = ()


def supervise(known: Mapping[Key, Trouble], look: Look, house: House, now: datetime) -> list[TroublePlan]:
    """Every trouble that is not as it was. The same look at the same troubles gives the same plans."""
    changed = []
    for key in dict.fromkeys((*known, *look.found)):
        if not judged(key, look.units, look.health):
            continue
        before, condition = known.get(key), look.found.get(key)
        detail = condition.detail if condition is not None else ""
        seen = observe(before, condition is not None, now, key, detail)
        if seen is None:
            continue
        planned = plan_trouble(
            now, seen, house.ladder("trouble", seen.unit), house.roster, muted(look.works, seen, house, now)
        )
        if planned.trouble != before:
            changed.append(planned)
    return changed


def muted(works: Iterable[Maintenance], trouble: Trouble, house: House, now: datetime) -> datetime | None:
    """Until when a trouble is not told because of planned work."""
    return muted_until(works, trouble.unit, house.area_of.get(trouble.unit), now)
