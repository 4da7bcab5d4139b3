"""Who may open which page of the administration, and who may send what: every role at every route."""

from collections.abc import Iterator

import httpx
import pytest

from hub.people import Role
from hub.web.pages import account, audit, settings, statistics, units
from tests.support.admin import one_time_password, signed_in
from tests.support.hub import RunningHub

READ = {
    "/account": set(Role),
    "/audit": {Role.ADMIN, Role.AUDITOR},
    "/statistics": {Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR},
    "/statistics/report?year=2026": {Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR},
    "/statistics/export.csv": {Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR},
    "/statistics/report.csv?year=2026": {Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR},
    "/units": {Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR},
    "/units/of/c1": {Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR},
    "/units/drills": {Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR},
    "/units/drills/1": {Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR},
    "/units/maintenance": {Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR},
    "/units/quarantine": {Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR},
    "/settings": {Role.ADMIN},
    "/settings/areas": {Role.ADMIN},
    "/settings/areas/desk": {Role.ADMIN},
    "/settings/counters": {Role.ADMIN},
    "/settings/counters/c1": {Role.ADMIN},
    "/settings/ladders": {Role.ADMIN},
    "/settings/ladders/default": {Role.ADMIN},
    "/settings/groups": {Role.ADMIN},
    "/settings/groups/heads": {Role.ADMIN},
    "/settings/limits": {Role.ADMIN},
    "/settings/limits/c1": {Role.ADMIN},
    "/settings/texts": {Role.ADMIN},
    "/settings/people": {Role.ADMIN},
    "/settings/people/admin": {Role.ADMIN},
}
SEND = {
    "/account/password": set(Role),
    "/account/choices": set(Role),
    "/account/sign-ins/0/end": set(Role),
    "/units/of/zz/commands": {Role.SUPERVISOR, Role.ADMIN},
    "/units/drills": {Role.SUPERVISOR, Role.ADMIN},
    "/units/drills/99/end": {Role.SUPERVISOR, Role.ADMIN},
    "/units/maintenance": {Role.SUPERVISOR, Role.ADMIN},
    "/units/maintenance/99/end": {Role.SUPERVISOR, Role.ADMIN},
    "/settings/areas/zz": {Role.ADMIN},
    "/settings/areas/zz/remove": {Role.ADMIN},
    "/settings/areas/zz/move": {Role.ADMIN},
    "/settings/counters/zz": {Role.ADMIN},
    "/settings/counters/zz/remove": {Role.ADMIN},
    "/settings/ladders/zz": {Role.ADMIN},
    "/settings/ladders/zz/remove": {Role.ADMIN},
    "/settings/groups/zz": {Role.ADMIN},
    "/settings/groups/zz/remove": {Role.ADMIN},
    "/settings/limits/zz": {Role.ADMIN},
    "/settings/texts": {Role.ADMIN},
    "/settings/people/zz": {Role.ADMIN},
    "/settings/people/zz/one-time-password": {Role.ADMIN},
    "/settings/people/zz/disable": {Role.ADMIN},
    "/settings/people/zz/enable": {Role.ADMIN},
    "/settings/people/zz/call": {Role.ADMIN},
    "/settings/people/zz/call/remove": {Role.ADMIN},
    "/settings/people/zz/absences": {Role.ADMIN},
    "/settings/people/zz/absences/9/remove": {Role.ADMIN},
}
LETS_IN = {200, 303, 404, 422}
"""Whatever comes of an empty form: the person was let in. A fault of the hub is none of these."""


@pytest.fixture(scope="module")
def clients(office: RunningHub, admin: httpx.Client) -> Iterator[dict[Role, httpx.Client]]:
    found = {Role.ADMIN: admin}
    for role in set(Role) - {Role.ADMIN}:
        password = one_time_password(admin, f"a-{role}", "確認 用", role)
        found[role] = signed_in(office.url, f"a-{role}", password)
    admin.post("/api/v1/drills", json={"seconds": 5.0}).raise_for_status()
    yield found
    for role, client in found.items():
        if role is not Role.ADMIN:
            client.close()


@pytest.mark.parametrize("path", READ)
def test_a_page_opens_for_its_roles_only(clients: dict[Role, httpx.Client], path: str) -> None:
    for role, client in clients.items():
        status = client.get(path, headers={"accept": "text/html"}).status_code
        assert status == (200 if role in READ[path] else 403), f"{role} {path}"


@pytest.mark.parametrize("path", SEND)
def test_a_form_is_taken_from_its_roles_only(clients: dict[Role, httpx.Client], path: str) -> None:
    for role, client in clients.items():
        status = client.post(path, data={"fresh": "short"}).status_code
        if role in SEND[path]:
            assert status in LETS_IN, f"{role} {path}: {status}"
        else:
            assert status == 403, f"{role} {path}: {status}"


@pytest.mark.parametrize("path", [*READ, *SEND])
def test_a_stranger_gets_nowhere(office: RunningHub, path: str) -> None:
    method = "GET" if path in READ else "POST"
    answer = httpx.request(method, office.url + path, timeout=20)
    assert (answer.status_code, answer.headers.get("location", "")[:9]) in {(303, "/sign-in?"[:9]), (401, "")}


@pytest.mark.parametrize("path", SEND)
def test_another_site_can_send_nothing(clients: dict[Role, httpx.Client], path: str) -> None:
    answer = clients[Role.ADMIN].post(path, headers={"origin": "http://evil.test"})
    assert (answer.status_code, answer.json()) == (403, {"error": "cross-site"})


def test_the_tables_name_every_route() -> None:
    routers = [account.router, audit.router, statistics.router, *settings.ROUTERS, *units.ROUTERS]
    count = {"GET": 0, "POST": 0}
    for router in routers:
        for route in router.routes:
            for method in getattr(route, "methods", ()):
                count[method] += 1
    assert (len(READ), len(SEND)) == (count["GET"], count["POST"])
