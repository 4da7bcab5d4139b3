"""``madomori-unit calibrate``, and a unit that uses what it found."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from device.calibration import FILE
from tests.support.brokers import need, wait_until
from tests.support.unit_process import ROOT, HandHub, UnitProcess
from tools.demo.broker import Broker
from wire.messages import Health
from wire.topics import Channel


@pytest.fixture
def unit(mosquitto: Broker) -> Iterator[UnitProcess]:
    need("mosquitto")
    made = UnitProcess(mosquitto, microphone="simulated")
    yield made
    made.clean()


def run(unit: UnitProcess, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "device", command, "--config", str(unit.config), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_unit_reckons_by_what_was_measured(unit: UnitProcess, mosquitto: Broker) -> None:
    # By the settings the simulated room is at 42 dB(A). Whoever reads 71 from a meter there must be believed.
    method = "a meter beside the microphone"
    done = run(unit, "calibrate", "--level", "71", "--method", method, "--seconds", "3")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"Full scale is 1(48\.[5-9]|49\.[0-4]) dB\(A\)", done.stdout)
    assert re.search(
        rf"calibrated 20\d\d-\d\d-\d\d: full scale 14\S+ dB\(A\), {method}", run(unit, "check").stdout
    )

    with HandHub(mosquitto) as hub:
        unit.start()
        wait_until(lambda: levels(hub) != [], "a heartbeat with a level")
        assert levels(hub)[-1] == pytest.approx(71.0, abs=2.0)


def levels(hub: HandHub) -> list[float]:
    beats = [beat for beat in hub.said(Channel.HEALTH) if isinstance(beat, Health)]
    return [beat.level_dba for beat in beats if beat.level_dba is not None]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--level", "20", "--method", "x"), "the reference must be 60 to 110 dB(A); given: 20"),
        (("--level", "71", "--method", "x", "--seconds", "1"), "3 to 60 s can be measured; given: 1"),
        (("--level", "71", "--method", ""), "the method must be 1 to 200 characters in one line; given: ''"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(
    unit: UnitProcess, arguments: tuple[str, ...], why: str
) -> None:
    done = run(unit, "calibrate", *arguments)

    assert done.returncode == 1
    assert f"Not calibrated: {why}" in done.stderr
    assert not (unit.folder / "state" / FILE).exists()


def test_a_broken_file_is_a_fault_and_the_button_serves_all_the_same(
    unit: UnitProcess, mosquitto: Broker
) -> None:
    (unit.folder / "state").mkdir()
    (unit.folder / "state" / FILE).write_text("full_scale_dba = ")
    assert "NOT calibrated: calibration.toml: cannot be read" in run(unit, "check").stdout

    with HandHub(mosquitto) as hub:
        desk = unit.start()
        desk.press("panic")
        wait_until(lambda: hub.of_type("panic") != [], "the press arrives")
        wait_until(
            lambda: "calibration" in [event.data["part"] for event in hub.of_type("fault-raised")],
            "the fault is told",
        )
