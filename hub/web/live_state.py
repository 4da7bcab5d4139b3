"""What the live page is about, for one person: the body of ``GET /api/v1/live``."""

from typing import Any

from hub.people import Person
from hub.web.rights import areas_of, may_see
from hub.web.services import Services


async def live_state(hub: Services, person: Person) -> dict[str, Any]:
    """Areas, counters, floor plans and unresolved incidents, as far as they concern the person."""
    areas = {
        area.id: {"name": area.name, "name_en": area.name_en}
        for area in hub.settings.areas
        if may_see(person, area.id)
    }
    return {"areas": areas} | await hub.board.snapshot(areas_of(person))
