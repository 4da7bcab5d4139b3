"""Passwords, and how guessing is slowed down."""

from datetime import UTC, datetime

import pytest

from hub.clock import Now
from hub.people import (
    PASSWORD_CHARS_MIN,
    BadPassword,
    BadPerson,
    Hasher,
    Role,
    Throttle,
    check_password,
    check_person,
    new_one_time_password,
)


def at(second: float) -> Now:
    return Now(datetime(2026, 11, 22, tzinfo=UTC), second)


def test_each_failure_after_the_free_ones_doubles_the_wait_up_to_a_limit() -> None:
    throttle = Throttle(free=3, longest_s=20.0)
    waits, now = [], 0.0
    for _ in range(9):
        now += throttle.wait_s("a", at(now))
        throttle.failed("a", at(now))
        waits.append(throttle.wait_s("a", at(now)))
    assert waits == [0, 0, 1, 2, 4, 8, 16, 20, 20]


def test_one_key_does_not_slow_another_down() -> None:
    throttle = Throttle(free=1)
    throttle.failed("a", at(0))
    assert throttle.wait_s("a", at(0)) == 1
    assert throttle.wait_s("a", at(1)) == 0
    assert throttle.wait_s("b", at(0)) == 0


def test_success_forgets_the_failures_and_so_does_time() -> None:
    throttle = Throttle(free=2, longest_s=10)
    throttle.failed("a", at(0))
    throttle.succeeded("a")
    throttle.failed("a", at(1))
    assert throttle.wait_s("a", at(1)) == 0
    throttle.failed("a", at(100))
    assert throttle.wait_s("a", at(100)) == 0


def test_a_success_takes_back_only_its_own_attempt() -> None:
    throttle = Throttle(free=3)
    for _ in range(4):
        throttle.failed("address", at(0))
    throttle.take_back("address", at(0))
    throttle.failed("address", at(0))
    assert throttle.wait_s("address", at(0)) == 2


def test_the_memory_for_failures_is_bounded() -> None:
    throttle = Throttle(free=1, capacity=100)
    for n in range(1000):
        throttle.failed(f"k{n}", at(n / 1e6))
    assert throttle.wait_s("k0", at(0)) == 0
    assert throttle.wait_s("k999", at(0)) > 0
    assert throttle.size == 100


def test_a_hash_matches_its_password_and_nothing_else() -> None:
    hasher = Hasher()
    hashed = hasher.hash("correct horse battery")
    assert hashed.startswith("$argon2id$")
    assert hasher.matches(hashed, "correct horse battery")
    assert not hasher.matches(hashed, "correct horse batterx")
    assert not hasher.matches(None, "correct horse battery")
    assert not hasher.matches("not a hash", "correct horse battery")


def test_one_time_passwords_differ_and_can_be_read_out() -> None:
    words = {new_one_time_password() for _ in range(200)}
    assert len(words) == 200
    for word in words:
        assert [len(group) for group in word.split("-")] == [4, 4, 4, 4]
        assert not set(word) & set("01ilo")


@pytest.mark.parametrize("length", [0, PASSWORD_CHARS_MIN - 1, 201])
def test_a_password_of_ones_own_has_a_length(length: int) -> None:
    with pytest.raises(BadPassword, match=f"12 to 200 characters; given: {length}"):
        check_password("x" * length)


def test_people_are_checked() -> None:
    assert check_person("demo", "山田 花子", "supervisor") is Role.SUPERVISOR
    with pytest.raises(BadPerson, match=r"role must be one of staff, supervisor.*given: 'boss'"):
        check_person("demo", "山田", "boss")
    with pytest.raises(BadPerson, match="login"):
        check_person("de mo", "山田", "staff")
    with pytest.raises(BadPerson, match="name"):
        check_person("demo", "a\nb", "staff")
