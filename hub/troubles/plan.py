"""Who must be told of a trouble now. As with incidents, only what it has become decides."""

from dataclasses import dataclass, replace
from datetime import datetime

from hub.escalation.calls import Call, begin, climb, together
from hub.escalation.ladder import Ladder
from hub.escalation.notices import notice_id
from hub.escalation.roster import Roster
from hub.notices import Both, Notice, Place
from hub.troubles.trouble import Trouble, TroubleState


@dataclass(frozen=True, slots=True)
class TroublePlan:
    """What is due."""

    trouble: Trouble
    call: Call | None = None


def plan_trouble(
    now: datetime, trouble: Trouble, ladder: Ladder | None, roster: Roster, muted: datetime | None
) -> TroublePlan:
    """What is due at ``now``. ``muted``: until when maintenance goes on; a trouble that outlives it is told
    then. What is well at this moment calls nobody further, although it may not be over."""
    if trouble.state is TroubleState.OVER:
        return _recovered(trouble)
    if trouble.state is TroubleState.ACKNOWLEDGED or ladder is None:
        return TroublePlan(replace(trouble, standing=None))
    # Who was told when it came first is not told again of something that comes and goes.
    known = trouble.standing is None and trouble.unsteady and trouble.calls > 0
    waiting = trouble.standing is not None and now < trouble.standing.due
    if not trouble.present or muted is not None or known or waiting:
        return TroublePlan(trouble)
    if trouble.standing is None:
        standing, call = begin(ladder, roster, now, "trouble")
    else:
        standing, call = climb(trouble.standing, ladder, roster, now)
    told = together(trouble.told, call.recipients)
    changed = replace(trouble, standing=standing, calls=trouble.calls + 1, told=told)
    return TroublePlan(changed, replace(call, reason="trouble"))


def _recovered(trouble: Trouble) -> TroublePlan:
    if not trouble.told:
        return TroublePlan(replace(trouble, standing=None))
    ended = replace(trouble, standing=None, told=(), calls=trouble.calls + 1)
    return TroublePlan(ended, Call("recovered", trouble.told))


def trouble_notices(plan: TroublePlan, place: Place, now: datetime, url: str | None) -> list[Notice]:
    """One for each recipient. The same plan gives the same ids."""
    trouble, call = plan.trouble, plan.call
    if call is None:
        return []
    return [
        Notice(
            id=notice_id(f"t{trouble.id}", trouble.calls, recipient.target),
            due=now,
            target=recipient.target,
            reason=call.reason,
            severity="none" if call.reason == "recovered" else "trouble",
            place=place,
            unit=trouble.unit,
            kinds=(trouble.part,),
            opened=trouble.since,
            running_s=max(0.0, (now - trouble.since).total_seconds()),
            tier=Both(call.tier.name, call.tier.name_en) if call.tier is not None else None,
            round=call.round,
            language=recipient.language,
            url=url,
        )
        for recipient in call.recipients
    ]
