"""The unit's settings: what is accepted, and how the rest is refused."""

from pathlib import Path

import pytest

from device.__main__ import main
from device.inputs import Button
from device.settings import SettingsRefused, read
from tests.support.unit_settings import WHOLE, settings_of
from wire.lights import Light


def refusal(folder: Path, old: str, new: str) -> str:
    assert old in WHOLE
    with pytest.raises(SettingsRefused) as caught:
        settings_of(folder, WHOLE.replace(old, new, 1))
    return str(caught.value)


def test_a_whole_file(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    assert settings.username == "c1"
    assert settings.state_dir == str(tmp_path / "state")
    assert settings.broker.password_file == str(tmp_path / "password")
    assert settings.panel.buttons() == {
        Button.PANIC: 17,
        Button.ASSIST: 27,
        Button.SESSION: 22,
        Button.RECORD: 23,
    }
    assert list(settings.panel.lights()) == list(Light)
    assert settings.panel.wiring().buzzer is None
    assert settings.config.trust == "key"
    assert (settings.session.limit_s, settings.session.warn_s) == (1200.0, 300.0)


def test_a_panic_button_alone_is_a_complete_unit(tmp_path: Path) -> None:
    settings = settings_of(
        tmp_path,
        """
        site = "s"
        unit = "u"
        state_dir = "/var/lib/unit"
        hardware = "gpio"
        [broker]
        host = "hub"
        password_file = "/etc/password"
        [panel]
        panic = 17
        """,
    )
    assert settings.panel.buttons() == {Button.PANIC: 17}
    assert settings.panel.lights() == {}
    assert settings.microphone.source == "none"
    assert settings.state_dir == "/var/lib/unit"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("assist = 27", "assist = 17", ["panel", "once", "17", "panic", "assist"]),
        ("panic = 17", "panic = 28", ["panel.panic", "27", "given: 28"]),
        ("panic = 17", "panic = -1", ["panel.panic", "0", "given: -1"]),
        ("panic = 17", 'panic = "17"', ["panel.panic", "integer", "given: '17'"]),
        ("panic = 17\n", "", ["panel.panic", "required"]),
        ('hardware = "simulated"', 'hardware = "auto"', ["hardware", "'gpio' or 'simulated'", "'auto'"]),
        ('hardware = "simulated"\n', "", ["hardware", "required"]),
        ('hardware = "simulated"', 'hardware = "gpio"', ["[simulated]", "gpio"]),
        (
            "panic = 17",
            "panic = 17\nsiren = 4",
            ["panel.siren", "unknown", "assist", "link_light", "given: siren"],
        ),
        ("[panel]", "[pannel]\n[panel]", ["pannel", "unknown", "broker", "given: pannel"]),
        ('unit = "c1"', 'unit = "C 1"', ["unit", "given: 'C 1'"]),
        ("port = 1883", "port = 0", ["broker.port", "given: 0"]),
        ("limit_s = 1200", "limit_s = 100", ["warn_s", "at most limit_s (100)", "300"]),
        ("limit_s = 1200", "limit_s = nan", ["session.limit_s"]),
        ('"desk.sock"', f'"{"d" * 200}"', ["desk_socket", "107", "given"]),
        ('[simulated]\ndesk_socket = "desk.sock"\n', "", ["[simulated]", "desk_socket"]),
        ('source = "simulated"', 'source = "auto"', ["microphone.source", "'pyaudio'", "given: 'auto'"]),
        ('site = "testville"', "site = testville", ["not TOML"]),
        ("panic = 17", "panic = { pin = 99 }", ["panel.panic.pin", "27", "given: 99"]),
        ("panic = 17", 'panic = { pull = "down" }', ["panel.panic.pin", "required"]),
        ("panic = 17", 'panic = { pin = 17, pull = "none" }', ["panel.panic", "active_high", "neither"]),
        ("panic = 17", 'panic = { pin = 17, pull = "left" }', ["panel.panic.pull", "'up'", "given: 'left'"]),
        ("panic = 17", "panic = { pin = 17, hold = 1 }", ["panel.panic.hold", "active_high", "given: hold"]),
        ("panic = 17", "panic = { pin = 17, active_high = 1 }", ["panel.panic.active_high", "given: 1"]),
        ("assist = 27", "assist = { pin = 17 }", ["panel", "once", "17", "panic", "assist"]),
        ("assist = 27", "assist = true", ["panel.assist.pin", "given: True"]),
        ("link_light = 26", "link_light = 26\nbuzzer = 26", ["panel", "once", "26", "link_light", "buzzer"]),
        (
            "link_light = 26",
            'link_light = { pin = 26, pull = "up" }',
            ["panel.link_light.pull", "pin, active_high", "given: pull"],
        ),
        ("[session]", '[config]\ntrust = "maybe"\n[session]', ["config.trust", "'key'", "given: 'maybe'"]),
    ],
)
def test_refused_with_what_is_allowed_and_what_was_given(
    tmp_path: Path, old: str, new: str, told: list[str]
) -> None:
    message = refusal(tmp_path, old, new)
    assert not [part for part in told if part not in message], message


def test_polarity_and_pull_of_every_pin(tmp_path: Path) -> None:
    text = WHOLE.replace("panic = 17", "panic = { pin = 17, active_high = true }")
    text = text.replace("assist = 27", 'assist = { pin = 27, pull = "down" }')
    text = text.replace("session = 22", 'session = { pin = 22, pull = "none", active_high = false }')
    text = text.replace("alarm_light = 5", "alarm_light = { pin = 5, active_high = false }")
    text = text.replace("link_light = 26", "link_light = 26\nbuzzer = { pin = 12, active_high = false }")
    panel = settings_of(tmp_path, text).panel
    wiring = panel.wiring()
    assert panel.pins()["panic"] == 17
    buttons = (Button.PANIC, Button.ASSIST, Button.SESSION, Button.RECORD)
    assert [wiring.pull(button) for button in buttons] == ["up", "down", "none", "up"]
    assert [wiring.pressed_is_high(button) for button in buttons] == [True, True, False, False]
    assert (wiring.lit_is_high(Light.ALARM), wiring.lit_is_high(Light.LINK)) == (False, True)
    assert (wiring.buzzer, wiring.buzzer_active_high) == (12, False)


def test_only_a_simulated_unit_may_believe_everybody(tmp_path: Path) -> None:
    text = WHOLE.replace("[session]", '[config]\ntrust = "none"\n[session]')
    assert settings_of(tmp_path, text).config.trust == "none"
    real = text.partition("[microphone]")[0].replace('"simulated"', '"gpio"')
    with pytest.raises(SettingsRefused, match=r"config\.trust 'none' is allowed only"):
        settings_of(tmp_path, real)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    message = refusal(tmp_path, "panic = 17\nassist = 27", "panic = 99\nassist = 98")
    assert len(message.splitlines()) == 2


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match="cannot be read"):
        read(tmp_path / "none.toml")


def test_the_password_is_read_from_its_file(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    with pytest.raises(SettingsRefused, match="cannot be read"):
        settings.password()
    (tmp_path / "password").write_text(" \n")
    with pytest.raises(SettingsRefused, match="is empty"):
        settings.password()
    (tmp_path / "password").write_text("secret\n")
    assert settings.password() == "secret"


def test_check_says_what_is_fitted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings_of(tmp_path)
    (tmp_path / "password").write_text("secret\n")
    assert main(["check", "--config", str(tmp_path / "unit.toml")]) == 0
    told = capsys.readouterr().out
    assert "panic: BCM 17\n" in told
    assert "record: BCM 23\n" in told
    assert "secret" not in told


@pytest.mark.parametrize("command", ["run", "check"])
def test_bad_settings_end_with_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    file = tmp_path / "unit.toml"
    file.write_text("unit = 5")
    assert main([command, "--config", str(file)]) == 2
    told = capsys.readouterr().err
    assert "site: required" in told
    assert "given: 5" in told
