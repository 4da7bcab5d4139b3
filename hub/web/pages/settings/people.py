"""People: who may sign in as what and for which areas; how they are called; who is absent."""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from hub.escalation.roster import Absence
from hub.people import Account, BadPerson, Person, Role, check_person
from hub.store import absences, audit
from hub.store import people as accounts
from hub.store.audit import Deed
from hub.web.auth import needs
from hub.web.pages.desk import Desk, Form, stamp
from hub.web.pages.rendering import problem
from hub.web.pages.settings.calls import call_values, is_called, keep_call, named_in, no_longer_called
from hub.web.pages.settings.places import ADD
from hub.web.pages.settings.tables import find
from hub.words import own_names

router = APIRouter(prefix="/settings/people", dependencies=[needs(Role.ADMIN)])


class LastAdmin(Exception):
    """Nobody would be left who may set anything."""


@router.get("")
async def people(request: Request) -> Response:
    """Everybody who may sign in or can be called."""
    desk = Desk.of(request)
    known = await desk.hub.store.read(accounts.everybody)
    members, now = desk.hub.house.roster.members, desk.now
    gone = await desk.hub.store.read(lambda tx: absences.current(tx, desk.hub.house.site, now))
    away = {one.login: one for one in gone.values() if one.begin <= now}
    rows = [_row(desk, one, members, away) for one in known]
    logins = {one.person.login for one in known}
    strangers = [(login, one.name) for login, one in members.items() if login not in logins]
    return desk.show(
        "settings-people.html", tab="people", people=rows, strangers=strangers, areas=desk.area_names()
    )


@router.get("/{login}")
async def person_form(request: Request, login: str) -> Response:
    """One person, or the empty form."""
    desk = Desk.of(request)
    account = await _account(desk, login)
    if account is None and login != ADD:
        return problem(request, 404)
    asked = request.query_params.get("login", "")[:64].lower()
    member = desk.hub.house.roster.members.get(asked)
    empty = {"login": asked, "name": member.name if member else "", "role": "staff", "everywhere": "1"}
    values = _values(account.person) if account else empty
    return await _person(desk, Form(desk.words, values), account, login)


@router.post("/{login}")
async def keep_person(request: Request, login: str) -> Response:
    """Add somebody, who gets a one-time password at once, or change somebody."""
    desk = Desk.of(request)
    account = await _account(desk, login)
    if account is None and login != ADD:
        return problem(request, 404)
    form = await Form.typed(desk)
    name = form.line("name")
    role = form.choice("role", [one.value for one in Role])
    areas = None if form.value("everywhere") else frozenset(form.some("areas", list(desk.area_names())))
    asked = account.person.login if account else form.line("login", most=64).lower()
    if asked:
        try:
            check_person(asked, name or "-", role)
        except BadPerson:
            form.wrong("login", desk.words("Letters, digits and signs without blanks, at most 64, please."))
    if asked == ADD:
        form.wrong("login", desk.words("This name is reserved."))
    if account is not None:
        if form.good and await _change(
            desk, form, account, replace(account.person, name=name, role=Role(role), areas=areas)
        ):
            return desk.go(f"/settings/people/{login}", "saved")
        return await _person(desk, form, account, login, 422)
    if form.good:
        password, hashed = await desk.hub.gate.one_time_password()
        fresh = Person(0, asked, name, Role(role), areas)
        if await desk.hub.store.write(lambda tx: _make(tx, desk, fresh, hashed)):
            return desk.show("settings-password.html", tab="people", who=fresh, password=password)
        form.wrong("login", desk.words("There is one of that name already."))
    return await _person(desk, form, None, login, 422)


@router.post("/{login}/one-time-password")
async def one_time_password(request: Request, login: str) -> Response:
    """A fresh one, shown on this page only."""
    desk = Desk.of(request)
    account = await _account(desk, login)
    if account is None or account.disabled_at is not None:
        return problem(request, 404)
    password, hashed = await desk.hub.gate.one_time_password()

    def give(tx: Connection) -> None:
        accounts.give_one_time(tx, login, hashed, name=None, role=None, now=desk.now)
        audit.add(tx, desk.hub.house.site, desk.by, Deed("one-time-password", login), desk.now)

    await desk.hub.store.write(give)
    return desk.show("settings-password.html", tab="people", who=account.person, password=password)


@router.post("/{login}/disable")
async def disable(request: Request, login: str) -> Response:
    """Their sign-ins end at once. What they did stays theirs."""
    desk = Desk.of(request)
    account = await _account(desk, login)
    if account is None:
        return problem(request, 404)
    form = Form(desk.words, _values(account.person))
    if account.person.id == desk.person.id:
        form.problem = desk.words("You cannot disable yourself.")
        return await _person(desk, form, account, login, 422)

    def work(tx: Connection) -> list[str]:
        audit.add(tx, desk.hub.house.site, desk.by, Deed("person-disabled", login), desk.now)
        return accounts.disable(tx, account.person.id, desk.now)

    desk.hub.gate.ended(await desk.hub.store.write(work))
    return desk.go(f"/settings/people/{login}", "disabled")


@router.post("/{login}/enable")
async def enable(request: Request, login: str) -> Response:
    """They may sign in again, with a new one-time password or with their own."""
    desk = Desk.of(request)
    account = await _account(desk, login)
    if account is None:
        return problem(request, 404)

    def work(tx: Connection) -> None:
        accounts.disable(tx, account.person.id, None)
        audit.add(tx, desk.hub.house.site, desk.by, Deed("person-enabled", login), desk.now)

    await desk.hub.store.write(work)
    return desk.go(f"/settings/people/{login}", "enabled")


@router.post("/{login}/call")
async def keep_calling(request: Request, login: str) -> Response:
    """How and when they are called."""
    desk = Desk.of(request)
    account = await _account(desk, login)
    if account is None:
        return problem(request, 404)
    form = await Form.typed(desk)
    if await keep_call(desk, form, account.person):
        return desk.go(f"/settings/people/{login}", "saved")
    return await _person(desk, Form(desk.words, _values(account.person)), account, login, 422, call=form)


@router.post("/{login}/call/remove")
async def stop_calling(request: Request, login: str) -> Response:
    """Only of somebody whom no group and no ladder names."""
    desk = Desk.of(request)
    account = await _account(desk, login)
    if account is None:
        return problem(request, 404)
    form = Form(desk.words, _values(account.person))
    if where := named_in(desk, login):
        form.problem = desk.words("Named in: {where}. Please change that first.", where=", ".join(where))
    elif await no_longer_called(desk, form, login):
        return desk.go(f"/settings/people/{login}", "saved")
    return await _person(desk, form, account, login, 422)


@router.post("/{login}/absences")
async def be_absent(request: Request, login: str) -> Response:
    """They are not called for a while."""
    desk = Desk.of(request)
    account = await _account(desk, login)
    if account is None:
        return problem(request, 404)
    form = await Form.typed(desk)
    begin, until = form.moment(desk, "begin"), form.moment(desk, "until")
    if begin is not None and until is not None:
        if until > max(begin, desk.now):
            await desk.hub.supervision.be_absent(Absence(login, begin, until), desk.person)
            return desk.go(f"/settings/people/{login}", "saved")
        form.wrong("until", desk.words("The end must be later than the beginning and than now."))
    return await _person(desk, Form(desk.words, _values(account.person)), account, login, 422, away=form)


@router.post("/{login}/absences/{number}/remove")
async def be_back(request: Request, login: str, number: int) -> Response:
    """They are there again."""
    desk = Desk.of(request)
    site, now = desk.hub.house.site, desk.now
    found = (await desk.hub.store.read(lambda tx: absences.current(tx, site, now))).get(number)
    if found is None or found.login != login:
        return problem(request, 404)
    await desk.hub.supervision.be_back(number)
    return desk.go(f"/settings/people/{login}", "removed")


async def _account(desk: Desk, login: str) -> Account | None:
    if not login.isprintable():
        return None
    return await desk.hub.store.read(lambda tx: accounts.account(tx, login))


async def _change(desk: Desk, form: Form, account: Account, wanted: Person) -> bool:
    if stamp(_said(account.person)) != form.value("was"):
        form.problem = desk.words(
            "Somebody has changed this meanwhile. Please look at it again, then change it."
        )
        return False

    def work(tx: Connection) -> None:
        loses = account.person.role is Role.ADMIN and wanted.role is not Role.ADMIN
        if loses and accounts.admins_left(tx, wanted.id) == 0:
            raise LastAdmin
        accounts.change(tx, wanted)
        deed = Deed("person-changed", wanted.login, _said(account.person), _said(wanted))
        audit.add(tx, desk.hub.house.site, desk.by, deed, desk.now)

    try:
        await desk.hub.store.write(work)
    except LastAdmin:
        form.wrong("role", desk.words("At least one administrator is needed."))
    return form.good


def _make(tx: Connection, desk: Desk, fresh: Person, hashed: str) -> bool:
    if not accounts.make(tx, fresh, hashed, desk.now):
        return False
    audit.add(
        tx, desk.hub.house.site, desk.by, Deed("person-added", fresh.login, after=_said(fresh)), desk.now
    )
    return True


def _said(person: Person) -> dict[str, Any]:
    areas = None if person.areas is None else sorted(person.areas)
    return {"name": person.name, "role": person.role.value, "areas": areas}


def _values(person: Person) -> dict[str, Any]:
    return {
        "login": person.login,
        "name": person.name,
        "role": person.role.value,
        "areas": sorted(person.areas or ()),
        "everywhere": "1" if person.areas is None else "",
        "was": stamp(_said(person)),
    }


def _row(desk: Desk, one: Account, members: Any, away: dict[str, Absence]) -> dict[str, Any]:
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


async def _person(
    desk: Desk,
    form: Form,
    account: Account | None,
    login: str,
    status: int = 200,
    *,
    call: Form | None = None,
    away: Form | None = None,
) -> Response:
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
        row=None if account is None else _row(desk, account, desk.hub.house.roster.members, {}),
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
