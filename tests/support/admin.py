"""An administrator at the pages: forms are read, filled in and sent as a browser without scripts does it."""

import html
import re
from collections.abc import Mapping
from typing import Any

import httpx

_INPUT = re.compile(r"<input\b[^>]*>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')


def filled(page: httpx.Client, path: str, action: str | None = None) -> dict[str, list[str]]:
    """What stands in the form of a page that is sent to ``action`` (the page's own address by default)."""
    text = page.get(path, headers={"accept-language": "en"}).raise_for_status().text
    form = text.split(f'action="{action or path}"', 1)[1].split("</form>", 1)[0]
    found: dict[str, list[str]] = {}
    for tag in _INPUT.findall(form):
        attributes = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(tag)}
        if attributes.get("type") != "checkbox" or re.search(r"\schecked\b", tag):
            found.setdefault(attributes["name"], []).append(attributes.get("value", ""))
    for name, options in re.findall(
        r'<select id="[^"]*" name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = [html.unescape(chosen[1])] if chosen else [""]
    return found


def sent(page: httpx.Client, path: str, form: Mapping[str, Any]) -> httpx.Response:
    """The answer to a form, in English; a redirect is not followed."""
    return page.post(path, data=dict(form), headers={"accept-language": "en"})


def changed(page: httpx.Client, path: str, **fields: Any) -> httpx.Response:
    """The form of a page sent back with some fields changed."""
    return sent(page, path, filled(page, path) | fields)


def seen(page: httpx.Client, path: str) -> str:
    """What a page says, in English, as text without tags."""
    text = page.get(path, headers={"accept": "text/html", "accept-language": "en"}).raise_for_status().text
    return html.unescape(re.sub(r"<[^>]+>", " ", text))


def one_time_password(page: httpx.Client, login: str, name: str, role: str, areas: str | None = None) -> str:
    """A person whom the administrator adds; what the page shows once."""
    form = {"login": login, "name": name, "role": role}
    answer = sent(
        page, "/settings/people/add", form | ({"everywhere": "1"} if areas is None else {"areas": areas})
    )
    found = re.search(r'class="one-time"[^>]*>([^<]+)<', answer.text)
    assert found is not None, answer.text
    return found[1]


def signed_in(url: str, login: str, password: str) -> httpx.Client:
    """A client of somebody; the caller closes it."""
    entered = httpx.post(f"{url}/api/v1/sign-in", json={"login": login, "password": password}, timeout=20)
    return httpx.Client(base_url=url, timeout=20, cookies=entered.raise_for_status().cookies)
