"""The systemd units agree with the programs that they start, and systemd itself understands them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from device import app
from device.__main__ import EXIT_BAD_SETTINGS, EXIT_FAILED, EXIT_RESTART
from device.settings import read
from device.watchdog import PATIENCE_S
from hub.app import STOP_WITHIN_S as HUB_STOPS_WITHIN_S
from hub.settings import load

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
SERVICES = {name: DEPLOY / "systemd" / f"madomori-{name}.service" for name in ("unit", "hub")}
EXPOSURE_MOST = 30
"""Tenths of systemd's own measure: 0 is a program that may do nothing, 100 one that may do all."""


def settings_of(service: Path) -> dict[str, list[str]]:
    """Every setting with all its values, in order; sections have no names in common here."""
    found: dict[str, list[str]] = {}
    for line in service.read_text().splitlines():
        if line and not line.startswith(("#", "[")):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def one(service: Path, name: str) -> str:
    [value] = settings_of(service)[name]
    return value


@pytest.mark.parametrize("name", SERVICES)
def test_it_comes_back_whatever_happens_and_for_ever(name: str) -> None:
    service = SERVICES[name]
    assert one(service, "Restart") == "always"
    assert one(service, "StartLimitIntervalSec") == "0"
    assert one(service, "ExecStart").split()[1:3] == ["run", "--config"]


def test_the_watchdog_waits_longer_than_the_feeding_and_knows_when_the_unit_is_ready() -> None:
    unit = SERVICES["unit"]
    assert one(unit, "Type") == "notify", "the unit says READY=1 and WATCHDOG=1"
    assert "READY=1" in Path(app.__file__).read_text()
    assert "WATCHDOG=1" in Path(app.__file__).read_text()
    watchdog_s = float(one(unit, "WatchdogSec"))
    # A busy computer may hold the loop for seconds; a dead button must not wait for a minute.
    assert 10 * app.LOOK_S <= watchdog_s <= PATIENCE_S / 2


def test_a_restart_by_command_is_no_failure_and_real_failures_are() -> None:
    expected = one(SERVICES["unit"], "SuccessExitStatus").split()
    assert expected == [str(EXIT_RESTART)]
    assert {EXIT_FAILED, EXIT_BAD_SETTINGS}.isdisjoint(map(int, expected))


@pytest.mark.parametrize(("name", "stops_within_s"), [("unit", 5.0), ("hub", HUB_STOPS_WITHIN_S)])
def test_the_program_has_the_time_that_it_takes_to_stop(name: str, stops_within_s: float) -> None:
    assert float(one(SERVICES[name], "TimeoutStopSec")) >= 1.5 * stops_within_s


@pytest.mark.parametrize("name", SERVICES)
def test_the_only_folder_that_lasts_is_the_one_of_the_example(name: str, tmp_path: Path) -> None:
    example = DEPLOY / "examples" / f"{name}.toml"
    state_dir = read(example).state_dir if name == "unit" else str(load(example).state_dir)
    service = SERVICES[name]
    assert state_dir == f"/var/lib/{one(service, 'StateDirectory')}"
    assert one(service, "ProtectSystem") == "strict"
    assert one(service, "ExecStart").split()[-1] == f"/etc/madomori/{name}.toml"


def test_pins_sound_and_the_pipe_of_lgpio_are_allowed_and_no_other_device() -> None:
    unit = settings_of(SERVICES["unit"])
    assert unit["DevicePolicy"] == ["closed"]
    assert unit["DeviceAllow"] == ["char-gpiochip rw", "char-alsa rw"]
    assert unit["SupplementaryGroups"] == ["gpio audio"]
    assert "PrivateDevices" not in unit
    assert unit["RuntimeDirectory"] == ["madomori-unit"], "what RUNTIME_DIRECTORY tells the program"


def test_the_unit_may_ask_the_kernel_whether_its_clock_is_set() -> None:
    unit = settings_of(SERVICES["unit"])
    assert "ProtectClock" not in unit, "it denies adjtimex(2)"
    [filtered] = unit["SystemCallFilter"]
    assert filtered.startswith("~"), "what is not named is allowed"
    assert "@clock" not in filtered.split()


@pytest.fixture
def verifiable(tmp_path: Path) -> list[Path]:
    """The units with programs that exist here."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze here")
    files = []
    for service in SERVICES.values():
        text = re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", service.read_text())
        files.append(tmp_path / service.name)
        files[-1].write_text(text)
    return files


def test_systemd_understands_every_line(verifiable: list[Path]) -> None:
    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, verifiable)],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in (told.stdout + told.stderr).splitlines() if "madomori" in line]
    assert (told.returncode, ours) == (0, [])


def test_they_may_do_little(verifiable: list[Path]) -> None:
    told = subprocess.run(
        [
            *("systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE_MOST}", "--no-pager"),
            *map(str, verifiable),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout[-300:] + told.stderr
