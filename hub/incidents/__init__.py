"""The incident: opened by the first alert at a counter, gathers what follows, ended by a person."""

from hub.incidents.acts import TRANSITIONS, Act, Action, Already, BadAct, act
from hub.incidents.gathering import gather, opens, withdraw
from hub.incidents.incident import UNRESOLVED, Entry, Incident, Outcome, Severity, State
from hub.incidents.joining import CannotJoin, merge, split

__all__ = [
    "TRANSITIONS",
    "UNRESOLVED",
    "Act",
    "Action",
    "Already",
    "BadAct",
    "CannotJoin",
    "Entry",
    "Incident",
    "Outcome",
    "Severity",
    "State",
    "act",
    "gather",
    "merge",
    "opens",
    "split",
    "withdraw",
]
