"""The panel in the settings: which parts are fitted, at which pins, wired how."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from device.hardware.wiring import Pull, Wiring
from device.inputs import Button
from wire.lights import Light

Pin = Annotated[int, Field(ge=0, le=27)]
"""A BCM number of the 40-pin header, 0 to 27."""


class Table(BaseModel):
    """A table of the settings: read strictly, nothing unknown in it."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, use_attribute_docstrings=True)


class _Part(Table):
    pin: Pin

    @model_validator(mode="before")
    @classmethod
    def _a_number_is_a_pin(cls, given: Any) -> Any:
        return given if isinstance(given, dict | cls) else {"pin": given}


class ButtonPart(_Part):
    """A button: ``panic = 17``, or ``panic = { pin = 17, pull = "down" }``."""

    pull: Pull = "up"
    """The resistor inside the computer that holds the contact while it is open."""
    active_high: bool | None = None
    """Whether pressed is high. Absent: with pull ``down``. A contact that opens when pressed, so that a cut
    wire gives an alarm, has pull ``up`` and ``active_high = true``."""

    @model_validator(mode="after")
    def _without_a_pull_the_level_is_told(self) -> Self:
        if self.pull == "none" and self.active_high is None:
            raise ValueError("pull 'none' needs active_high = true or false; given: neither")
        return self


class OutputPart(_Part):
    """A light or the buzzer: ``alarm_light = 5``, or ``alarm_light = { pin = 5, active_high = false }``."""

    active_high: bool = True
    """Whether high switches it on."""


class PanelSettings(Table):
    """Buttons, lights and buzzer. What is absent is not fitted."""

    panic: ButtonPart
    assist: ButtonPart | None = None
    session: ButtonPart | None = None
    record: ButtonPart | None = None
    """Starts and ends a recording; does nothing where the settings have no recorder."""
    alarm_light: OutputPart | None = None
    green_light: OutputPart | None = None
    amber_light: OutputPart | None = None
    red_light: OutputPart | None = None
    rec_light: OutputPart | None = None
    """Lit exactly while something is stored."""
    recording_sign: OutputPart | None = None
    """A lamp or a lit sign for visitors: on exactly while the REC light is, by the same order."""
    link_light: OutputPart | None = None
    buzzer: OutputPart | None = None
    """Sounds when a meeting's time is nearly over and when it is; never for an alarm."""

    @model_validator(mode="after")
    def _no_pin_twice(self) -> Self:
        seen: dict[int, str] = {}
        for part, pin in self.pins().items():
            if pin in seen:
                raise ValueError(f"each pin may be named once; pin {pin} is both {seen[pin]} and {part}")
            seen[pin] = part
        return self

    @model_validator(mode="after")
    def _a_sign_goes_with_the_light(self) -> Self:
        if self.recording_sign is not None and self.rec_light is None:
            raise ValueError("recording_sign needs rec_light: it shows the same")
        return self

    def pins(self) -> dict[str, int]:
        """Part to pin, for every part that is named."""
        return {name: part.pin for name, part in self if part is not None}

    def buttons(self) -> dict[Button, int]:
        """The buttons with their pins."""
        return {button: part.pin for button, part in self._buttons().items()}

    def lights(self) -> dict[Light, int]:
        """The lights with their pins."""
        return {light: part.pin for light, part in self._lights().items()}

    def wiring(self) -> Wiring:
        """How all of them are wired."""
        high: dict[Button | Light, bool] = {light: part.active_high for light, part in self._lights().items()}
        for button, part in self._buttons().items():
            if part.active_high is not None:
                high[button] = part.active_high
        return Wiring(
            pulls={button: part.pull for button, part in self._buttons().items()},
            active_high=high,
            sign=self.recording_sign.pin if self.recording_sign else None,
            sign_active_high=self.recording_sign.active_high if self.recording_sign else True,
            buzzer=self.buzzer.pin if self.buzzer else None,
            buzzer_active_high=self.buzzer.active_high if self.buzzer else True,
        )

    def _buttons(self) -> dict[Button, ButtonPart]:
        named = {button: getattr(self, button.value) for button in Button}
        return {button: part for button, part in named.items() if part is not None}

    def _lights(self) -> dict[Light, OutputPart]:
        named = {light: getattr(self, f"{light.value}_light") for light in Light}
        return {light: part for light, part in named.items() if part is not None}


def part_of(name: str) -> type[Table]:
    """The table that describes one part of the panel."""
    return ButtonPart if name in [button.value for button in Button] else OutputPart
