"""One's own account: password, language, sound of alarms, where one is signed in."""

from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import Response

from hub.people import PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, SOUNDS, SignIn, Sound
from hub.store import people as accounts
from hub.web.auth import Throttled, WrongPassword, address_of, everybody
from hub.web.i18n import keep_language
from hub.web.pages.desk import Desk, Form
from hub.web.pages.rendering import problem
from hub.words import LANGUAGES, own_names

router = APIRouter(prefix="/account", dependencies=[everybody])


@router.get("")
async def account_page(request: Request) -> Response:
    """What a person may change of themselves."""
    return await _page(Desk.of(request), Form(Desk.of(request).words, {}))


@router.post("/password")
async def change_password(request: Request) -> Response:
    """The old one first, twice the new one; every other sign-in ends."""
    desk, mine = Desk.of(request), _mine(request)
    form = await Form.typed(desk)
    words, fresh = desk.words, form.value("fresh")
    if not PASSWORD_CHARS_MIN <= len(fresh) <= PASSWORD_CHARS_MAX:
        least, most = PASSWORD_CHARS_MIN, PASSWORD_CHARS_MAX
        form.wrong("fresh", words("From {low} to {high} characters, please.", low=least, high=most))
    elif form.value("again") != fresh:
        form.wrong("again", words("This is not the same as above."))
    if form.good:
        try:
            await desk.hub.gate.check_own(mine, form.value("password"))
        except WrongPassword:
            form.wrong("password", words("This is not your password."))
        except Throttled as throttled:
            form.wrong("password", words("Too many attempts. Please wait {s} seconds.", s=throttled.wait_s))
    if form.good:
        await desk.hub.gate.set_password(mine, fresh, address_of(request))
        return desk.go("/account", "password")
    return await _page(desk, form, 422)


@router.post("/choices")
async def keep_choices(request: Request) -> Response:
    """Language and sound, on every browser that one signs in with."""
    desk = Desk.of(request)
    form = await Form.typed(desk)
    language = form.choice("language", ["", *LANGUAGES])
    sound: Sound = "low" if form.choice("sound", SOUNDS) == "low" else "standard"
    if not form.good:
        return await _page(desk, form, 422)
    chosen = replace(desk.person, language=language or None, sound=sound)
    await desk.hub.store.write(lambda tx: accounts.change(tx, chosen))
    response = desk.go("/account", "saved")
    if language:
        keep_language(request, response, language)
    return response


@router.post("/sign-ins/{number}/end")
async def end_sign_in(request: Request, number: str) -> Response:
    """A browser that was forgotten somewhere."""
    desk = Desk.of(request)
    person = desk.person
    if not number.isalnum():
        return problem(request, 404)
    desk.hub.gate.ended(await desk.hub.store.write(lambda tx: accounts.end_sign_in(tx, person.id, number)))
    return desk.go("/account", "ended")


def _mine(request: Request) -> SignIn:
    mine: SignIn = request.state.sign_in
    return mine


async def _page(desk: Desk, form: Form, status: int = 200) -> Response:
    person, mine = desk.person, _mine(desk.request)
    known = await desk.hub.store.read(lambda tx: accounts.account(tx, person.login))
    entries = await desk.hub.store.read(lambda tx: accounts.sign_ins(tx, person.id, desk.now))
    return desk.show(
        "account.html",
        status,
        form=form,
        has_password=known is not None and known.password_hash is not None,
        entries=entries,
        here=mine.token_hash,
        areas=desk.area_names(),
        spoken=own_names(),
        least=PASSWORD_CHARS_MIN,
    )
