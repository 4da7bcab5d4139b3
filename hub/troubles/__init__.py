"""Troubles: what does not work, told by a ladder of its own, damped where it comes and goes."""

from hub.troubles.conditions import NOTIFIER, Condition, HubHealth, Proven, Way, conditions, judged
from hub.troubles.plan import TroublePlan, plan_trouble, trouble_notices
from hub.troubles.trouble import Maintenance, Trouble, TroubleState, acknowledge, muted_until, observe

__all__ = [
    "NOTIFIER",
    "Condition",
    "HubHealth",
    "Maintenance",
    "Proven",
    "Trouble",
    "TroublePlan",
    "TroubleState",
    "Way",
    "acknowledge",
    "conditions",
    "judged",
    "muted_until",
    "observe",
    "plan_trouble",
    "trouble_notices",
]
