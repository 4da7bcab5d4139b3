"""The 16 kinds of the policy and its definition's four tests, with the wording of the policy.

Msgids are English; the Japanese catalogue has the policy's own words. An incident may be of several kinds.
"""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of conduct."""

    code: str
    """As used everywhere: in the database, in files, in statistics."""
    name: str
    """Short msgid."""
    text: str
    """The policy's wording, msgid."""

    @property
    def group(self) -> str:
        """``1`` to ``3`` as in the policy, or ``9``."""
        return self.code[0]


GROUPS = {
    "1": "What is demanded lacks validity",
    "2": "Whatever is demanded, the means are unlawful or unacceptable",
    "3": "Measured by what is demanded, the means are unacceptable",
    "9": "Not among the examples",
}
"""First character of a code to its heading, msgid."""

KINDS = (
    Kind(
        "1a", "Service again without fault", "Demanding that a service be given again though it had no fault"
    ),
    Kind("1b", "Unrelated demand", "Demanding what has nothing to do with the service"),
    Kind("2a", "Physical attack", "Attacking somebody's body"),
    Kind("2b", "Mental attack", "Mental attack (shouting at length, denying somebody's worth and the like)"),
    Kind("2c", "Intimidation", "Intimidation (striking the desk, twisting every word and the like)"),
    Kind("2d", "Forced kneeling", "Demanding that somebody kneel"),
    Kind("2e", "Persistence", "Persistent demands and conduct (demanding again and again and the like)"),
    Kind("2f", "Holding staff", "Holding staff (staying for hours, long telephone calls and the like)"),
    Kind("2g", "Discrimination", "Discrimination (insults about race, work, gender identity, orientation)"),
    Kind(
        "2h", "Sexual conduct", "Sexual conduct (sexual or SOGI harassment of staff, stalking and the like)"
    ),
    Kind(
        "2i",
        "Attack on the person",
        "Attack on the person (slurs about looks, posts that harm trust or tell personal data, hints at such "
        "posts, secret or unpermitted filming and the like)",
    ),
    Kind("2j", "Non-cooperation", "Non-cooperation (not listening to or not allowing an explanation)"),
    Kind("3a", "Excessive exchange", "Demanding excessive exchange of goods"),
    Kind("3b", "Excessive money", "Demanding excessive money"),
    Kind("3c", "Excessive apology", "Demanding excessive apology"),
    Kind("3d", "Impossible demand", "Demanding the impossible or abstract (a change of law, sincerity)"),
    Kind("9", "Other", "Other conduct that the definition covers"),
)
"""In the policy's order. Its list is of examples, so there is one more."""

BY_CODE = {kind.code: kind for kind in KINDS}


class Verdict(StrEnum):
    """What a person holds of one test; empty until somebody has."""

    OPEN = ""
    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


VERDICTS = {
    Verdict.OPEN: "Not decided yet",
    Verdict.YES: "Yes, it applies",
    Verdict.NO: "No, it does not apply",
    Verdict.UNCLEAR: "Cannot be told",
}

TESTS = {
    "user": "It came from a user of the services (anybody whom staff deal with) and was directed at staff",
    "duty": "It was done in connection with their duty",
    "nuisance": "It was grave: unlawful (violence, threat) or wrongful (excessive demands, abuse)",
    "harm": "It harmed the working environment of staff",
}
"""The definition in its four parts, msgids: it is harassment when all four apply."""


def meets_definition(verdicts: dict[str, str]) -> Verdict:
    """What the four tests say together. A person decides the outcome; this only reads back."""
    given = [verdicts.get(test, "") for test in TESTS]
    if Verdict.NO in given:
        return Verdict.NO
    if Verdict.OPEN in given:
        return Verdict.OPEN
    return Verdict.UNCLEAR if Verdict.UNCLEAR in given else Verdict.YES
