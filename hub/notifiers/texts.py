"""What a message says: a title for a display or a subject line, and lines for whoever reads on.

Names of places, notes and names of people come from outside. They are text of one line here: no control
characters, nothing that turns the direction of writing, bounded.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from hub.notices import Notice, Reason, Severity
from hub.words import KINDS, PARTS, Words

TITLE_CHARS_MAX = 70
PLACE_CHARS_MIN = 12
KINDS_CHARS_MAX = 24
LINE_CHARS_MAX = 400
_BLANKS = re.compile(" {2,}")

TAGS: Mapping[Reason, str] = {
    "alarm": "Alarm",
    "attention": "Attention",
    "rise": "Attention became an alarm",
    "sign": "{severity}, new sign",
    "escalation": "{severity}, not answered",
    "arrival": "{severity}, arrival not confirmed",
    "trouble": "Equipment trouble",
    "recovered": "Works again",
    "drill": "Drill",
    "test": "Test of notification",
    "answered": "Somebody answers",
    "stand_down": "It is over",
    "root": "Root of the ledger",
}
"""First word of a title."""
SEVERITIES: Mapping[Severity, str] = {
    "alarm": "Alarm",
    "attention": "Attention",
    "trouble": "Equipment trouble",
    "drill": "Drill",
    "none": "Alarm",
}

SAYS: Mapping[Reason, str] = {
    "alarm": "There is an alarm at a counter.",
    "attention": "The unit has noticed a raised voice. No button has been pressed.",
    "rise": "What was shown as attention has become an alarm.",
    "sign": "Something new has happened at a counter where somebody is answering already.",
    "escalation": "Nobody has answered yet.",
    "arrival": "A person who is coming has not been confirmed as arrived.",
    "trouble": "There is a trouble with equipment. An alarm from this counter may not get through.",
    "recovered": "The equipment works again.",
    "drill": "This is a drill.",
    "test": "This is a test of this way of notification. There is no incident.",
    "answered": "Somebody is answering. You are not needed for now.",
    "stand_down": "The incident is over.",
    "root": "This is the root of the ledger of recordings for one day. Please keep this message.",
}

_GO = (
    "Press “I am going” on the live page and go to the counter with at least one other person. "
    "If the page cannot be opened, use the telephone."
)
NEXT: Mapping[Reason, str] = {
    "alarm": _GO,
    "attention": "Please look how things are at the counter.",
    "rise": _GO,
    "sign": _GO,
    "escalation": _GO,
    "arrival": "Please look how things are at the counter, and help where it is needed.",
    "trouble": "Until it works again, use the telephone in an emergency. The administrator must look at it.",
    "recovered": "Nothing needs to be done.",
    "drill": "Please act as you would in a real alarm.",
    "test": "Nothing needs to be done.",
    "answered": "Nothing needs to be done.",
    "stand_down": "Nothing needs to be done.",
    "root": "Nothing needs to be done.",
}
POLICE = "Where somebody may be hurt, call 110 at once."

TROUBLES: Mapping[str, str] = PARTS | {
    "silent": "Unit not answering",
    "power": "Supply voltage",
    "heat": "Temperature",
    "lights": "Lights",
    "vad": "Voice detector",
    "disk-space": "Free storage",
    "certificate": "Certificate near its end",
    "backlog": "Records waiting in the unit",
    "missing-events": "Missing records",
    "clock-offset": "Difference of the clock",
    "untested-panic": "Emergency button not tested for a month",
    "untested-assist": "Assist button not tested for a month",
    "flood": "Too many messages",
    "configuration": "Settings refused by the unit",
    "broker": "Connection to the message broker",
    "ladder": "Nobody who can be called",
    "recording-refused": "Recordings of the unit refused",
    "recording-altered": "A stored recording was altered",
    "recording-store": "Recordings cannot be stored",
    "recording-keys": "Keys of the recordings",
    "recording-deletion": "Recordings cannot be deleted",
    "recording-stamp": "Time stamps of the ledger",
    "recording-exports": "Exports of recordings",
}
"""Kinds of a trouble; one that is not here is shown as it is."""

WAYS: Mapping[str, str] = {
    "mail": "Mail",
    "webhook": "Webhook",
    "annunciator": "Annunciator",
    "tower": "Signal tower",
    "apprise": "apprise",
    "page": "Live page",
}
"""How a way of notification is called, by its channel."""
_NOTIFIER = "notifier-"
WAY_SAYS = "A way of notification does not work. Alarms are told in the other ways."
WAY_NEXT = "The administrator must look at it."

_IN_DANGER = ("alarm", "rise", "sign", "escalation", "arrival")
_OF_EQUIPMENT = ("trouble", "recovered")


@dataclass(frozen=True, slots=True)
class Text:
    """One message."""

    title: str
    """At most ``TITLE_CHARS_MAX`` characters."""
    lines: tuple[str, ...]
    """Each at most ``LINE_CHARS_MAX`` characters, without line ends."""

    @property
    def body(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines) + "\n"


def plain(text: str, longest: int = LINE_CHARS_MAX) -> str:
    """One line of visible text, cut with "…" where it is longer.

    Control characters and ends of lines become blanks; what is invisible and changes how its neighbours are
    shown (Unicode category Cf: directions, joiners, tags) goes, as do halves of surrogate pairs.
    """
    kept = []
    for sign in text[: 4 * longest]:
        category = unicodedata.category(sign)
        if category in ("Cc", "Zl", "Zp"):
            kept.append(" ")
        elif category not in ("Cf", "Cs"):  # "Co" stays: names are written with private characters, too
            kept.append(sign)
    line = _BLANKS.sub(" ", "".join(kept)).strip()
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def text_of(notice: Notice, words: Words, zone: ZoneInfo) -> Text:
    """The message in the language of ``words``, with times of ``zone``."""
    what = _kinds(notice, words)
    at = notice.opened.astimezone(zone)
    return Text(_title(notice, words, at), tuple(plain(line) for line in _lines(notice, words, what, at)))


def _title(notice: Notice, words: Words, at: datetime) -> str:
    """What it is, where, what came first and when; a long place is cut so that the rest is there."""
    what = _kinds(replace(notice, kinds=notice.kinds[:1]), words)
    severity = words(SEVERITIES[notice.severity])
    tag = words(TAGS[notice.reason], severity=severity)
    tag = f"【{tag}】" if words.language == "ja" else f"[{tag}] "
    rest = " ".join(part for part in (plain(what, KINDS_CHARS_MAX), f"{at:%H:%M}") if part)
    room = max(PLACE_CHARS_MIN, TITLE_CHARS_MAX - len(tag) - len(rest) - 1)
    return plain(f"{tag}{place_of(notice, room)} {rest}", TITLE_CHARS_MAX)


def place_of(notice: Notice, longest: int = LINE_CHARS_MAX) -> str:
    """Area, number and name of the counter; the unit's name where there is none of them."""
    named = [plain(name(notice.language)) for name in notice.place]
    return plain(" ".join(name for name in named if name) or notice.unit, longest)


def _kinds(notice: Notice, words: Words) -> str:
    if notice.reason in _OF_EQUIPMENT:
        return " · ".join(trouble_name(kind, words) for kind in notice.kinds)
    return " · ".join(words(KINDS[kind]) if kind in KINDS else plain(kind, 40) for kind in notice.kinds)


def trouble_name(part: str, words: Words) -> str:
    """What is wrong, as people call it."""
    if part.startswith(_NOTIFIER):
        channel, _, name = part.removeprefix(_NOTIFIER).partition("-")
        way = words(WAYS[channel]) if channel in WAYS else plain(channel, 40)
        return words("Notification: {way}", way=f"{way} {plain(name, 40)}".strip())
    return words(TROUBLES[part]) if part in TROUBLES else plain(part, 40)


def _way_fails(notice: Notice) -> bool:
    return notice.reason == "trouble" and all(kind.startswith(_NOTIFIER) for kind in notice.kinds)


def _lines(notice: Notice, words: Words, what: str, at: datetime) -> list[str]:
    says, what_next = (
        (WAY_SAYS, WAY_NEXT) if _way_fails(notice) else (SAYS[notice.reason], NEXT[notice.reason])
    )
    lines = [words(says), words("Place: {place}", place=place_of(notice))]
    if what:
        lines.append(words("What: {what}", what=what))
    lines.append(words("Since: {time} ({t} ago)", time=_time(at, words), t=span(notice.running_s, words)))
    if notice.late_s:
        lines.append(words("It arrived late by {t}.", t=span(notice.late_s, words)))
    if notice.presses > 1:
        lines.append(words("Presses: {n}", n=notice.presses))
    if notice.level_dba is not None:
        lines.append(words("Level: {level} dB(A)", level=round(notice.level_dba)))
    if notice.tier is not None:
        called = plain(notice.tier(notice.language), 80)
        if notice.round > 1:
            lines.append(words("Being called: {tier} (round {round})", tier=called, round=notice.round))
        else:
            lines.append(words("Being called: {tier}", tier=called))
    if notice.answered_by is not None:
        lines.append(words("Answered by: {name}", name=plain(notice.answered_by, 80)))
    elif notice.reason in _IN_DANGER:
        lines.append(words("Answered by: nobody yet"))
    if notice.note:
        lines.append(words("Note: {note}", note=plain(notice.note)))
    lines.append(words("Next: {next}", next=words(what_next)))
    if notice.reason in _IN_DANGER:
        lines.append(words(POLICE))
    if notice.url is not None:
        lines.append(words("Page: {url}", url=plain(notice.url)))
    return lines


def _time(at: datetime, words: Words) -> str:
    """``2026年11月22日（日）14:05:32`` or ``Sun 22 Nov 2026 14:05:32``."""
    pattern = "y年M月d日（E）HH:mm:ss" if words.language == "ja" else "EEE d MMM y HH:mm:ss"
    return format_datetime(at, pattern, locale=words.language)


def span(seconds: float, words: Words) -> str:
    """How long, as people say it."""
    whole = max(0, int(seconds))
    minutes, rest = divmod(whole, 60)
    if minutes >= 60:
        return words("{h} h {m} min", h=minutes // 60, m=minutes % 60)
    if minutes and rest:
        return words("{m} min {s} s", m=minutes, s=rest)
    return words("{m} min", m=minutes) if minutes else words("{s} s", s=rest)
