"""The demo's signal tower: it listens as a real one does, and the counters' page draws what it shows."""

import asyncio

from tools.demo.tower import LIGHTS, SimulatedTower
from tools.demo.virtual.bridge import Hall

DRAWN = LIGHTS[:3]
"""A tower of three."""


class Mast:
    """A tower in this process. ``start`` and ``stop`` on the loop."""

    def __init__(self, tower: SimulatedTower, hall: Hall) -> None:
        self._tower = tower
        self._hall = hall

    async def start(self) -> None:
        """Give it power before the hub looks for it. Raises ``OSError`` when its port is taken."""
        loop = asyncio.get_running_loop()

        def changed(lights: dict[str, str]) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._show, lights)

        self._tower.on_change = changed
        self._tower.on()
        self._show({})

    async def stop(self) -> None:
        """Take its power away."""
        self._tower.off()

    def _show(self, lights: dict[str, str]) -> None:
        shown = {name: lights.get(name, "off") for name in DRAWN}
        self._hall.show("tower", shown | {"buzzer": int(lights.get("buzzer", "0"))})
