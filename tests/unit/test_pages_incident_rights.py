"""Who may do what on an incident's page, and who learns that there is one."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.record_hub import PEOPLE, RecordHub


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecordHub]:
    with RecordHub(tmp_path_factory.mktemp("hub")) as running:
        yield running


GET, POST = "GET", "POST"
ROUTES = [
    (GET, "", "ssa"),
    (GET, "/record", "ss"),
    (GET, "/history", "ssa"),
    (POST, "/record", "ss"),
    (POST, "/act", "S"),
    (POST, "/steps", "ss"),
    (POST, "/steps/undo", "ss"),
    (POST, "/tasks", "ss"),
    (POST, "/tasks/done", "ss"),
    (POST, "/approval", "ss"),
    (POST, "/cases", "S"),
]
MAY = {"ssa": {"suzuki", "yamada", "kansa"}, "ss": {"suzuki", "yamada"}, "S": {"yamada"}}


@pytest.mark.parametrize(("method", "path", "who"), ROUTES)
def test_roles_and_areas(hub: RecordHub, method: str, path: str, who: str) -> None:
    """Whoever may not gets 403; whoever answers for another area learns that there is nothing."""
    number = hub.incident()
    fields = {"action": "acknowledge", "step": "announce", "line": 1, "task": 1, "do": "submit", "case": 1}
    for login in PEOPLE:
        status = hub.ask(method, f"/incidents/{number}{path}", login, data=fields).status_code
        if login == "tax":
            assert status == 404, login
        elif login in MAY[who] | ({"sato", "mori"}):
            assert status not in (401, 403), login
        else:
            assert status == 403, login
    assert hub.ask(method, f"/incidents/{number}{path}", None, data=fields).status_code in (303, 401)
    assert hub.ask(method, "/incidents/999" + path, data=fields).status_code == 404


def test_what_staff_may_not_do_in_the_approval(hub: RecordHub) -> None:
    number = hub.incident()
    hub.post(f"/incidents/{number}/record", "suzuki", base=0, words="「おい」")
    hub.post(f"/incidents/{number}/approval", do="submit")
    for do in ("approve", "return", "reopen"):
        assert hub.post(f"/incidents/{number}/approval", "suzuki", do=do, remark="x").status_code == 404
    assert 'name="do"' not in hub.get(f"/incidents/{number}", "suzuki").text
    assert "<button" not in hub.get(f"/incidents/{number}", "kansa").text.split("<main")[1]


def test_another_sites_page_cannot_press_for_somebody(hub: RecordHub) -> None:
    number = hub.incident()
    sent: dict[str, Any] = {"data": {"action": "acknowledge"}, "headers": {"origin": "http://evil.test"}}
    assert hub.ask("POST", f"/incidents/{number}/act", **sent).status_code == 403
