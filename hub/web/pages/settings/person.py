"""One person as the settings pages show them: account, way of being called, absences."""

from collections.abc import Mapping
from typing import Any

from fastapi.responses import Response

from hub.escalation.roster import Absence, Member
from hub.people import Account, Person
from hub.store import absences
from hub.store import people as accounts
from hub.web.pages.desk import Desk, Form, stamp
from hub.web.pages.settings.calls import call_values, is_called
from hub.web.pages.settings.places import ADD
from hub.web.pages.settings.tables import find
from hub.words import own_names


async def account_of(desk: Desk, login: str) -> Account | None:
    """The person with that login."""
    if not login.isprintable():
        return None
    return await desk.hub.store.read(lambda tx: accounts.account(tx, login))


def said_of(person: Person) -> dict[str, Any]:
    """What the audit says of them."""
    areas = None if person.areas is None else sorted(person.areas)
    return {"name": person.name, "role": person.role.value, "areas": areas}


def values_of(person: Person) -> dict[str, Any]:
    """What their form shows."""
    return {
        "login": person.login,
        "name": person.name,
        "role": person.role.value,
        "areas": sorted(person.areas or ()),
        "everywhere": "1" if person.areas is None else "",
        "was": stamp(said_of(person)),
    }


def row_of(
    desk: Desk, one: Account, members: Mapping[str, Member], away: dict[str, Absence]
) -> dict[str, Any]:
    """Their line in the list."""
    waiting = one.one_time_hash is not None and (one.one_time_expires or desk.now) > desk.now
    state = (
        "disabled"
        if one.disabled_at
        else "waiting"
        if waiting
        else "password"
        if one.password_hash
        else "none"
    )
    return {
        "person": one.person,
        "state": state,
        "called": is_called(members.get(one.person.login)),
        "away": away.get(one.person.login),
    }


async def person_page(
    desk: Desk,
    form: Form,
    account: Account | None,
    login: str,
    status: int = 200,
    *,
    call: Form | None = None,
    away: Form | None = None,
) -> Response:
    """Their page; ``call`` and ``away`` are forms that were sent and have faults."""
    site, now = desk.hub.house.site, desk.now
    gone = await desk.hub.store.read(lambda tx: absences.current(tx, site, now))
    stored = find(desk, "people", "login", login)
    return desk.show(
        "settings-person.html",
        status,
        tab="people",
        form=form,
        id=login,
        fresh=login == ADD,
        row=None if account is None else row_of(desk, account, desk.hub.house.roster.members, {}),
        areas=desk.area_names(),
        call=call or Form(desk.words, call_values(stored)),
        is_called=stored is not None,
        settings=desk.hub.settings,
        webhooks=[(one.name, one.name) for one in desk.hub.settings.webhooks],
        spoken=own_names(),
        absences=[(number, one) for number, one in gone.items() if one.login == login],
        away=away or Form(desk.words, {}),
        me=account is not None and account.person.id == desk.person.id,
    )
