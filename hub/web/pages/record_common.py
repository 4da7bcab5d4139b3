"""What the pages about incidents share: who may see what, words of places, messages after an act."""

from dataclasses import dataclass

from fastapi import HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from hub.incidents import Incident
from hub.keeping import Keeping
from hub.notices import Language
from hub.people import Person, Role
from hub.web.auth import needs
from hub.web.dates import Dates
from hub.web.lookup import incident_for
from hub.web.pages.rendering import pages_of
from hub.web.rights import may_see
from hub.web.services import Services
from hub.words import KINDS, Words

READERS = (Role.STAFF, Role.SUPERVISOR, Role.AUDITOR)
"""Who sees incidents of their areas. Whoever looks after the equipment need not read what visitors did."""
WRITERS = (Role.STAFF, Role.SUPERVISOR)
ACTORS = (Role.SUPERVISOR,)
CASE_READERS = (Role.SUPERVISOR, Role.AUDITOR)

readers, writers, actors = needs(*READERS), needs(*WRITERS), needs(*ACTORS)
case_readers = needs(*CASE_READERS)

SAID = {
    "saved": ("well", "Saved."),
    "taken": ("warning", "Saved, together with what somebody else has changed in other fields meanwhile."),
    "done": ("well", "Done."),
    "undone": ("well", "Taken back. The timeline shows both."),
    "already": ("warning", "Somebody was faster: this is how it stands now."),
    "locked": ("warning", "The record is locked: it must be returned or opened again first."),
    "not-yours": ("warning", "Somebody else must approve: nobody checks their own writing."),
    "view": ("well", "The view is kept."),
    "views": ("warning", "So many views are kept already: forget one first."),
    "view-name": ("warning", "Please give the view a name of at most 80 characters."),
    "linked": ("well", "Linked."),
    "unlinked": ("well", "No longer linked."),
    "sent": ("well", "Sent to the unit."),
    "counter": ("warning", "Please choose a counter."),
    "case-ended": ("warning", "This case has ended: no meeting is begun under it."),
}
"""Code in the address to how it is shown, and its msgid. Nothing of the address itself is ever shown."""

FAULTS = {
    "words": "Please write why, or what.",
    "person": "Please choose a person.",
    "outcome": "Please choose what it was.",
    "long": "Please shorten it: at most 1000 characters.",
    "step": "This step cannot be pressed any more.",
    "kind": "Please choose what is to be done.",
    "owner": "Please name who does it, in at most 80 characters.",
    "text": "Please say what is to be done, in one line of at most 400 characters.",
    "due": "Please give a date.",
    "remark": "Please write why, in at most 1000 characters.",
    "field": "Please shorten it, and leave out characters that cannot be printed.",
    "alias": "Please describe the visitor in at most 80 characters, without a telephone number or the like.",
    "note": "Please shorten it: at most 2000 characters.",
    "agreed": "Please shorten it: at most 2000 characters.",
    "limit": "Please give 1 to 480 minutes, or nothing.",
    "readers": "Whoever writes a case must be among those who may read it.",
}
"""What is wrong with a field, as a tired person can put it right; msgids."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a request about incidents needs again and again."""

    services: Services
    person: Person
    words: Words
    dates: Dates

    @property
    def keeping(self) -> Keeping:
        """What stores the writing of people."""
        hub = self.services
        return Keeping(hub.store, hub.house, hub.clock, hub.board.publish)

    def fault(self, code: str) -> str:
        """What is wrong, in words."""
        return self.words(FAULTS[code])

    def area_of(self, unit: str) -> str | None:
        """Id of the area in which a unit stands."""
        return self.services.house.area_of.get(unit)

    def hidden_units(self) -> list[str]:
        """Units of areas that the person does not answer for."""
        house = self.services.house
        return [unit for unit, area in house.area_of.items() if not may_see(self.person, area)]

    def place(self, unit: str, *, area: bool = True) -> str:
        """Where a unit stands, in words."""
        language: Language = "en" if self.words.language == "en" else "ja"
        place = self.services.house.place(unit)
        parts = (place.area(language) if area else "", place.number(language), place.name(language))
        return " ".join(filter(None, parts))

    def signs(self, incident: Incident) -> str:
        """What the incident has gathered, in words."""
        return " · ".join(self.words(KINDS.get(kind, kind)) for kind in incident.kinds)

    async def incident(self, number: int) -> Incident:
        """Raises 404 for one that is not there, and for one of an area that the person may not see."""
        found = await incident_for(self.services, self.person, number)
        if found is None:
            raise HTTPException(404)
        return found


def desk_of(request: Request, person: Person) -> Desk:
    """For one request."""
    services: Services = request.app.state.services
    words = pages_of(request).words(request)
    return Desk(services, person, words, Dates(words, services.settings.zone))


def said_of(request: Request, words: Words) -> tuple[str, str] | None:
    """How to show what the last act has led to, and its words."""
    known = SAID.get(request.query_params.get("said", ""))
    return None if known is None else (known[0], words(known[1]))


def lead(path: str, said: str, part: str = "") -> Response:
    """On to a page, with a message."""
    return RedirectResponse(f"{path}?said={said}{'#' + part if part else ''}", 303)
