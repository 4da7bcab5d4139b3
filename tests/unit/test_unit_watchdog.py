"""The service manager is told that the unit lives only while every loop goes round."""

import socket
from pathlib import Path

import pytest

from device.machine import Machine
from device.watchdog import NUDGE_S, PATIENCE_S, ServiceManager, Watchdog


class Turning:
    """A loop that goes round when it is nudged, until it is stuck."""

    def __init__(self) -> None:
        self.turns = 0
        self.stuck = False

    def nudge(self) -> None:
        self.turns += not self.stuck


def test_a_loop_that_goes_round_is_not_stuck_however_idle_it_is() -> None:
    loop = Turning()
    dog = Watchdog({"outbox": loop})
    assert [dog.stuck(at) for at in range(1000)] == [set()] * 1000
    assert loop.turns == 1000 // NUDGE_S


def test_a_loop_that_does_not_is_named_and_forgiven_when_it_does_again() -> None:
    outbox, link = Turning(), Turning()
    dog = Watchdog({"outbox": outbox, "link": link})
    assert dog.names == ("outbox", "link")
    dog.stuck(0.0)
    outbox.stuck = True
    found = {at: dog.stuck(float(at)) for at in range(1, 100)}
    assert min(at for at in found if found[at]) == PATIENCE_S
    assert found[99] == {"outbox"}
    outbox.stuck = False
    assert dog.stuck(200.0) == set()


@pytest.mark.parametrize("abstract", [False, True])
def test_what_the_service_manager_is_told(tmp_path: Path, abstract: bool) -> None:
    name = f"@{tmp_path.name}-{tmp_path.parent.name}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("\0" + name[1:] if abstract else name)
        systemd.settimeout(15)
        manager = ServiceManager({"NOTIFY_SOCKET": name})
        manager.tell("READY=1")
        manager.tell("WATCHDOG=1")
        assert [systemd.recv(100) for _ in range(2)] == [b"READY=1", b"WATCHDOG=1"]


def test_without_a_service_manager_nobody_is_told(tmp_path: Path) -> None:
    ServiceManager({}).tell("READY=1")
    ServiceManager({"NOTIFY_SOCKET": str(tmp_path / "gone")}).tell("READY=1")


def test_a_service_manager_that_does_not_read_does_not_hold_the_unit(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        manager = ServiceManager({"NOTIFY_SOCKET": str(tmp_path / "notify")})
        for _ in range(5000):
            manager.tell("WATCHDOG=1")


def machine(root: Path, files: dict[str, str]) -> Machine:
    for name, text in files.items():
        file = root / "sys" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n")
    return Machine(root)


ZONE = "class/thermal/thermal_zone"
THROTTLED = "devices/platform/soc/soc:firmware/get_throttled"


def test_a_raspberry_pi_tells_of_heat_and_voltage(tmp_path: Path) -> None:
    files = {f"{ZONE}0/type": "cpu-thermal", f"{ZONE}0/temp": "71543", THROTTLED: "50005"}
    pi = machine(tmp_path, files)
    assert pi.cpu_c() == 71.543
    assert pi.throttled() == ("under-voltage", "throttled")


@pytest.mark.parametrize("files", [{}, {f"{ZONE}0/type": "battery", f"{ZONE}0/temp": "1", THROTTLED: "?"}])
def test_what_nothing_tells_is_not_made_up(tmp_path: Path, files: dict[str, str]) -> None:
    other = machine(tmp_path, files)
    assert other.cpu_c() is None
    assert other.throttled() == ()


def test_a_machine_has_memory_and_a_system() -> None:
    assert Machine().memory_mb() > 5
    assert Machine().system
