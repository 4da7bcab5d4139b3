"""A meeting at a counter under what a case has agreed: asked of its unit, with nothing about the visitor."""

from typing import Any

from hub.asking import Asking
from hub.orders import Order
from hub.people import Person
from hub.record.cases import Case
from hub.store.agreements import MEET


class CaseEnded(Exception):
    """No meeting is begun under a case that has ended."""


async def meet(asking: Asking, unit: str, case: Case, person: Person) -> Order:
    """Ask it. Raises ``CaseEnded`` or ``StoreError``."""
    if case.closed:
        raise CaseEnded(f"case {case.id} has ended")
    arguments: dict[str, Any] = {"case": case.id, "record": case.limits.always_record}
    if case.limits.limit_s is not None:
        arguments["limit_s"] = case.limits.limit_s
    return await asking.ask(unit, MEET, arguments, person, about={"case": case.id})
