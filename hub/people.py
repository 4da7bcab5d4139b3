"""People: who may sign in, how a password is proven, and how guessing is slowed down."""

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hub.clock import Now

ONE_TIME_FOR = timedelta(hours=24)
"""How long a one-time password can be used."""

SIGNED_IN_FOR = timedelta(hours=12)
"""How long a sign-in lasts: a working day."""

PASSWORD_CHARS_MIN = 12
PASSWORD_CHARS_MAX = 200
"""Hashing takes longer the longer the text is; nobody types more than this."""

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no characters that look alike when read out


Sound = Literal["standard", "low"]
"""``low``: for a room where the public sits beside; never silent."""
SOUNDS: tuple[Sound, ...] = get_args(Sound)


class Role(StrEnum):
    """What a person may do."""

    STAFF = "staff"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in."""

    id: int
    login: str
    name: str
    role: Role
    areas: frozenset[str] | None = None
    """Ids of the areas that they answer for; None: all. See ``hub.web.rights``."""
    language: str | None = None
    """Of the pages, as they chose it; None: as the browser asks."""
    sound: Sound = "standard"
    """Of alarms on their pages."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person with what proves them."""

    person: Person
    password_hash: str | None
    one_time_hash: str | None
    one_time_expires: datetime | None
    disabled_at: datetime | None = None
    """Since then they may not sign in."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """A browser that a person signed in with."""

    token_hash: str
    person: Person
    expires_at: datetime


class BadPerson(ValueError):
    """A login, name or role that cannot be; the message names what is allowed and what was given."""


class BadPassword(ValueError):
    """A password that cannot be chosen; the message says why."""


def check_person(login: str, name: str, role: str) -> Role:
    """The role; raises ``BadPerson``."""
    if not 1 <= len(login) <= 64 or not all("!" <= c <= "~" for c in login):
        raise BadPerson(f"login must be 1 to 64 printable ASCII characters without spaces; given: {login!r}")
    if not 1 <= len(name) <= 80 or not name.isprintable():
        raise BadPerson(f"name must be 1 to 80 printable characters; given: {name!r}")
    try:
        return Role(role)
    except ValueError as error:
        raise BadPerson(f"role must be one of {', '.join(Role)}; given: {role!r}") from error


def check_password(password: str) -> str:
    """``password`` unchanged; raises ``BadPassword``."""
    if not PASSWORD_CHARS_MIN <= len(password) <= PASSWORD_CHARS_MAX:
        raise BadPassword(
            f"a password must have {PASSWORD_CHARS_MIN} to {PASSWORD_CHARS_MAX} characters; "
            f"given: {len(password)}"
        )
    return password


def new_one_time_password() -> str:
    """About 79 bits in four groups that can be read out on the telephone."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


HASH_KIB = 19 * 1024
HASH_PASSES = 3
"""More than the least that OWASP asks of argon2id (19 MiB, two passes). The library's own 64 MiB would be a
third of all memory that a hub takes, for as long as somebody signs in."""


class Hasher:
    """argon2id. Takes tens of milliseconds: never call it on the event loop."""

    def __init__(self) -> None:
        self._argon2 = PasswordHasher(time_cost=HASH_PASSES, memory_cost=HASH_KIB, parallelism=1)
        # An unknown login costs the same time as a known one, so that logins cannot be listed.
        self._nobody = self._argon2.hash(secrets.token_hex(16))

    def hash(self, password: str) -> str:
        """For the database."""
        return self._argon2.hash(password)

    def matches(self, hashed: str | None, password: str) -> bool:
        """Whether ``password`` is the one that was hashed. None is nobody's hash."""
        try:
            return self._argon2.verify(hashed or self._nobody, password) and hashed is not None
        except (VerificationError, InvalidHashError):
            return False


@dataclass(slots=True)
class _Failures:
    count: int
    free_at: float


class Throttle:
    """Slows down guessing: after ``free`` failures in a row each further one doubles the wait.

    The memory is bounded: of more than ``capacity`` keys the one that failed longest ago is forgotten.
    """

    def __init__(self, free: int, longest_s: float = 300.0, capacity: int = 10_000) -> None:
        self._free = free
        self._longest_s = longest_s
        self._capacity = capacity
        self._failed: OrderedDict[str, _Failures] = OrderedDict()

    def wait_s(self, key: str, now: Now) -> float:
        """Seconds until ``key`` may try again; 0 is at once."""
        failures = self._failed.get(key)
        return max(0.0, failures.free_at - now.monotonic) if failures else 0.0

    def failed(self, key: str, now: Now) -> None:
        """Note a failure; it counts together with the earlier ones until ``succeeded``, or until
        twice the longest wait has passed without one."""
        before = self._failed.pop(key, None)
        count = 1
        if before is not None and now.monotonic < before.free_at + 2 * self._longest_s:
            count = before.count + 1
        wait = min(self._longest_s, 2.0 ** min(count - self._free, 30)) if count >= self._free else 0.0
        self._failed[key] = _Failures(count, now.monotonic + wait)
        if len(self._failed) > self._capacity:
            self._failed.popitem(last=False)

    def take_back(self, key: str, now: Now) -> None:
        """The last failure was none after all; earlier ones stay."""
        failures = self._failed.get(key)
        if failures is not None:
            failures.count -= 1
            failures.free_at = now.monotonic

    @property
    def size(self) -> int:
        """Keys that are remembered."""
        return len(self._failed)

    def succeeded(self, key: str) -> None:
        """Forget the failures of ``key``."""
        self._failed.pop(key, None)
