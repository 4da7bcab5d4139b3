"""A signal tower shows a state, not messages: the most severe of all that stands."""

from collections.abc import Callable

from hub.clock import Clock
from hub.notices import Channel, Notice, Severity
from hub.notifier_settings import TowerSettings
from hub.notifiers.lines import Lines
from hub.notifiers.patlite import tower_of

TOWER_S = 3.0
"""Longest conversation with a tower."""
KEEP_S = 30.0
"""How often it is shown again: a tower that was without power must not stay dark during an alarm."""
KEEP_AGAIN_S = 3.0
"""The same while it does not answer."""
TEST_S = 5.0
"""How long a test shows what an alarm would."""
CHANGES_FOLLOWED = 5


class TowerNotifier:
    """Shows what stands for one tower. The notices in the database are its memory: after a restart, and with
    two hubs, the same is shown."""

    channel: Channel = "tower"

    def __init__(self, settings: TowerSettings, standing: Callable[[], Severity], clock: Clock) -> None:
        """``standing`` tells what stands for this tower now; raises ``Retry`` when that cannot be known."""
        self._settings = settings
        self._tower = tower_of(settings)
        self._standing = standing
        self._clock = clock
        self._lines = Lines()
        self.next_keep = clock.now().monotonic
        """When it must be shown again, monotonic seconds; at once in the beginning."""

    def send(self, notice: Notice) -> None:
        """Something changed, or it is to be tried."""
        now = self._clock.now().monotonic
        if notice.reason == "test":
            self._show("alarm")
            self.next_keep = now + TEST_S
        else:
            self._show_standing()
            self.next_keep = now + KEEP_S

    def keep(self) -> None:
        """Show again what stands."""
        now = self._clock.now().monotonic
        self.next_keep = now + KEEP_AGAIN_S
        self._show_standing()
        self.next_keep = now + KEEP_S

    def close(self) -> None:
        """Let go of the conversation that is under way."""
        self._lines.close()

    def _show_standing(self) -> None:
        # Another hub may show the same tower something newer between our question and our command; whoever
        # speaks last asks once more.
        shown = None
        for _ in range(CHANGES_FOLLOWED):
            stands = self._standing()
            if stands == shown:
                return
            self._show(stands)
            shown = stands

    def _show(self, severity: Severity) -> None:
        with self._lines.within(TOWER_S) as exchange:
            self._tower.show(self._settings.lights(severity), exchange)
