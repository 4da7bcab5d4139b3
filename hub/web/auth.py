"""Who is asking: signing in and out, and the role that every route must declare.

A route declares who may use it with ``dependencies=[needs(Role.SUPERVISOR)]``, ``[needs(*Role)]`` for
everybody who is signed in, or ``[public]``. ``create_app`` refuses to start when a route declares nothing.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.params import Depends as Dependency
from sqlalchemy import Connection

from hub.clock import Clock
from hub.people import (
    PASSWORD_CHARS_MAX,
    SIGNED_IN_FOR,
    Hasher,
    Person,
    Role,
    SignIn,
    Throttle,
    check_password,
    new_one_time_password,
)
from hub.store import audit
from hub.store import people as accounts
from hub.store.audit import By, Deed
from hub.store.database import Store

COOKIE = "madomori"
LOGIN_FAILURES_FREE = 5
ADDRESS_FAILURES_FREE = 20
"""More than for one login: a whole office may come from one address."""


class NotSignedIn(Exception):
    """Nobody is signed in: pages lead to the sign-in page, the API answers 401."""


class NotAllowed(Exception):
    """The person's role may not do this."""


class WrongPassword(Exception):
    """Login and password do not fit. Which of the two is not told."""


class Throttled(Exception):
    """Too many wrong attempts."""

    def __init__(self, wait_s: float) -> None:
        self.wait_s = max(1, ceil(wait_s))
        """Seconds until the next attempt is looked at."""
        super().__init__(f"too many attempts; wait {self.wait_s} s")


class Needs:
    """The dependency that lets in only certain roles, and only with a living sign-in."""

    def __init__(self, roles: frozenset[Role]) -> None:
        self.roles = roles

    async def __call__(self, request: Request) -> None:
        """Puts the ``SignIn`` into ``request.state.sign_in``."""
        sign_in = await signed_in(request)
        if sign_in is None:
            raise NotSignedIn
        request.state.sign_in = sign_in
        if sign_in.person.role not in self.roles:
            raise NotAllowed


class Public:
    """The dependency of a route that everybody may use."""

    def __call__(self) -> None:
        """Lets everybody in."""


def needs(*roles: Role) -> Dependency:
    """Declare the roles that may use a route."""
    if not roles:
        raise ValueError(f"name at least one role of {', '.join(Role)}; given: none")
    return Depends(Needs(frozenset(roles)))  # type: ignore[no-any-return]


public: Dependency = Depends(Public())
"""Declare that everybody may use a route."""

everybody: Dependency = needs(*Role)
"""Declare that everybody who is signed in may use a route."""


async def signed_in(request: Request) -> SignIn | None:
    """The living sign-in that the request's cookie belongs to."""
    token = request.cookies.get(COOKIE)
    gate: Gate = request.app.state.services.gate
    return await gate.find(token) if token else None


def _person(request: Request) -> Person:
    person: Person = request.state.sign_in.person
    return person


CurrentPerson = Annotated[Person, Depends(_person)]
"""Annotate a parameter of a route that declares a role with this to get the person."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A fresh sign-in."""

    token: str
    """For the cookie; the database has only its hash."""
    person: Person


class Gate:
    """Signs people in and out."""

    def __init__(self, site: str, store: Store, clock: Clock, on_sign_out: Callable[[str], None]) -> None:
        self._site = site
        self._store = store
        self._clock = clock
        self._on_sign_out = on_sign_out
        self._by_login = Throttle(LOGIN_FAILURES_FREE)
        self._by_address = Throttle(ADDRESS_FAILURES_FREE)
        # Each hash takes 64 MiB: one at a time keeps a flood of attempts from taking the memory.
        self._threads = ThreadPoolExecutor(1, "passwords")
        self._hasher = Hasher()

    async def sign_in(self, login: str, password: str, address: str, browser: str = "") -> Entered:
        """Raises ``WrongPassword``, ``Throttled`` or ``StoreError``. A one-time password is used up by the
        first success. ``browser`` is what it calls itself, for the list of sign-ins."""
        # A login is printable; some databases cannot even be asked for what is not.
        login = "".join(sign if sign.isprintable() else "?" for sign in login.strip().lower()[:64])
        now = self._clock.now()
        wait = max(self._by_login.wait_s(login, now), self._by_address.wait_s(address, now))
        if wait > 0:
            raise Throttled(wait)
        # Counted before it is known to be wrong: many attempts at once must not slip through together.
        self._by_login.failed(login, now)
        self._by_address.failed(address, now)
        person = await self._prove(login, password) if len(password) <= PASSWORD_CHARS_MAX else None
        if person is None:
            await self._note(By("", "", address), Deed("sign-in-refused", login))
            raise WrongPassword
        self._by_login.succeeded(login)
        # Of an address only this attempt: else one who may sign in could guess for ever in between.
        self._by_address.take_back(address, now)
        token = secrets.token_urlsafe(32)
        wall = self._clock.now().wall

        def enter(tx: Connection) -> None:
            until = wall + SIGNED_IN_FOR
            accounts.enter(tx, _hashed(token), person, wall, until, address=address, browser=browser)
            audit.add(tx, self._site, By.person(person, address), Deed("signed-in", person.login), wall)

        await self._store.write(enter)
        return Entered(token, person)

    async def _prove(self, login: str, password: str) -> Person | None:
        account = await self._store.read(lambda tx: accounts.account(tx, login))
        if account is None or account.disabled_at is not None:
            await self._matches(None, password)
            return None
        if account.password_hash is not None and await self._matches(account.password_hash, password):
            return account.person
        hashed, expires = account.one_time_hash, account.one_time_expires
        if hashed is None or expires is None or expires <= self._clock.now().wall:
            return None
        if not await self._matches(hashed, password):
            return None
        used = await self._store.write(lambda tx: accounts.use_one_time(tx, account.person.id, hashed))
        return account.person if used else None

    async def _matches(self, hashed: str | None, password: str) -> bool:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._hasher.matches, hashed, password)

    async def _note(self, by: By, deed: Deed) -> None:
        now = self._clock.now().wall
        await self._store.write(lambda tx: audit.add(tx, self._site, by, deed, now))

    async def find(self, token: str) -> SignIn | None:
        """The sign-in of a cookie, while it lives."""
        now = self._clock.now().wall
        return await self._store.read(lambda tx: accounts.find_sign_in(tx, _hashed(token), now))

    async def sign_out(self, token: str, address: str = "") -> None:
        """End the sign-in; its open streams end with it."""
        hashed, now = _hashed(token), self._clock.now().wall

        def leave(tx: Connection) -> None:
            found = accounts.find_sign_in(tx, hashed, now)
            accounts.leave(tx, hashed)
            if found is not None:
                by = By.person(found.person, address)
                audit.add(tx, self._site, by, Deed("signed-out", found.person.login), now)

        await self._store.write(leave)
        self._on_sign_out(hashed)

    async def set_password(self, sign_in: SignIn, password: str, address: str = "") -> None:
        """Give the person a password of their own and end their other sign-ins. Raises ``BadPassword``."""
        check_password(password)
        loop = asyncio.get_running_loop()
        hashed = await loop.run_in_executor(self._threads, self._hasher.hash, password)
        person, now = sign_in.person, self._clock.now().wall

        def change(tx: Connection) -> list[str]:
            audit.add(tx, self._site, By.person(person, address), Deed("password-changed", person.login), now)
            return accounts.set_password(tx, person.id, hashed, sign_in.token_hash)

        self.ended(await self._store.write(change))

    async def check_own(self, sign_in: SignIn, password: str) -> None:
        """Whether it is really the person who sits there: raises ``WrongPassword`` or ``Throttled``. Who has
        no password of their own yet has just proven themselves by a one-time password."""
        login, now = sign_in.person.login, self._clock.now()
        if (wait := self._by_login.wait_s(login, now)) > 0:
            raise Throttled(wait)
        account = await self._store.read(lambda tx: accounts.account(tx, login))
        if account is None or account.password_hash is None:
            return
        self._by_login.failed(login, now)
        if len(password) > PASSWORD_CHARS_MAX or not await self._matches(account.password_hash, password):
            raise WrongPassword
        self._by_login.succeeded(login)

    async def one_time_password(self) -> tuple[str, str]:
        """A fresh one with its hash for the database."""
        password = new_one_time_password()
        loop = asyncio.get_running_loop()
        return password, await loop.run_in_executor(self._threads, self._hasher.hash, password)

    def ended(self, token_hashes: Iterable[str]) -> None:
        """These sign-ins are no more: their open streams end."""
        for token_hash in token_hashes:
            self._on_sign_out(token_hash)

    def close(self) -> None:
        """Wait for the hash that is being computed."""
        self._threads.shutdown(wait=True, cancel_futures=True)


def _hashed(token: str) -> str:
    # A token is 256 random bits: one fast hash is enough, there is nothing to guess.
    return hashlib.sha256(token.encode()).hexdigest()


def set_cookie(request: Request, response: Response, token: str) -> None:
    """Let the browser keep the sign-in."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(SIGNED_IN_FOR.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def address_of(request: Request) -> str:
    """Where the request came from, for throttling and for the audit."""
    return request.client.host if request.client else "unknown"


def browser_of(request: Request) -> str:
    """What the browser calls itself: one line, for the person whose sign-in it is."""
    return "".join(sign for sign in request.headers.get("user-agent", "") if sign.isprintable())[:200]
