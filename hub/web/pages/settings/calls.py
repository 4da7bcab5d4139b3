"""How a person is called: by mail, webhook or apprise, in which language, during which hours."""

import re
from datetime import time
from typing import Any

from hub.calling_settings import DAYS
from hub.escalation.roster import Member
from hub.notifier_settings import MAIL_ADDRESS
from hub.people import Person
from hub.web.pages.desk import Desk, Form, stamp
from hub.web.pages.settings.tables import Line, drop, find, keep, put
from hub.words import LANGUAGES

HOURS_MAX = 3
"""Parts of the week that the form has room for: more are in the settings file's form only."""


def is_called(member: Member | None) -> bool:
    """Whether anything reaches them."""
    return member is not None and bool(member.targets)


def named_in(desk: Desk, login: str) -> list[str]:
    """Groups and ladders that name somebody."""
    settings, call = desk.hub.settings, f"person:{login}"
    found = [group.id for group in settings.groups if login in (one.lower() for one in group.members)]
    found += [one.name for one in settings.ladders if any(call in tier.call for tier in one.tiers)]
    if any(call in tier.call for tier in settings.ladder):
        found.append("default")
    return found + (["fallback"] if call in settings.fallback else [])


def call_values(stored: Line | None) -> dict[str, Any]:
    """What the form shows."""
    if stored is None:
        return {"language": "ja"}
    values: dict[str, Any] = {key: stored.get(key) for key in ("language", "mail", "webhook", "apprise")}
    for n, hours in enumerate(stored["hours"]):
        values |= {f"days-{n}": hours["days"], f"begin-{n}": hours["begin"][:5], f"end-{n}": hours["end"][:5]}
    return values | {"call-was": stamp(stored)}


async def keep_call(desk: Desk, form: Form, person: Person) -> bool:
    """Store it; False: the form says why not."""
    settings, words = desk.hub.settings, desk.words
    mail = form.line("mail", needed=False, most=320)
    if mail and settings.mail is None:
        form.wrong("mail", words("The hub's settings file names no mail server."))
    elif mail and not _is_address(mail):
        form.wrong("mail", words("A mail address, please."))
    stored = find(desk, "people", "login", person.login)
    made = {
        "login": person.login,
        "name": person.name,
        "language": form.choice("language", LANGUAGES),
        "mail": mail or None,
        "webhook": form.choice("webhook", ["", *(one.name for one in settings.webhooks)]) or None,
        "apprise": form.line("apprise", needed=False) or None,
        "hours": [hours for n in range(HOURS_MAX) if (hours := _hours(desk, form, n))],
    }
    if not form.good:
        return False
    was = form.value("call-was") if stored else ""
    return await keep(desk, form, put("people", "login", "call", made, was), "mail")


async def no_longer_called(desk: Desk, form: Form, login: str) -> bool:
    """Nobody calls them any more."""
    return await keep(desk, form, drop("people", "login", "call", login), "login")


def _hours(desk: Desk, form: Form, n: int) -> Line | None:
    days = form.some(f"days-{n}", DAYS)
    if not days:
        return None
    try:
        begin, end = time.fromisoformat(form.value(f"begin-{n}")), time.fromisoformat(form.value(f"end-{n}"))
    except ValueError:
        form.wrong(f"begin-{n}", desk.words("Two times of day, please."))
        return None
    if end not in (time(0), max(end, begin)) or end == begin:
        form.wrong(f"begin-{n}", desk.words("The end must be later than the beginning."))
    return {"days": days, "begin": begin.isoformat(), "end": end.isoformat()}


def _is_address(text: str) -> bool:
    return re.match(MAIL_ADDRESS, text) is not None
