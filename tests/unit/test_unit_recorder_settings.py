"""The recorder in the unit's settings: off by default, and refused where it could not keep its promises."""

import wave
from pathlib import Path

import pytest

from device.__main__ import main
from device.notice import loudspeaker_of
from device.recording import Policy
from device.settings import SettingsRefused, UnitSettings
from tests.support.unit_settings import WHOLE, settings_of
from wire.evidence.keys import new_signing_key, public_text, read_signing_key

RECORDER = """[recorder]
signing_key = "recording.pem"
recipient = "age1fl7k6her7l6ap7sw7w6hxfs4erd7ya2976gtr5uld2r76099tfus8xen2a"
hub_url = "https://hub.example:8710"
"""


def recorder(folder: Path, more: str = "", *, whole: str = WHOLE, table: str = RECORDER) -> UnitSettings:
    return settings_of(folder, f"{whole}{table}{more}")


def refusal(folder: Path, more: str = "", *, whole: str = WHOLE, table: str = RECORDER) -> str:
    with pytest.raises(SettingsRefused) as caught:
        recorder(folder, more, whole=whole, table=table)
    return str(caught.value)


def test_without_the_table_nothing_is_ever_recorded(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    assert settings.recorder is None
    assert settings.camera is None


def test_by_default_only_people_start_a_recording(tmp_path: Path) -> None:
    made = recorder(tmp_path).recorder
    assert made is not None
    assert made.policy() == Policy(limit_s=7200.0, panic_s=None, sessions=False)
    assert made.pre_roll_s == 20.0
    assert made.signing_key == str(tmp_path / "recording.pem")


def test_what_a_site_settles(tmp_path: Path) -> None:
    more = 'on_panic = true\npanic_s = 300.0\non_session = "always"\nlimit_s = 3600.0\nca_file = "ca.pem"\n'
    made = recorder(tmp_path, f'{more}[camera]\nsource = "picamera2"\n')
    assert made.recorder is not None
    assert made.recorder.policy() == Policy(3600.0, 300.0, True)
    assert made.recorder.ca_file == str(tmp_path / "ca.pem")
    assert made.camera is not None


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://hub.example:8710", True),
        ("https://hub.example/base", True),
        ("http://127.0.0.1:8710", True),
        ("http://localhost:8710", True),
        ("http://[::1]:8710", True),
        ("http://hub.example:8710", False),
        ("http://127.0.0.1.example:8710", False),
        ("ftp://hub.example", False),
        ("https://", False),
        ("https://somebody@hub.example", False),
        ("https://hub.example:0", False),
        ("https://hub.example:99999", False),
        ("https://hub.example/?x=1", False),
        ("hub.example", False),
    ],
)
def test_sound_goes_in_clear_only_to_this_computer_itself(tmp_path: Path, url: str, allowed: bool) -> None:
    table = RECORDER.replace("https://hub.example:8710", url)
    if allowed:
        assert recorder(tmp_path, table=table).recorder is not None
    else:
        assert "recorder.hub_url" in refusal(tmp_path, table=table)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("pre_roll_s = 61.0", "recorder.pre_roll_s"),
        ("limit_s = 90000.0", "recorder.limit_s"),
        ('on_session = "sometimes"', "recorder.on_session"),
        ("reserve_mb = 0", "recorder.reserve_mb"),
        ("pre_rol_s = 5.0", "unknown key"),
        ('[camera]\nsource = "picamera2"', "needs recorder.on_panic"),
        ('on_panic = true\n[camera]\nsource = "webcam"', "camera.source"),
    ],
)
def test_refused_with_what_is_allowed(tmp_path: Path, more: str, told: str) -> None:
    assert told in refusal(tmp_path, more)


def test_nothing_is_recorded_without_a_light_or_a_microphone(tmp_path: Path) -> None:
    assert "without a light" in refusal(tmp_path, whole=WHOLE.replace("rec_light = 20\n", ""))
    assert "needs a microphone" in refusal(tmp_path, whole=WHOLE.replace('"simulated"\n[sim', '"none"\n[sim'))
    table = RECORDER.replace("https:", "http:").replace("hub.example", "localhost") + 'ca_file = "ca.pem"\n'
    assert "ca_file" in refusal(tmp_path, table=table)


def test_check_says_what_starts_a_recording_and_the_key_for_the_hub(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorder(tmp_path, "on_panic = true\n")
    (tmp_path / "password").write_text("x")
    pem = new_signing_key()
    assert main(["check", "--config", str(tmp_path / "unit.toml")]) == 2, "there is no key yet"
    assert "recorder.signing_key" in capsys.readouterr().err
    (tmp_path / "recording.pem").write_bytes(pem)
    assert main(["check", "--config", str(tmp_path / "unit.toml")]) == 0
    said = capsys.readouterr().out
    assert "recorder: by the record button, the panic button, the hub" in said
    assert public_text(read_signing_key(pem)) in said


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("age1fl7k6her7", "age1fl7k6her8", "recorder.recipient"),
        ("hub_url", 'ca_file = "nowhere.pem"\nhub_url', "recorder.ca_file"),
    ],
)
def test_keys_that_cannot_be_used_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, told: str
) -> None:
    recorder(tmp_path, table=RECORDER.replace(old, new))
    (tmp_path / "password").write_text("x")
    (tmp_path / "recording.pem").write_bytes(new_signing_key())
    assert main(["check", "--config", str(tmp_path / "unit.toml")]) == 2
    assert told in capsys.readouterr().err


NOTICE = """[notice]
spoken = "notice.wav"
output = "simulated"
"""


def test_the_notice_to_visitors_is_the_sites_choice(tmp_path: Path) -> None:
    assert recorder(tmp_path).notice is None
    made = recorder(tmp_path, NOTICE)
    assert made.notice is not None
    assert made.notice.spoken == str(tmp_path / "notice.wav")
    with pytest.raises(SettingsRefused, match="cannot be read"):
        loudspeaker_of(made, lambda: None)  # type: ignore[arg-type, return-value]
    with wave.open(str(tmp_path / "notice.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(64_000))
    speaker, lasts_s = loudspeaker_of(made, lambda: None)  # type: ignore[arg-type, return-value]
    assert speaker is not None
    assert lasts_s == 2.0
    assert made.recorder is not None
    assert made.recorder.policy(lasts_s).notice_s == 2.0


def test_a_notice_without_a_recorder_and_a_sign_without_the_light_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match=r"\[notice\] needs the table \[recorder\]"):
        settings_of(tmp_path, f"{WHOLE}{NOTICE}")
    assert "recording_sign needs rec_light" in refusal(
        tmp_path, whole=WHOLE.replace("rec_light = 20", "recording_sign = 20")
    )
