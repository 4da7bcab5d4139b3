"""What the pages of the administration share: who asks, in which words, and what their form says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from hub.people import Person
from hub.store.audit import By
from hub.web.auth import address_of
from hub.web.dates import Dates
from hub.web.pages.rendering import pages_of
from hub.web.rights import may_see
from hub.web.services import Services
from hub.words import Words
from wire.topics import check_name

FIELDS_MAX = 2000
ONE_LINE_MAX = 400


def _(msgid: str) -> str:
    """Marks a text for the catalogues."""
    return msgid


SAID: Mapping[str, str] = {
    "saved": _("Saved."),
    "removed": _("Removed."),
    "sent": _("Sent to the unit."),
    "counter": _("Please choose a counter."),
    "case-ended": _("This case has ended: no meeting is begun under it."),
    "planned": _("Planned."),
    "ended": _("Ended."),
    "password": _("Your password is changed. Your other sign-ins have ended."),
    "disabled": _("The person may no longer sign in."),
    "enabled": _("The person may sign in again. Please give them a one-time password."),
}
"""What the next page says of an action; the address carries only the word."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One request of somebody who is signed in."""

    request: Request
    hub: Services
    person: Person
    words: Words
    dates: Dates

    @classmethod
    def of(cls, request: Request) -> Desk:
        """For a route that declares its roles."""
        hub: Services = request.app.state.services
        words = pages_of(request).words(request)
        person: Person = request.state.sign_in.person
        return cls(request, hub, person, words, Dates(words, hub.settings.zone))

    @property
    def by(self) -> By:
        """For the audit."""
        return By.person(self.person, address_of(self.request))

    @property
    def now(self) -> datetime:
        """UTC."""
        return self.hub.clock.now().wall

    def sees(self, unit: str) -> bool:
        """Whether a unit is of the areas that the person answers for."""
        return may_see(self.person, self.hub.house.area_of.get(unit))

    def area_names(self) -> dict[str, str]:
        """Id to name, of the areas that the person answers for, in the order of the settings."""
        areas = self.hub.settings.areas
        return {one.id: self.named(one.name, one.name_en) for one in areas if may_see(self.person, one.id)}

    def named(self, name: str, name_en: str) -> str:
        """Of the two names the one in the language of the page."""
        return name_en or name if self.words.language == "en" else name or name_en

    def place(self, unit: str) -> str:
        """Area, number and name of a counter in one line; the unit's name where nothing is known."""
        english = self.words.language == "en"
        parts = [name.en if english else name.ja for name in self.hub.house.place(unit)]
        return " ".join(part for part in parts if part)

    def show(self, template: str, status: int = 200, **context: Any) -> Response:
        """The page, with what the last action said."""
        said = SAID.get(self.request.query_params.get("said", ""))
        shown = {"said": self.words(said) if said else "", "dates": self.dates, "desk": self} | context
        return pages_of(self.request).render(self.request, template, self.person, status, **shown)

    def go(self, path: str, said: str) -> Response:
        """After an action: to the page that shows what came of it."""
        return RedirectResponse(f"{path}{'&' if '?' in path else '?'}said={said}", 303)


class Form:
    """A form: what stands in its fields, and what is wrong with it. Every method that reads a field notes the
    fault and gives a harmless value, so that all faults are shown at once."""

    def __init__(self, words: Words, values: Mapping[str, Iterable[str] | str | float | None]) -> None:
        self.words = words
        self._values = {
            name: [_text(value)] if isinstance(value, str | int | float) or value is None else list(value)
            for name, value in values.items()
        }
        self.faults: dict[str, str] = {}
        self.problem = ""
        """What is wrong with the whole of it."""

    @classmethod
    async def typed(cls, desk: Desk) -> Form:
        """As it was sent."""
        sent = await desk.request.form(max_fields=FIELDS_MAX, max_files=0)
        names = dict.fromkeys(sent)
        return cls(desk.words, {name: [str(one) for one in sent.getlist(name)] for name in names})

    def value(self, name: str) -> str:
        """What stands in the field."""
        found = self._values.get(name) or [""]
        return found[0]

    def values(self, name: str) -> list[str]:
        """Which boxes of that name are ticked."""
        return self._values.get(name, [])

    def fault(self, name: str) -> str:
        """What is wrong with the field; empty: nothing."""
        return self.faults.get(name, "")

    @property
    def good(self) -> bool:
        """Nothing is wrong."""
        return not self.faults and not self.problem

    def wrong(self, name: str, fault: str) -> None:
        """Something is; the first fault of a field stays."""
        self.faults.setdefault(name, fault)

    def line(self, name: str, *, needed: bool = True, most: int = 80) -> str:
        """One line of text."""
        text = self.value(name).strip()
        if needed and not text:
            self.wrong(name, self.words("Please fill this in."))
        elif len(text) > most:
            self.wrong(name, self.words("At most {n} characters, please.", n=most))
        elif not text.isprintable():
            self.wrong(name, self.words("This holds a character that cannot be shown."))
        else:
            return text
        return ""

    def identity(self, name: str) -> str:
        """A name of the wire: of an area, a unit, a group."""
        text = self.line(name, most=32)
        try:
            return check_name(name, text) if text else ""
        except ValueError:
            self.wrong(name, self.words("Small letters, digits and hyphens, at most 32, please."))
            return ""

    def number(self, name: str, low: float, high: float, *, needed: bool = True) -> float | None:
        """A number within bounds; None where it may be left empty and is."""
        text = self.value(name).strip()
        if not text and not needed:
            return None
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if not low <= number <= high:
            self.wrong(
                name, self.words("A number from {low} to {high}, please.", low=f"{low:g}", high=f"{high:g}")
            )
            return None
        return number

    def choice(self, name: str, allowed: Collection[str]) -> str:
        """One of these."""
        text = self.value(name)
        if text not in allowed:
            self.wrong(name, self.words("Please choose one of these."))
            return next(iter(allowed), "")
        return text

    def some(self, name: str, allowed: Collection[str]) -> list[str]:
        """Any of these, in their order; what is no longer there is left out."""
        ticked = set(self.values(name))
        return [one for one in allowed if one in ticked]

    def moment(self, desk: Desk, name: str, *, needed: bool = True) -> datetime | None:
        """A date and a time of day where the hub stands."""
        text = self.value(name).strip()
        if not text and not needed:
            return None
        try:
            local = datetime.fromisoformat(text)
        except ValueError:
            local = datetime.min.replace(tzinfo=UTC)
        if local.tzinfo is not None or not 1970 <= local.year < 3000:
            self.wrong(name, self.words("A date and a time, please."))
            return None
        return local.replace(tzinfo=desk.hub.settings.zone)


def _text(value: str | float | None) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def stamp(shown: object) -> str:
    """Changes with what it is of: a form carries it, so that nobody overwrites what they have not seen."""
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:16]
