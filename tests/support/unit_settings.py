"""A settings file of a unit with everything fitted, for tests that change it."""

from pathlib import Path

from device.settings import UnitSettings, read

WHOLE = """
site = "testville"
unit = "c1"
area = "hall"
state_dir = "state"
hardware = "simulated"
[broker]
host = "127.0.0.1"
port = 1883
password_file = "password"
[panel]
panic = 17
assist = 27
session = 22
record = 23
alarm_light = 5
green_light = 6
amber_light = 13
red_light = 19
rec_light = 20
link_light = 26
[session]
limit_s = 1200
[microphone]
source = "simulated"
[simulated]
desk_socket = "desk.sock"
"""


def settings_of(folder: Path, text: str = WHOLE) -> UnitSettings:
    file = folder / "unit.toml"
    file.write_text(text)
    return read(file)
