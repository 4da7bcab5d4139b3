"""How Python runs the hub's threads: an alarm must not wait for housekeeping of the interpreter."""

import gc
import sys

from hub.memory import give_back

SWITCH_S = 0.0005
"""Python's default lets one thread keep the interpreter for 5 ms while a press waits in another."""
YOUNG_OBJECTS = 5_000
"""New objects before Python looks for cycles among them. Its default of 700 is reached by two presses, and a
look at everything that was ever loaded took 30 to 70 ms."""


def settle() -> None:
    """Once, when everything is loaded: what is there by now stays, and nobody looks through it again."""
    sys.setswitchinterval(SWITCH_S)
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])
    give_back()
