"""Counters, incidents and people as the API gives them: what tests put before the pages."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hub.people import Person, Role
from hub.settings import Area, Counter

PEOPLE = {
    "yamada": Person(1, "yamada", "山田 花子", Role.SUPERVISOR),
    "sato": Person(2, "sato", "佐藤 一郎", Role.SUPERVISOR),
    "staff": Person(3, "staff", "鈴木", Role.STAFF),
    "admin": Person(4, "admin", "高橋", Role.ADMIN),
}
ZONE = ZoneInfo("Asia/Tokyo")
AREAS = [
    Area(id="shimin", name="市民課", name_en="Citizens' Affairs"),
    Area(id="nozei", name="納税課", name_en="Tax Payment"),
]
NAMES = [
    ("住民票", "Residence records"),
    ("印鑑登録", "Seal registration"),
    ("戸籍", "Family register"),
    ("納税相談", "Tax consultation"),
]


def ago(seconds: float) -> str:
    """An instant of the API, ``seconds`` before now."""
    return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat(timespec="milliseconds")[:-6] + "Z"


def counter(n: int, **changes: Any) -> dict[str, Any]:
    """Counter number ``n``, well and free."""
    name, name_en = NAMES[(n - 1) % len(NAMES)]
    return {
        "unit": f"counter-{n}",
        "area": AREAS[0 if n <= 3 else 1].id,
        "number": f"{n}番",
        "number_en": f"No. {n}",
        "name": name,
        "name_en": name_en,
        "known": True,
        "link": "online",
        "since": ago(60),
        "seen": ago(1),
        "faults": [],
        "session": None,
    } | changes


def incident(number: int, unit: str, **changes: Any) -> dict[str, Any]:
    """An open alarm by the emergency button, just now."""
    return {
        "id": number,
        "unit": unit,
        "severity": "alarm",
        "kinds": ["panic"],
        "state": "open",
        "opened": ago(2),
        "last": ago(2),
        "presses": 1,
        "withdrawn": False,
        "late_s": 0.0,
        "acknowledged_by": None,
        "acknowledged_at": None,
        "tier": {"index": 0, "round": 1, "name": "係長", "name_en": "Team leader"},
        "level_dba": None,
        "calibrated": None,
        "last_event": f"{number:016x}-1",
    } | as_the_hub_would(changes)


def as_the_hub_would(changes: dict[str, Any]) -> dict[str, Any]:
    """Once somebody has answered, nobody is called any more."""
    answered = changes.get("state", "open") != "open"
    return ({"tier": None} if answered else {}) | changes


def stands(n: int) -> Counter:
    """Counter number ``n`` as the settings have it."""
    shown = counter(n)
    return Counter.model_validate({key: shown[key] for key in Counter.model_fields if key in shown})
