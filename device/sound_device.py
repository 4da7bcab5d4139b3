"""Which of PortAudio's devices a name in the settings means."""

from typing import Any, Literal

DEFAULT = "default"


class NoSuchDevice(Exception):
    """No device, or more than one, has that name. The message is for who looks after the unit."""


def index_of(audio: Any, named: str, way: Literal["input", "output"]) -> int | None:
    """Number of the device of PyAudio's ``audio`` with that very name, or else of the only one whose name
    contains it; None: PortAudio's own choice. Raises ``NoSuchDevice``."""
    if named == DEFAULT:
        return None
    every = [audio.get_device_info_by_index(i) for i in range(audio.get_device_count())]
    fitting = {int(one["index"]): str(one["name"]) for one in every if one[f"max{way.title()}Channels"] > 0}
    exact = [index for index, name in fitting.items() if name == named]
    found = exact or [index for index, name in fitting.items() if named in name]
    if len(found) == 1:
        return found[0]
    names = ", ".join(fitting.values()) or "none"
    how_many = f"several {way}s" if found else f"no {way}"
    raise NoSuchDevice(f"{how_many} named {named!r}; there are: {names}")
