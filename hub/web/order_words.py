"""What became of an order, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hub.orders import Order
from hub.store.agreements import MEET
from hub.words import Words
from wire.messages.commands import NO_RECORDER, NO_SESSION_BUTTON, NOT_HEARING, NOT_RECORDED, RECORDER_FAILS

STATES: Mapping[str, tuple[str, str]] = {
    "waiting": ("Waiting for the unit", "near"),
    "done": ("Done", "well"),
    "refused": ("Refused", "trouble"),
    "unanswered": ("No answer", "trouble"),
}
"""msgid and tone."""
BEGUN = ("Meeting begun", "well")
HALF_DONE = ("Begun, not recorded", "near")
TAGS = (*STATES.values(), BEGUN, HALF_DONE)
WHY: Mapping[str, str] = {
    NO_RECORDER: "this unit has no recorder.",
    RECORDER_FAILS: "its recorder does not work or has no room.",
    NOT_HEARING: "its microphone does not work.",
    NO_SESSION_BUTTON: "It has no session button: nobody at the counter could end the meeting.",
    "expired": "The order reached the unit too late.",
    "the clock is not set: whether the command has expired is not known": "The unit's clock is not set.",
}
"""The unit's own words to msgids; what is not here is shown as the unit says it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Of one order."""

    order: Order
    state: str
    text: str
    tone: str
    why: str


def answer_of(words: Words, order: Order, now: datetime) -> Answer:
    """How an order stands."""
    state = order.state(now)
    text, tone = STATES[state]
    if order.name == MEET and state == "done":
        text, tone = BEGUN
    half, why = order.why.startswith(NOT_RECORDED), order.why.removeprefix(NOT_RECORDED)
    said = words(WHY[why]) if why in WHY else why
    if half:
        text, tone = HALF_DONE
        said = words("The meeting goes on as agreed, but without recording: {why}", why=said)
    return Answer(order, state, words(text), tone, said)
