"""What is to be told to one target: a mail address, a webhook, a signal tower …

The engine decides who is told what, and adds notices in the transaction of what caused them; how each is
sent is the business of ``hub.notifiers``. A notice tells the whole truth of its moment, so that a later one
of the same subject says everything that an earlier one said.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, get_args

Channel = Literal["mail", "webhook", "annunciator", "tower", "apprise", "page"]
Reason = Literal[
    "alarm",
    "attention",
    "rise",
    "sign",
    "escalation",
    "arrival",
    "trouble",
    "recovered",
    "drill",
    "test",
    "answered",
    "stand_down",
    "root",
]
Severity = Literal["alarm", "attention", "trouble", "drill", "none"]
Language = Literal["ja", "en"]

CHANNELS: tuple[Channel, ...] = get_args(Channel)
REASONS: tuple[Reason, ...] = get_args(Reason)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""From the most severe to "nothing to show"."""

ADDRESS_CHARS_MAX = 400
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}")


class Both(NamedTuple):
    """A name in Japanese and in English."""

    ja: str
    en: str

    def __call__(self, language: Language) -> str:
        """In one of the two."""
        return self.ja if language == "ja" else self.en


class Place(NamedTuple):
    """Where it happened, as people say it."""

    area: Both
    number: Both
    name: Both


@dataclass(frozen=True, slots=True)
class Target:
    """To whom."""

    channel: Channel
    address: str
    """Mail address (several with commas between); else the name that the settings give it."""

    def __post_init__(self) -> None:
        if self.channel not in CHANNELS:
            raise ValueError(f"channel must be one of {', '.join(CHANNELS)}; given: {self.channel!r}")
        if not 0 < len(self.address) <= ADDRESS_CHARS_MAX or not self.address.isprintable():
            raise ValueError(
                f"address must be 1 to {ADDRESS_CHARS_MAX} printable characters; given: {len(self.address)}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to tell one target, with all that a message about it may say."""

    id: str
    """The same whenever it is repeated, and of no other notice of the site: A-Z, a-z, 0-9, ".", "_", "-".
    Adding one whose id is there already does nothing, so two hubs that decide the same tell it once."""
    due: datetime
    """When it became due, UTC. Not for planning ahead: what is due more than ``hub.store.notices.AHEAD``
    from now is taken for due, since then it was the clock that was set back."""
    target: Target
    reason: Reason
    severity: Severity
    """How it stands now: ``none`` says that there is nothing to show any more. Whoever tells a signal tower
    of a subject must in the end tell it ``none`` of the same (for a drill, with the reason ``drill``)."""
    place: Place
    unit: str
    incident: int | None = None
    kinds: tuple[str, ...] = ()
    """Of an incident ``panic``, ``assist``, ``shout``, ``bang``; of a trouble the parts, as in a heartbeat's
    faults, or ``silent``."""
    opened: datetime
    """When it began, true time, UTC."""
    running_s: float = 0.0
    """From ``opened`` to ``due``, in seconds."""
    late_s: float = 0.0
    """How late the first event of it arrived, in seconds; 0 below five."""
    presses: int = 0
    level_dba: float | None = None
    answered_by: str | None = None
    """Name of the person who has said that they come."""
    tier: Both | None = None
    """Who is being called."""
    round: int = 0
    """How many times the ladder has been begun, from 1; 0: no ladder."""
    note: str | None = None
    """A person's own words, for instance with an acknowledgement. Free text from outside."""
    language: Language = "ja"
    url: str | None = None
    """Where a browser shows it."""

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ValueError(f"id must match {_ID.pattern}; given: {self.id[:100]!r}")
        for name, allowed in (("reason", REASONS), ("severity", SEVERITIES), ("language", ("ja", "en"))):
            if getattr(self, name) not in allowed:
                raise ValueError(
                    f"{name} must be one of {', '.join(allowed)}; given: {getattr(self, name)!r}"
                )
        if self.due.tzinfo is None or self.opened.tzinfo is None:
            raise ValueError("due and opened must have their zone")

    @property
    def subject(self) -> str:
        """What it is about. Of one subject and one target only the newest notice tells how it stands."""
        if self.incident is not None:
            return f"incident-{self.incident}"
        if self.reason in ("test", "drill", "root"):
            return f"{self.reason}-{self.unit}"
        # What is told of equipment, also when it goes up a ladder: the same parts, the same subject.
        return f"trouble-{self.unit}-{'+'.join(sorted(self.kinds))}"[:120]

    def key(self, site: str) -> str:
        """Its id for receivers outside. A database that was begun anew numbers its incidents from 1 again,
        and a mailbox must not take a new alarm for the repeat of an old one: so it has the time in it."""
        return f"{site}.{self.id}.{self.opened:%Y%m%dT%H%M%S}"


def most_severe(severities: Iterable[Severity]) -> Severity:
    """What a signal shows that can show one thing at a time."""
    return min(severities, key=SEVERITIES.index, default="none")
