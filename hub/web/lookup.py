"""What pages and API look up in the same way: an incident that concerns who asks, and a person's name."""

from hub.incidents import Incident
from hub.people import Person
from hub.store import incidents, people
from hub.store.incidents import NoSuchIncident
from hub.web.rights import may_see
from hub.web.services import Services


async def incident_for(hub: Services, person: Person, number: int) -> Incident | None:
    """None for one that is not there, and for one of an area that the person may not see."""
    try:
        found = await hub.store.read(lambda tx: incidents.get(tx, hub.house.site, number, lock=False))
    except NoSuchIncident:
        return None
    return found if may_see(person, hub.house.area_of.get(found.unit)) else None


async def name_of(hub: Services, login: str) -> str | None:
    """Of somebody who can sign in or be called."""
    wanted = login.lower()[:64]
    member = hub.house.roster.members.get(wanted)
    if member is not None:
        return member.name
    account = await hub.store.read(lambda tx: people.account(tx, wanted))
    return account.person.name if account is not None else None
