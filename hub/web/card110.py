"""The 110 card: what to say on the telephone, in the order in which the police ask for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.house import SiteTexts
from hub.incidents import Incident
from hub.notices import Language, Place
from hub.record.guide import STEPS, WARNINGS, Guide
from hub.settings import Area, Office
from hub.web.dates import Dates
from hub.words import KINDS, Words


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the police and its answer."""

    label: str
    answer: str
    missing: bool = False
    """The settings do not know it: whoever calls must."""


@dataclass(frozen=True, slots=True)
class Card110:
    """Writes the card in one language."""

    words: Words
    dates: Dates
    office: Office
    """Of the settings file."""
    texts: SiteTexts
    """What administrators have written instead."""

    def lines(self, incident: Incident, place: Place, area: Area | None, guide: Guide) -> Sequence[Asked]:
        """In reading order."""
        words = self.words
        language: Language = "en" if words.language == "en" else "ja"
        texts = self.texts
        house = texts.building(language) or self._name(self.office)
        parts = (house, *(self._of(area, name) for name in ("building", "floor")))
        building = " ".join(part for part in parts if part)
        address = (area.address if area else "") or texts.address(language) or self.office.address
        counter = " ".join(filter(None, (place.area(language), place.number(language), place.name(language))))
        return (
            Asked(words("What is it"), words("“An incident”: a visitor to the office")),
            self._known(words("Address"), address),
            self._known(words("Building and floor"), building),
            Asked(words("Counter"), counter),
            Asked(words("What happens"), self.situation(incident, guide)),
            self._known(words("Call back"), (area.telephone if area else "") or self.office.telephone),
        )

    def situation(self, incident: Incident, guide: Guide) -> str:
        """What happens, in sentences: only what is known; whoever calls adds what they see."""
        words = self.words
        said = [words("Since {clock}.", clock=self.dates.minute(incident.opened))]
        signs = "、" if words.language == "ja" else ", "
        found = signs.join(words(KINDS[kind]) for kind in incident.kinds if kind in KINDS)
        said.append(words("Signs: {signs}.", signs=found))
        for step in STEPS:
            times = len(guide.of(step.code))
            if step.code in WARNINGS and times:
                said.append(words("{step}: {n} times.", step=words(step.name), n=times))
        return ("" if words.language == "ja" else " ").join(said)

    def _known(self, label: str, answer: str) -> Asked:
        if answer:
            return Asked(label, answer)
        return Asked(label, self.words("Not in the settings: please say it yourself"), missing=True)

    def _name(self, office: Office) -> str:
        return (office.name_en if self.words.language == "en" else "") or office.name

    def _of(self, area: Area | None, field: str) -> str:
        if area is None:
            return ""
        english = str(getattr(area, f"{field}_en")) if self.words.language == "en" else ""
        return english or str(getattr(area, field))
