"""How the parts of a panel are wired, where it is not the usual way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from device.inputs import Button
from wire.lights import Light

Pull = Literal["up", "down", "none"]
"""The resistor inside the computer that holds an open contact; ``none``: there is one outside."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """The usual way: buttons from pin to ground (pull-up, pressed is low), lights lit by high, no buzzer."""

    pulls: Mapping[Button, Pull] = field(default_factory=dict)
    """``up`` for a button that is absent."""
    active_high: Mapping[Button | Light, bool] = field(default_factory=dict)
    """Whether the pin is high while the button is pressed or the light lit. For what is absent: a button with
    pull ``down`` and every light are."""
    buzzer: int | None = None
    """Its pin; None: not fitted."""
    buzzer_active_high: bool = True
    sign: int | None = None
    """Pin of the sign that shows visitors what the REC light shows; None: not fitted."""
    sign_active_high: bool = True

    def pull(self, button: Button) -> Pull:
        """The resistor at a button."""
        return self.pulls.get(button, "up")

    def pressed_is_high(self, button: Button) -> bool:
        """Whether the button's pin is high while it is pressed: also so for a contact that opens."""
        return self.active_high.get(button, self.pull(button) == "down")

    def lit_is_high(self, light: Light) -> bool:
        """Whether the light's pin is high while it is lit."""
        return self.active_high.get(light, True)


USUAL = Wiring()
