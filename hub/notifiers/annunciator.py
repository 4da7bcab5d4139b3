"""Displays and loudspeakers that read notices from the broker."""

import re
from datetime import timedelta
from typing import Protocol

from hub.clock import Clock
from hub.notices import Channel, Notice
from hub.notifiers.protocol import GiveUp, Retry
from hub.notifiers.speech import Speech
from wire.codec import encode
from wire.limits import ANNOUNCED_S
from wire.messages import Announcement
from wire.topics import annunciator_topic

BROKER_S = 2.0
"""How long the broker may take to say that it has the message."""


class Delivers(Protocol):
    """The part of ``wire.link.Link`` that is needed here."""

    def deliver(self, topic: str, payload: bytes, *, timeout_s: float, expires_s: int | None = None) -> bool:
        """False: not known to have arrived."""
        ...


class AnnunciatorNotifier:
    """Tells one annunciator, by its topic."""

    channel: Channel = "annunciator"

    def __init__(self, name: str, link: Delivers, speech: Speech, clock: Clock) -> None:
        self._topic = annunciator_topic(speech.site, name)
        self._link = link
        self._speech = speech
        self._clock = clock

    def send(self, notice: Notice) -> None:
        """Returns when the broker has it: an annunciator that is away gets it when it is back, if it is not
        too old by then."""
        message = announcement(notice, self._speech)
        left = (message.expires - self._clock.now().wall).total_seconds()
        if left <= 0:
            raise GiveUp(f"older than {ANNOUNCED_S:.0f} s")
        if not self._link.deliver(self._topic, encode(message), timeout_s=BROKER_S, expires_s=int(left) + 1):
            raise Retry("the broker did not confirm the message")

    def close(self) -> None:
        """Nothing is held for longer than ``BROKER_S``."""


def announcement(notice: Notice, speech: Speech) -> Announcement:
    """The message. Who answered is told in its lines; a display that speaks has the title."""
    text = speech.text(notice)
    return Announcement(
        id=notice.key(speech.site),
        reason=notice.reason,
        severity=notice.severity,
        subject=_visible(notice.subject),
        unit=notice.unit,
        incident=notice.incident,
        kinds=[_visible(kind)[:40] for kind in notice.kinds[:32]],
        language=notice.language,
        title=text.title,
        lines=list(text.lines),
        opened=notice.opened,
        time=notice.due,
        expires=notice.due + timedelta(seconds=ANNOUNCED_S),
        late_s=max(0.0, notice.late_s),
        presses=notice.presses,
        level_dba=notice.level_dba,
        answered=notice.answered_by is not None,
        round=notice.round,
    )


def _visible(text: str) -> str:
    return re.sub(r"[^!-~]", "_", text)
