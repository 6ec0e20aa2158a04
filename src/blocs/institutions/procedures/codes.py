"""Words for the codes that sessions keep as numbers: forms, stages, rules of decision, outcomes, states of a clause.

A person may write the word wherever the number stands (`--do "set plan_rule[ID]=unanimity"`); see `CODES`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

FORMS = ("none", "meeting", "text", "requests", "demands")
"""Kinds of session: a gathering, the drafting of a joint text, a talk about a list of requests, one about demands."""
MEETING, TEXT, REQUESTS, DEMANDS = 1, 2, 3, 4

STAGES = ("none", "called", "prepared", "open", "closing", "closed")
CALLED, PREPARED, OPEN, CLOSING, CLOSED = 1, 2, 3, 4, 5

RULES = ("unanimity", "convener", "reservations", "majority", "qualified", "unexecuted")
"""Unanimity; consensus under a convener with veto; consensus with reservations; majority of heads; qualified majority
with weights; majority of heads that nobody can enforce inside a member that dissents."""
UNANIMITY, CONVENER, RESERVATIONS, MAJORITY, QUALIFIED, UNEXECUTED = range(6)

OUTCOMES = ("none", "text", "deferral", "referral", "rupture")
AGREED, DEFERRAL, REFERRAL, RUPTURE = 1, 2, 3, 4

CLAUSES = ("none", "proposed", "contested", "softened", "dropped", "adopted", "refused", "note")
"""What became of a clause of a text, or of an item of a talk (requested, contested, granted in part, struck, granted,
refused); a note is a point that leaves the text for an internal notice."""
PROPOSED, CONTESTED, SOFTENED, DROPPED, ADOPTED, REFUSED, NOTE = 1, 2, 3, 4, 5, 6, 7

STRENGTHS = ("deleted", "adjective", "unnamed", "named")

CODES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "decision rule": RULES,
        "form": FORMS,
        "outcome": OUTCOMES,
    }
)
"""Words by the unit of a quantity or of a parameter: place n on a list is the code n."""


def code_of(unit: str, word: str) -> int | None:
    """Return the code of a word for a quantity of some unit; `None` where the word or the unit has no code."""
    words = CODES.get(unit, ())
    return words.index(word) if word in words else None
