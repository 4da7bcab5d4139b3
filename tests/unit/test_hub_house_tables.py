"""The house as tables: out of the settings, into them, and printed as a settings file."""

import tomllib
from pathlib import Path

import pytest

from hub.house_tables import HOUSE, as_toml, settings_with, tables_of
from hub.setting_types import BadSettings
from hub.settings import Settings, read
from tests.support.hostile_texts import printable

WHOLE = {
    "site": "city",
    "state_dir": "unused",
    "mail": {"host": "mail", "port": 25, "security": "none", "sender": "hub@example.jp"},
    "towers": [{"name": "t1", "host": "10.0.0.9", "protocol": "pns-ab"}],
    "areas": [{"id": "shimin", "name": "市民課", "name_en": "Citizens"}],
    "counters": [
        {
            "unit": "c1",
            "area": "shimin",
            "number": "1番",
            "number_en": "No. 1",
            "name": "住民票",
            "name_en": "Records",
        }
    ],
    "people": [
        {
            "login": "aoki",
            "name": "青木",
            "mail": "aoki@example.jp",
            "hours": [{"days": ["mon", "tue"], "begin": "08:30", "end": "17:15"}],
        },
        {"login": "baba", "name": "馬場"},
    ],
    "groups": [{"id": "heads", "members": ["aoki", "baba"]}],
    "ladders": [
        {
            "name": "night",
            "for": ["alarm", "trouble"],
            "areas": ["shimin"],
            "tiers": [
                {"name": "守衛", "name_en": "Guard", "seconds": 20, "call": ["tower:t1", "person:aoki"]},
                {"name": "課長", "name_en": "Head", "seconds": 60.5, "call": ["group:heads"]},
            ],
        }
    ],
    "ladder": [{"name": "係長", "name_en": "Leader", "seconds": 30}],
    "holidays": ["2026-11-23"],
    "fallback": ["mail:duty@example.jp"],
    "texts": {"address": "東京都西東京市南町5-6-13", "after": "内線 1101"},
}


def settings() -> Settings:
    return read(WHOLE)


def test_the_house_taken_out_and_put_back_is_the_same() -> None:
    assert settings_with(settings(), tables_of(settings())) == settings()
    assert set(tables_of(settings())) == set(HOUSE)


def test_what_is_printed_is_read_back_as_the_same_house() -> None:
    kept = {name: value for name, value in WHOLE.items() if name not in HOUSE}
    again = read(kept | tomllib.loads(as_toml(tables_of(settings()))))
    assert tables_of(again) == tables_of(settings())


@pytest.mark.parametrize("text", [*printable(), 'a"b\\c', "髙﨑"])
def test_whatever_a_name_is_it_survives_printing(text: str) -> None:
    tables = tables_of(settings())
    tables["areas"][0]["name"] = text[:80]
    printed = tomllib.loads(as_toml(tables))
    assert printed["areas"][0]["name"] == text[:80]
    assert set(printed) <= set(HOUSE), "no table of its own"


def test_a_house_that_cannot_be_is_refused_and_the_file_keeps_its_rest() -> None:
    tables = tables_of(settings())
    tables["counters"][0]["area"] = "nowhere"
    with pytest.raises(BadSettings, match="area of c1 must be one of shimin"):
        settings_with(settings(), tables)
    changed = settings_with(settings(), {"areas": WHOLE["areas"]})
    assert (changed.counters, changed.people) == ([], [])
    assert changed.towers == settings().towers, "notifiers stay as the file has them"


def test_paths_of_the_file_stay_where_they_were(tmp_path: Path) -> None:
    given = read({"site": "city", "state_dir": "state"}, tmp_path)
    assert settings_with(given, tables_of(given)).state_dir == tmp_path / "state"
