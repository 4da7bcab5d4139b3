"""The first paint: what the server writes into the slots of a page before its script takes over.

``static/say.js`` says the same in the browser, from the same objects and the same catalogue; a browser test
holds the two against each other.
"""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from hub.words import KINDS, PARTS, Words

Shown = dict[str, Any]
"""A counter or an incident as the API gives it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a counter is, as words."""

    number: str
    name: str
    area: str


@dataclass(frozen=True, slots=True)
class Paint:
    """Texts of one page, in one language, at one moment."""

    words: Words
    now: datetime
    """Aware; the hub's clock."""
    zone: tzinfo
    """Where the hub stands."""

    def label(self, shown: Shown, field: str) -> str:
        """``name`` or ``number`` in the page's language; a unit that is not registered has its own name
        for a number."""
        if field == "number" and shown.get("known") is False:
            return str(shown["unit"])
        english = str(shown.get(f"{field}_en") or "") if self.words.language == "en" else ""
        return english or str(shown.get(field) or "")

    def tile_state(self, counter: Shown) -> str:
        """``free``, ``meeting``, ``near`` or ``over`` the limit."""
        session = counter["session"]
        if session is None:
            return "free"
        lasted = self._seconds_since(session["started"])
        if lasted >= session["limit_s"]:
            return "over"
        return "near" if lasted >= session["limit_s"] - session["warn_s"] else "meeting"

    def meeting(self, counter: Shown) -> str:
        """How long the meeting has lasted, and its limit when that matters."""
        state = self.tile_state(counter)
        if state == "free":
            return self.words("Free")
        session = counter["session"]
        lasted, limit = self._seconds_since(session["started"]), session["limit_s"]
        if state == "over":
            over = int((lasted - limit) // 60)
            return self.words("Meeting {m} min, {over} min over the limit", m=int(lasted // 60), over=over)
        if state == "near":
            return self.words("Meeting {m} of {limit} min", m=int(lasted // 60), limit=int(limit // 60))
        return self.words("Meeting {m} min", m=int(lasted // 60))

    def agreed(self, counter: Shown) -> str:
        """What was agreed for the meeting; empty where nothing was. Never how the visitor is called."""
        session = counter["session"]
        if session is None or session.get("agreed") is None:
            return ""
        said = [self.words("Under an agreement")]
        said.append(
            self.words("at most {minutes}", minutes=self.words("{m} min", m=int(session["limit_s"] // 60)))
        )
        if session["agreed"]["two_staff"]:
            said.append(self.words("two of the staff"))
        return " · ".join(said)

    def trouble(self, counter: Shown) -> str:
        """What is wrong with the unit; empty when nothing is."""
        said = []
        if counter["link"] == "never":
            said.append(self.words("Unit has never reported"))
        elif counter["link"] != "online":
            silent = counter["link"] == "silent"
            text = self.words("Unit not answering") if silent else self.words("Unit not connected")
            if counter["since"]:
                text += " " + self.words("for {t}", t=self.roughly(self._seconds_since(counter["since"])))
            said.append(text)
        if counter["faults"]:
            parts = ", ".join(self.words(PARTS.get(part, part)) for part in counter["faults"])
            said.append(self.words("Equipment fault: {parts}", parts=parts))
        return " · ".join(said)

    def kinds(self, incident: Shown) -> str:
        """What happened; findings of the machine are always marked as estimates."""
        drill = ["Drill"] if incident["severity"] == "drill" else []
        return " · ".join(
            self.words(kind) for kind in (*drill, *(KINDS.get(k, k) for k in incident["kinds"]))
        )

    def running(self, incident: Shown) -> str:
        """Time since the first event, ``m:ss`` or ``h:mm:ss``."""
        seconds = int(self._seconds_since(incident["opened"]))
        hours, rest = divmod(seconds, 3600)
        minutes, seconds = divmod(rest, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"

    def answer(self, incident: Shown) -> str:
        """Who comes, or who is being told."""
        name = incident.get("helper") or incident["acknowledged_by"]
        tier = incident["tier"]
        called = self.label(tier, "name") if tier is not None else ""
        if incident["state"] in ("acknowledged", "responding"):
            there = incident["state"] == "responding"
            words = self.words
            comes = (
                words("At the counter: {name}", name=name)
                if there
                else words("On the way: {name}", name=name)
            )
            return f"{comes} · {words('Calling again: {tier}', tier=called)}" if called else comes
        if tier is None:
            return self.words("Nobody has answered yet")
        values = {"tier": called, "round": tier["round"]}
        if tier["round"] > 1:
            return self.words("Nobody has answered yet. Calling: {tier} (round {round})", **values)
        return self.words("Nobody has answered yet. Calling: {tier}", tier=called)

    @staticmethod
    def calls(incident: Shown) -> bool:
        """Somebody still has to answer: nobody has, or what was answered calls again."""
        waits = incident["state"] == "open" or incident["tier"] is not None
        return bool(waits and incident["severity"] != "drill")

    def put_off(self, incident: Shown) -> str:
        """Until when a person has put the call off; empty: nobody has."""
        until = incident.get("snoozed_until")
        if until is None or datetime.fromisoformat(until) <= self.now:
            return ""
        return self.words("Put off until {clock}: no sound until then", clock=self.clock(until))

    def late(self, incident: Shown) -> str:
        """How much too late the hub heard of it, and the true time."""
        return self.words(
            "Arrived late by {t}; it happened at {clock}",
            t=self.duration(incident["late_s"]),
            clock=self.clock(incident["opened"]),
        )

    def level(self, incident: Shown) -> str:
        """The sound level, with a mark when the microphone was never calibrated."""
        values = {"level": f"{incident['level_dba']:.0f}"}
        if incident["calibrated"] is False:
            return self.words("{level} dB(A), not calibrated", **values)
        return self.words("{level} dB(A)", **values)

    def duration(self, seconds: float) -> str:
        """Seconds in words, two units at most."""
        whole = max(int(seconds), 0)
        if whole < 60:
            return self.words("{s} s", s=whole)
        if whole < 3600:
            return self.words("{m} min {s} s", m=whole // 60, s=whole % 60)
        return self.words("{h} h {m} min", h=whole // 3600, m=whole % 3600 // 60)

    def roughly(self, seconds: float) -> str:
        """A duration with no seconds beyond the first minute."""
        whole = int(seconds)
        return self.words("{m} min", m=whole // 60) if 60 <= whole < 3600 else self.duration(whole)

    def clock(self, instant: str) -> str:
        """An instant of the API as the time of day where the hub stands, ``14:05:32``."""
        return datetime.fromisoformat(instant).astimezone(self.zone).strftime("%H:%M:%S")

    def _seconds_since(self, instant: str) -> float:
        return max((self.now - datetime.fromisoformat(instant)).total_seconds(), 0.0)
