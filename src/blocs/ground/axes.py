"""Named axes of every array in Blocs, decided once.

Letters in prose and docstrings: A actors, I issues, L levers, G acts, H memory half-lives, K effects, R runs.
The jaxtyping axis names are `actor issue lever act memory effect run`; an `option` axis is whatever a choice is among.
"""

from __future__ import annotations

from jaxtyping import Array, Bool, Float, Int, UInt32

Scalar = Float[Array, ""]
Index = Int[Array, ""]
ByActor = Float[Array, " actor"]
ByIssue = Float[Array, " issue"]
ByAct = Float[Array, " act"]
ByDyad = Float[Array, "actor actor"]
ByActorIssue = Float[Array, "actor issue"]
ByActorLever = Float[Array, "actor lever"]
ByDyadLever = Float[Array, "actor actor lever"]
ByActorAct = Float[Array, "actor act"]
ByActorSeat = Float[Array, "actor seat"]
ByIssuePair = Float[Array, "issue issue"]
ByMeeting = Float[Array, " meeting"]
ByMeetingActor = Float[Array, "meeting actor"]
ByMeetingIssue = Float[Array, "meeting issue"]
ByMemory = Float[Array, " memory"]
BySession = Float[Array, " session"]
BySessionActor = Float[Array, "session actor"]
BySessionIssue = Float[Array, "session issue"]
ByClause = Float[Array, "session clause"]
DyadMemory = Float[Array, "memory actor actor"]
ActorMemory = Float[Array, "memory actor"]
Options = Float[Array, " option"]
Key = UInt32[Array, "2"]

__all__ = [
    "ActorMemory",
    "Array",
    "Bool",
    "ByAct",
    "ByActor",
    "ByActorAct",
    "ByActorIssue",
    "ByActorLever",
    "ByActorSeat",
    "ByClause",
    "ByDyad",
    "ByDyadLever",
    "ByIssue",
    "ByIssuePair",
    "ByMeeting",
    "ByMeetingActor",
    "ByMeetingIssue",
    "ByMemory",
    "BySession",
    "BySessionActor",
    "BySessionIssue",
    "DyadMemory",
    "Float",
    "Index",
    "Int",
    "Key",
    "Options",
    "Scalar",
    "UInt32",
]
