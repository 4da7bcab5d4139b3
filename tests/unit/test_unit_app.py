"""The owner's part of the app, without its threads: what it does with trouble."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from device.app import Unit
from device.backlog import ORDINARY_MAX, Entry
from device.decisions import HearWith
from device.hardware import gpio
from device.hardware.desk import Loudness
from device.hardware.fitting import fit
from device.hearing.figures import SENSITIVITIES
from device.inputs import Button, Edge, Tick
from device.lock import AlreadyRunning
from device.microphone.fitting import ear_of
from device.outbox import Kept
from device.settings import read
from tests.support.unit_heart import OLD_EPOCH, Bench, reading
from wire.codec import encode

SETTINGS = """
site = "testville"
unit = "c1"
state_dir = "state"
hardware = "simulated"
[broker]
host = "127.0.0.1"
port = 1
password_file = "password"
[panel]
panic = 17
[simulated]
desk_socket = "d.sock"
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    # Short: a socket's path holds 107 bytes, and pytest's own folders can be longer.
    with tempfile.TemporaryDirectory(prefix="unit-") as short:
        (Path(short) / "unit.toml").write_text(SETTINGS)
        (Path(short) / "password").write_text("secret")
        yield Path(short)


@pytest.fixture
def unit(folder: Path) -> Iterator[Unit]:
    unit = Unit(read(folder / "unit.toml"))
    yield unit
    unit._lock.release()
    unit._board.stop(15.0)


def kinds(unit: Unit) -> list[str]:
    """Types of the events that wait for the hub, in order."""
    return [
        entry.payload.split(b'"type":"io.madomori.')[1].split(b'"')[0].decode()
        for entry in unit._uplink.backlog
    ]


def test_an_error_in_one_matter_does_not_take_the_button_with_it(
    unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setitem(unit._heart._handlers, Tick, lambda _tick, _now: 1 / 0)
        unit._handle(Tick())
    unit._handle(Edge(Button.PANIC, True, unit._clock.now()))
    assert kinds(unit) == ["panic.v1"]


def test_a_full_backlog_is_told_and_leaves_only_the_alarms(unit: Unit) -> None:
    for sequence in range(1, ORDINARY_MAX + 1):
        unit._uplink.backlog.add(Entry("e" * 16, sequence, False, b'"type":"io.madomori.old"'))
    unit._handle(Tick())
    assert unit._heart.faults == ["backlog"]
    unit._handle(Edge(Button.PANIC, True, unit._clock.now()))
    assert kinds(unit)[0] == "panic.v1"


def test_what_earlier_runs_left_is_taken_over_and_the_unreadable_is_let_go(unit: Unit) -> None:
    bench = Bench()
    bench.edge(Button.PANIC, True, 1.0)
    event = bench.events[0].model_copy(update={"epoch": OLD_EPOCH, "id": f"{OLD_EPOCH}-1"})
    sound = Entry(OLD_EPOCH, 1, True, encode(event))
    broken = Entry(OLD_EPOCH, 2, True, b"\x00 no event")
    unit._handle(Kept((OLD_EPOCH,), (sound, broken)))
    assert [entry.key for entry in unit._uplink.backlog] == [(OLD_EPOCH, 1)]
    assert unit._outbox._gone == {(OLD_EPOCH, 2)}
    recovered = unit._recover(Kept((OLD_EPOCH,), (sound,)), reading(5.0))
    assert [(key.sequence, age) for key, age in recovered.alarms] == [(1, float("inf"))], "another boot"


def test_two_units_do_not_share_a_state_folder(unit: Unit, folder: Path) -> None:
    with pytest.raises(AlreadyRunning, match="state"):
        Unit(read(folder / "unit.toml"))


@pytest.mark.parametrize("given", [None, "/run/madomori-unit"])
def test_the_pipe_of_the_pins_lies_in_memory_where_a_service_has_such_a_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch, given: str | None
) -> None:
    if given is None:
        monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)
    else:
        monkeypatch.setenv("RUNTIME_DIRECTORY", given)
    asked: list[Path] = []

    def opened(*_arguments: object, folder: Path) -> None:
        asked.append(folder)

    monkeypatch.setattr(gpio, "open_board", opened)
    text = SETTINGS.partition("[simulated]")[0].replace('"simulated"', '"gpio"')
    (folder / "unit.toml").write_text(text)
    fit(read(folder / "unit.toml"), None, lambda: Loudness(None, None, None))
    assert asked == [Path(given) if given else folder / "state"]


def test_the_ear_is_as_sensitive_as_the_hub_says(unit: Unit) -> None:
    assert unit._ear._hearing.shout.sensitivity is SENSITIVITIES["normal"]

    unit._hands.carry_out([HearWith("high")], reading(1.0))

    assert unit._ear._hearing.shout.sensitivity is SENSITIVITIES["high"]


@pytest.mark.parametrize("keeps", [False, True])
def test_figures_of_loud_seconds_are_kept_only_where_the_settings_say_so(folder: Path, keeps: bool) -> None:
    said = "[microphone]\nkeep_features = true\n" if keeps else ""
    (folder / "unit.toml").write_text(SETTINGS + said)

    ear = ear_of(read(folder / "unit.toml"), lambda _: None)

    assert (ear._features is not None) == keeps
