"""The hub's settings are read strictly, and what is refused is told in words."""

from pathlib import Path

import pytest

from hub.escalation.ladder import DEFAULT_TIERS
from hub.setting_types import BadSettings
from hub.settings import load

GOOD = """
site = "city"
state_dir = "state"
[broker]
port = 1883
password_file = "secret"
[[areas]]
id = "desk"
name = "市民課"
name_en = "Citizens' Affairs"
[[counters]]
unit = "c1"
area = "desk"
number = "1番"
number_en = "No. 1"
name = "住民票"
name_en = "Residence records"
"""
COUNTER = GOOD[GOOD.index("[[counters]]") :]


def write(folder: Path, text: str) -> Path:
    file = folder / "hub.toml"
    file.write_text(text)
    return file


def test_good_settings_and_their_defaults(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("word\n")
    settings = load(write(tmp_path, GOOD))
    assert settings.state_dir == tmp_path / "state"
    assert settings.database_url == f"sqlite:///{tmp_path}/state/hub.sqlite"
    assert [ladder.tiers for ladder in settings.all_ladders] == [DEFAULT_TIERS]
    assert settings.area_of == {"c1": "desk"}
    assert (settings.web.host, settings.web.port) == ("127.0.0.1", 8710)
    link = settings.link()
    assert (link.username, link.password, link.client_id, link.protocol) == ("hub", "word", "hub-city", "5")


def test_a_ladder_of_ones_own(tmp_path: Path) -> None:
    ladder = '[[ladder]]\nname = "係長"\nname_en = "Team leader"\nseconds = 15\n'
    (tier,) = load(write(tmp_path, GOOD + ladder)).all_ladders[0].tiers
    assert (tier.name, tier.name_en, tier.seconds) == ("係長", "Team leader", 15.0)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('site = "city"', 'site = "Nishi Tokyo"'), r"site: name must be 1 to 32 .* given: 'Nishi Tokyo'"),
        (("port = 1883", "port = 70000"), r"broker\.port: .*65535; given: '70000'"),
        (("port = 1883", 'port = 1\nprotocol = "4"'), r"broker\.protocol: .*'5' or '3\.1\.1'; given: '4'"),
        (('site = "city"', 'site = "city"\nsites = 1'), r"sites: unknown setting"),
        (('area = "desk"', 'area = "tax"'), r"area of c1 must be one of desk; given: 'tax'"),
        (
            ("[broker]", 'database = "mysql://secret@x"\n[broker]'),
            r"sqlite:/// or postgresql.*given: 'mysql'",
        ),
        (('state_dir = "state"', ""), r"state_dir: Field required"),
        (('name = "住民票"', 'name = ""'), r"counters\.0\.name: .*at least 1 character"),
        (('name = "住民票"', 'name = "a\\nb"'), r"counters\.0\.name: "),
        ((COUNTER, COUNTER + COUNTER), r"counters: unit must be named once; given more than once: c1"),
        (
            (COUNTER, '[[ladder]]\nname = "x"\nname_en = "x"\nseconds = 0\n'),
            r"ladder\.0\.seconds: .*greater than or equal to 1; given: '0'",
        ),
    ],
)
def test_what_cannot_be_is_named(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    assert change[0] in GOOD
    with pytest.raises(BadSettings, match=told) as refused:
        load(write(tmp_path, GOOD.replace(*change)))
    assert "secret@" not in str(refused.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="cannot be read"):
        load(tmp_path / "none.toml")
    with pytest.raises(BadSettings, match="not TOML"):
        load(write(tmp_path, "site ="))
    with pytest.raises(BadSettings, match=r"broker\.password_file cannot be read"):
        load(write(tmp_path, GOOD)).link()
