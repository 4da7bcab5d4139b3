"""Floor plans: a drawing of an area and where its counters stand on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Spot = tuple[float, float]
"""Of a counter on its drawing: shares of its width and height from the upper left corner, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The drawing of one area, without its bytes."""

    area: str
    digest: str
    """SHA-256 of the drawing, hexadecimal."""
    width: int
    height: int
    spots: Mapping[str, Spot] = field(default_factory=dict)
    """By unit; who is not in it has no place yet."""

    def view(self) -> dict[str, Any]:
        """As pages read it."""
        return {
            "area": self.area,
            "drawing": f"/plans/{self.area}/drawing?of={self.digest[:16]}",
            "width": self.width,
            "height": self.height,
            "spots": {unit: [round(x, 4), round(y, 4)] for unit, (x, y) in self.spots.items()},
        }


def gone(area: str) -> dict[str, Any]:
    """What pages read of an area whose drawing was taken away."""
    return {"area": area, "drawing": None}
