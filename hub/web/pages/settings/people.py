"""People: who may sign in as what and for which areas; how they are called; who is absent."""

from dataclasses import replace

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
from hub.web.pages.settings.calls import keep_call, named_in, no_longer_called
from hub.web.pages.settings.person import account_of, person_page, row_of, said_of, values_of
from hub.web.pages.settings.places import ADD

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
    rows = [row_of(desk, one, members, away) for one in known]
    logins = {one.person.login for one in known}
    strangers = [(login, one.name) for login, one in members.items() if login not in logins]
    return desk.show(
        "settings-people.html", tab="people", people=rows, strangers=strangers, areas=desk.area_names()
    )


@router.get("/{login}")
async def person_form(request: Request, login: str) -> Response:
    """One person, or the empty form."""
    desk = Desk.of(request)
    account = await account_of(desk, login)
    if account is None and login != ADD:
        return problem(request, 404)
    asked = request.query_params.get("login", "")[:64].lower()
    member = desk.hub.house.roster.members.get(asked)
    empty = {"login": asked, "name": member.name if member else "", "role": "staff", "everywhere": "1"}
    values = values_of(account.person) if account else empty
    return await person_page(desk, Form(desk.words, values), account, login)


@router.post("/{login}")
async def keep_person(request: Request, login: str) -> Response:
    """Add somebody, who gets a one-time password at once, or change somebody."""
    desk = Desk.of(request)
    account = await account_of(desk, login)
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
        return await person_page(desk, form, account, login, 422)
    if form.good:
        password, hashed = await desk.hub.gate.one_time_password()
        fresh = Person(0, asked, name, Role(role), areas)
        if await desk.hub.store.write(lambda tx: _make(tx, desk, fresh, hashed)):
            return desk.show("settings-password.html", tab="people", who=fresh, password=password)
        form.wrong("login", desk.words("There is one of that name already."))
    return await person_page(desk, form, None, login, 422)


@router.post("/{login}/one-time-password")
async def one_time_password(request: Request, login: str) -> Response:
    """A fresh one, shown on this page only."""
    desk = Desk.of(request)
    account = await account_of(desk, login)
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
    account = await account_of(desk, login)
    if account is None:
        return problem(request, 404)
    form = Form(desk.words, values_of(account.person))
    if account.person.id == desk.person.id:
        form.problem = desk.words("You cannot disable yourself.")
        return await person_page(desk, form, account, login, 422)

    def work(tx: Connection) -> list[str]:
        audit.add(tx, desk.hub.house.site, desk.by, Deed("person-disabled", login), desk.now)
        return accounts.disable(tx, account.person.id, desk.now)

    desk.hub.gate.ended(await desk.hub.store.write(work))
    return desk.go(f"/settings/people/{login}", "disabled")


@router.post("/{login}/enable")
async def enable(request: Request, login: str) -> Response:
    """They may sign in again, with a new one-time password or with their own."""
    desk = Desk.of(request)
    account = await account_of(desk, login)
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
    account = await account_of(desk, login)
    if account is None:
        return problem(request, 404)
    form = await Form.typed(desk)
    if await keep_call(desk, form, account.person):
        return desk.go(f"/settings/people/{login}", "saved")
    return await person_page(
        desk, Form(desk.words, values_of(account.person)), account, login, 422, call=form
    )


@router.post("/{login}/call/remove")
async def stop_calling(request: Request, login: str) -> Response:
    """Only of somebody whom no group and no ladder names."""
    desk = Desk.of(request)
    account = await account_of(desk, login)
    if account is None:
        return problem(request, 404)
    form = Form(desk.words, values_of(account.person))
    if where := named_in(desk, login):
        form.problem = desk.words("Named in: {where}. Please change that first.", where=", ".join(where))
    elif await no_longer_called(desk, form, login):
        return desk.go(f"/settings/people/{login}", "saved")
    return await person_page(desk, form, account, login, 422)


@router.post("/{login}/absences")
async def be_absent(request: Request, login: str) -> Response:
    """They are not called for a while."""
    desk = Desk.of(request)
    account = await account_of(desk, login)
    if account is None:
        return problem(request, 404)
    form = await Form.typed(desk)
    begin, until = form.moment(desk, "begin"), form.moment(desk, "until")
    if begin is not None and until is not None:
        if until > max(begin, desk.now):
            await desk.hub.supervision.be_absent(Absence(login, begin, until), desk.person)
            return desk.go(f"/settings/people/{login}", "saved")
        form.wrong("until", desk.words("The end must be later than the beginning and than now."))
    return await person_page(
        desk, Form(desk.words, values_of(account.person)), account, login, 422, away=form
    )


@router.post("/{login}/absences/{number}/remove")
async def be_back(request: Request, login: str, number: int) -> Response:
    """They are there again."""
    desk = Desk.of(request)
    site, now = desk.hub.house.site, desk.now
    found = (await desk.hub.store.read(lambda tx: absences.current(tx, site, now))).get(number)
    if found is None or found.login != login:
        return problem(request, 404)
    await desk.hub.supervision.be_back(number, desk.person)
    return desk.go(f"/settings/people/{login}", "removed")


async def _change(desk: Desk, form: Form, account: Account, wanted: Person) -> bool:
    if stamp(said_of(account.person)) != form.value("was"):
        form.problem = desk.words(
            "Somebody has changed this meanwhile. Please look at it again, then change it."
        )
        return False

    def work(tx: Connection) -> None:
        loses = account.person.role is Role.ADMIN and wanted.role is not Role.ADMIN
        if loses and accounts.admins_left(tx, wanted.id) == 0:
            raise LastAdmin
        accounts.change(tx, wanted)
        deed = Deed("person-changed", wanted.login, said_of(account.person), said_of(wanted))
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
        tx, desk.hub.house.site, desk.by, Deed("person-added", fresh.login, after=said_of(fresh)), desk.now
    )
    return True
