"""The desired configuration: taken as a whole or refused as a whole, and always answered."""

from dataclasses import replace
from typing import Protocol

from pydantic import ValidationError

from device.decisions import Decision, Note, Report
from device.hearing.figures import SensitivityName
from device.notes import ConfigNote
from device.timer import Limits
from wire.messages import Config, Reported
from wire.messages.commands import Desired, refusal


class Trust(Protocol):
    """Who may configure this unit."""

    def why_not(self, config: Config) -> str | None:
        """Why the signature is not accepted; None when it is."""


class Everybody:
    """Accepts unsigned configurations: for simulated units on a computer of their own."""

    def why_not(self, config: Config) -> str | None:  # noqa: ARG002
        """Never a reason."""
        return None


class NoKey:
    """A unit that has not been given the hub's key can believe no signature."""

    def why_not(self, config: Config) -> str | None:  # noqa: ARG002
        """Always the same reason."""
        return "this unit has no key of the hub to check the signature with"


class Configuration:
    """What runs: the unit's own settings, with what the hub desires in their place."""

    def __init__(self, own: Limits, trust: Trust, sensitivity: SensitivityName = "normal") -> None:
        self._own = own
        self._own_sensitivity = sensitivity
        self._trust = trust
        self._applied = Desired()
        self.version = 0
        """0: the unit's own settings."""
        self.limits = own
        self.reported = Reported(version=0, applied=True)
        """The last word on it."""

    @property
    def sensitivity(self) -> SensitivityName:
        """Of the hearing."""
        return self._applied.sensitivity or self._own_sensitivity

    def take(self, config: Config) -> list[Decision]:
        """Apply or refuse; nothing has changed after a refusal."""
        why, decided = self._apply(config)
        self.reported = Reported(version=config.version, applied=not why, why=why)
        return [*decided, Report(self.reported)]

    def recover(self, note: ConfigNote | None) -> list[Decision]:
        """Go on with what the last run applied. It was verified then."""
        if note is None or note.version <= self.version:
            return []
        limits = self._with(note.settings)
        if isinstance(limits, str):  # the unit's own settings were changed since
            self.reported = Reported(version=note.version, applied=False, why=limits)
            return [Report(self.reported)]
        # An older one that was applied before the disk could be read was noted in its place.
        again = [Note("config", note)] if self.version else []
        self.version, self._applied, self.limits = note.version, note.settings, limits
        self.reported = Reported(version=note.version, applied=True)
        return [*again, Report(self.reported)]

    def _apply(self, config: Config) -> tuple[str, list[Decision]]:
        if why := self._trust.why_not(config):
            return why, []
        if config.version < self.version:
            return f"older than version {self.version}, which runs", []
        try:
            desired = Desired.model_validate(config.settings)
        except ValidationError as error:
            return refusal(error), []
        if config.version == self.version:
            same = desired == self._applied
            return ("" if same else f"version {self.version} runs already, with other settings"), []
        limits = self._with(desired)
        if isinstance(limits, str):
            return limits, []
        self.version, self._applied, self.limits = config.version, desired, limits
        return "", [Note("config", ConfigNote(version=config.version, settings=desired))]

    def _with(self, desired: Desired) -> Limits | str:
        limits = replace(self._own, **desired.model_dump(exclude_none=True, exclude={"sensitivity"}))
        if limits.warn_s > limits.limit_s:
            return f"warn_s must be at most limit_s ({limits.limit_s:g}); given: {limits.warn_s:g}"
        return limits
