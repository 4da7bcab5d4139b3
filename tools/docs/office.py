"""Pictures of what administrators see, of an office that is filled in by the pages' own forms."""

from collections.abc import Mapping
from typing import Protocol

from playwright.sync_api import Page

PAGES = (
    ("settings", "settings"),
    ("settings-areas", "settings/areas"),
    ("settings-area", "settings/areas/shimin"),
    ("settings-counters", "settings/counters"),
    ("settings-counter", "settings/counters/add"),
    ("settings-people", "settings/people"),
    ("settings-person", "settings/people/yamada"),
    ("settings-groups", "settings/groups"),
    ("settings-ladders", "settings/ladders"),
    ("settings-ladder", "settings/ladders/madoguchi"),
    ("settings-limits", "settings/limits"),
    ("settings-limit", "settings/limits/counter-1"),
    ("settings-texts", "settings/texts"),
    ("units", "units"),
    ("unit", "units/of/counter-1"),
    ("drills", "units/drills"),
    ("drill", "units/drills/1"),
    ("maintenance", "units/maintenance"),
    ("quarantine", "units/quarantine"),
    ("statistics", "statistics"),
    ("report", "statistics/report?year=令和8"),
    ("account", "account"),
    ("audit", "audit"),
)
PEOPLE = (
    ("yamada", "山田 花子", "supervisor"),
    ("sato", "佐藤 一郎", "supervisor"),
    ("suzuki", "鈴木 監査", "auditor"),
)


class Takes(Protocol):
    """The camera of ``tools.docs.screenshots``."""

    def take(self, page: Page, name: str, path: str) -> None:
        """One page in every language and width."""
        ...


def fill_in(page: Page, url: str) -> None:
    """People, a group, a ladder, limits, texts, a drill and planned work, by the pages' own forms."""

    def send(path: str, form: Mapping[str, str]) -> None:
        answer = page.request.post(url + path, form=dict(form))
        if not answer.ok:
            raise RuntimeError(f"{path}: {answer.status}")

    for login, name, role in PEOPLE:
        send("settings/people/add", {"login": login, "name": name, "role": role, "everywhere": "1"})
        if role == "supervisor":
            hours = {"days-0": "mon", "begin-0": "08:30", "end-0": "17:15"}
            send(f"settings/people/{login}/call", {"language": "ja", "webhook": "", **hours})
    send("settings/groups/add", {"id": "kakaricho", "members": "yamada"})
    tiers = {"order-0": "1", "name-0": "係長", "name_en-0": "Team leader", "seconds-0": "30"}
    tiers |= {"order-1": "2", "name-1": "課長", "name_en-1": "Section head", "seconds-1": "60"}
    send("settings/ladders/add", {"name": "madoguchi", "for": "alarm", "arrive_within_s": "300", **tiers})
    limits = {"limit_s": "30", "warn_s": "5", "grace_s": "5", "extend_s": "10", "sensitivity": ""}
    send("settings/limits/counter-1", limits)
    page.goto(f"{url}settings/texts")
    page.locator("#building").fill("西東京市役所 田無庁舎")
    page.locator("#address").fill("東京都西東京市南町五丁目6番13号")
    page.locator("#after").fill("電話：内線 1101（総務課）")
    page.locator("form.card button.action").click()
    send("units/drills", {"whom": "", "minutes": "5", "begin": "", "every_days": "30"})
    until = page.evaluate("new Date(Date.now() + 864e5).toISOString().slice(0, 16)")
    send("units/maintenance", {"whom": "unit:counter-3", "why": "配線の点検", "begin": "", "until": until})
    send("units/of/counter-1/commands", {"name": "identify"})


def take_office(page: Page, camera: Takes, url: str) -> None:
    """``page`` is of somebody who is signed in as an administrator."""
    fill_in(page, url)
    for name, path in PAGES:
        camera.take(page, name, path)
