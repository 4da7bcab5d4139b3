"""Who is called is a setting: read strictly, and nobody is named who does not exist."""

from datetime import time
from pathlib import Path

import pytest

from hub.escalation.ladder import Callee
from hub.notices import Target
from hub.setting_types import BadSettings
from hub.settings import Settings, load

BASE = """
site = "city"
state_dir = "state"
holidays = [2026-11-23]
fallback = ["mail:guard@city.example"]
[mail]
host = "mail.city.example"
port = 25
security = "none"
sender = "madomori@city.example"
[[areas]]
id = "desk"
name = "市民課"
name_en = "Citizens' Affairs"
[[people]]
login = "Aoki"
name = "青木"
mail = "aoki@city.example"
language = "en"
hours = [{ days = ["mon", "fri"], begin = "08:30", end = "17:15" }]
[[groups]]
id = "heads"
members = ["aoki"]
[[ladders]]
name = "desk"
for = ["alarm", "attention"]
areas = ["desk"]
arrive_within_s = 120
tiers = [{ name = "係長", name_en = "Team leader", seconds = 30, call = ["person:AOKI", "group:heads"] }]
"""


def read(folder: Path, text: str) -> Settings:
    file = folder / "hub.toml"
    file.write_text(text)
    return load(file)


def test_ladders_people_and_hours(tmp_path: Path) -> None:
    settings = read(tmp_path, BASE)
    desk, default = settings.all_ladders
    assert (desk.name, desk.severities, desk.areas, desk.arrive_within_s) == (
        "desk",
        frozenset({"alarm", "attention"}),
        frozenset({"desk"}),
        120.0,
    )
    assert desk.tiers[0].callees == (Callee("person", "aoki"), Callee("group", "heads"))
    assert (default.name, default.areas) == ("default", frozenset())
    roster = settings.roster
    member = roster.members["aoki"]
    assert (member.targets, member.language) == ((Target("mail", "aoki@city.example"),), "en")
    assert (member.hours[0].days, member.hours[0].begin, member.hours[0].end) == (
        frozenset({0, 4}),
        time(8, 30),
        time(17, 15),
    )
    assert roster.fallback == (Callee("mail", "guard@city.example"),)
    assert [str(day) for day in roster.holidays] == ["2026-11-23"]
    assert settings.house().ladder("alarm", "c1") == default, "a unit without an area"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('"person:AOKI"', '"person:nobody"'), r"ladders: desk: person must be one of aoki; given: 'nobody'"),
        (('"group:heads"', '"group:none"'), r"group must be one of heads; given: 'none'"),
        (('"group:heads"', '"tower:hall"'), r"tower must be one of none; given: 'hall'"),
        (('"group:heads"', '"police:110"'), r"must be person:….*given: 'police:110'"),
        (('members = ["aoki"]', 'members = ["doi"]'), r"groups: heads: person must be one of aoki"),
        (('areas = ["desk"]', 'areas = ["tax"]'), r"ladders: areas of desk must be of desk; given: tax"),
        (('end = "17:15"', 'end = "08:00"'), r"end must be later than begin 08:30; given: 08:00"),
        (('"fri"', '"Friday"'), r"days"),
        (("seconds = 30", "seconds = 0"), r"greater than or equal to 1"),
        (("arrive_within_s = 120", "arrive_within_s = 5"), r"greater than or equal to 30"),
        (('name = "desk"\nfor', 'name = "default"\nfor'), r"ladders: name must be named once"),
        (('["alarm", "attention"]', '["fire"]'), r"'alarm', 'attention' or 'trouble'"),
        (("[mail]", "[elsewhere]"), r"unknown setting"),
    ],
)
def test_what_cannot_be_is_refused_and_named(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    assert change[0] in BASE
    with pytest.raises(BadSettings, match=told):
        read(tmp_path, BASE.replace(*change))


def test_nobody_is_called_by_mail_where_there_is_none(tmp_path: Path) -> None:
    without = BASE[: BASE.index("[mail]")] + BASE[BASE.index("[[areas]]") :]
    with pytest.raises(BadSettings, match=r"calls somebody by mail, but there is no \[mail\]"):
        read(tmp_path, without)


def test_a_shared_database_needs_to_know_which_hub_this_is(tmp_path: Path) -> None:
    shared = 'shared_database = true\ndatabase = "postgresql+psycopg://hub@db/hub"\n'
    with pytest.raises(BadSettings, match="needs a postgresql database, an instance and a configuration_key"):
        read(tmp_path, shared + BASE)
    settings = read(tmp_path, 'instance = "a"\nconfiguration_key = "key.pem"\n' + shared + BASE)
    assert settings.link().client_id == "hub-city-a"
    assert settings.key_file == tmp_path / "key.pem"
