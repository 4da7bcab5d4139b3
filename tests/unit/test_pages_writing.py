"""Who else has a record open: for minutes, bounded, and never oneself."""

from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest

from hub.people import Person, Role
from hub.web.writing import OPEN_FOR, TYPED_FOR, WRITERS_MAX, Writer, Writing
from tests.support.record_hub import NOW, RecordHub


def person(login: str) -> Person:
    return Person(1, login, login.title(), Role.STAFF)


A, B = person("aoki"), person("baba")


def test_a_page_that_says_nothing_more_is_forgotten() -> None:
    writing = Writing()
    writing.seen(1, A, NOW)
    assert writing.others(1, B, NOW + OPEN_FOR - timedelta(seconds=1)) == [Writer("Aoki", None)]
    assert writing.others(1, B, NOW + OPEN_FOR) == []
    assert writing.others(1, B, NOW) == [], "and stays forgotten"


def test_what_was_typed_is_told_for_some_minutes() -> None:
    writing = Writing()
    writing.seen(1, A, NOW, typed=True)
    later = NOW + TYPED_FOR - timedelta(seconds=1)
    writing.seen(1, A, later)
    assert writing.others(1, B, later) == [Writer("Aoki", NOW)]
    assert writing.others(1, B, NOW + TYPED_FOR) == [Writer("Aoki", None)]


def test_oneself_another_incident_and_who_has_saved_are_nobody_else() -> None:
    writing = Writing()
    writing.seen(1, A, NOW)
    assert writing.others(1, A, NOW) == []
    assert writing.others(2, B, NOW) == []
    writing.left(1, A)
    writing.left(1, A)
    assert writing.others(1, B, NOW) == []


def test_more_pages_than_there_is_room_for_push_out_the_oldest() -> None:
    writing = Writing()
    for n in range(WRITERS_MAX + 1):
        writing.seen(1, person(f"p{n}"), NOW)
    others = writing.others(1, B, NOW)
    assert len(others) == WRITERS_MAX
    assert others[0].name == "P1"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecordHub]:
    with RecordHub(tmp_path_factory.mktemp("hub")) as running:
        yield running


def test_a_form_says_who_else_has_it_open(hub: RecordHub) -> None:
    number = hub.incident()
    form, word = f"/incidents/{number}/record", f"/incidents/{number}/record/writing"
    quiet, opened, wrote = (
        "others",
        "山田 花子さんもこの記録を開いています。",
        "山田 花子さんもこの記録に記入しています（最終 14:20）。",
    )
    assert f'id="{quiet}" role="status" hidden' in hub.get(form).text, "oneself is not somebody else"
    assert opened in unescape(hub.get(form, "suzuki").text)
    assert hub.post(word, "sato").json() == {
        "others": ["山田 花子さんもこの記録を開いています。", "鈴木 窓口さんもこの記録を開いています。"]
    }
    hub.post(word, typed="true")
    assert wrote in hub.post(word, "suzuki").json()["others"]
    assert wrote in unescape(hub.get(form, "sato").text)
    assert hub.get(f"/incidents/{hub.incident()}/record", "suzuki").text.count("記入しています") == 0
    assert hub.post(form, base="0", words="一").status_code == 303
    assert not [line for line in hub.post(word, "suzuki").json()["others"] if "山田" in line], "it is saved"


@pytest.mark.parametrize(("login", "status"), [("tax", 404), ("kansa", 403), ("kanri", 403)])
def test_who_writes_is_told_to_nobody_who_may_not_write(hub: RecordHub, login: str, status: int) -> None:
    assert hub.post(f"/incidents/{hub.incident()}/record/writing", login).status_code == status
