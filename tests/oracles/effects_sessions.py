"""The effects of sessions and bases again, slowly: plain loops over slots and actors, from the written definitions."""

from __future__ import annotations

from effects import EFFECTS, Situation

SLOTS = range(6)


def sits(s: Situation, n: int, i: int) -> bool:
    """Whether i sits in the open session of slot n."""
    return 3 <= s.state["session_stage"][n] <= 4 and s.state["session_seat"][n][i] > 0


def blamed(s: Situation, i: int, j: int) -> float:
    found = [float(s.state["session_attack"][n][j]) for n in SLOTS if sits(s, n, i) and sits(s, n, j)]
    return max(found, default=0.0)


def heat(s: Situation, a: int) -> float:
    stage = float(s.state["base_stage"][a])
    return stage / 10 if 4 <= stage <= 10 else 0.0


def base(s: Situation, i: int, j: int) -> float:
    client = s.world["client"]
    return max(client[j][i] * heat(s, j), client[i][j] * heat(s, i))


def anger(s: Situation, i: int, j: int) -> float:
    found = [0.0]
    for n in SLOTS:
        hosted = s.state["session_form"][n] >= 3 and s.state["session_stage"][n] >= 3
        if hosted and s.state["session_chair"][n][i] > 0 and s.state["session_seat"][n][j] > 0:
            found.append(-float(s.state["session_tone"][n]))
    return max(found)


def floor(s: Situation, i: int) -> float:
    return max((float(s.state["session_floor"][n][i]) for n in SLOTS if sits(s, n, i)), default=0.0)


def weight(s: Situation, i: int, j: int, k: int) -> float:
    there = [n for n in SLOTS if sits(s, n, i) and sits(s, n, j)]
    return max((float(s.state["session_agenda"][n][k]) for n in there), default=0.0)


def chorus(s: Situation, i: int, j: int, g: int) -> float:
    return -s.world["polarity"][g] * blamed(s, i, j) * s.state["dissent_cost"][i]


def defied(s: Situation, i: int, j: int, g: int) -> float:
    hard = s.world["material"][g] * (s.world["polarity"][g] < 0)
    return hard * s.state["defiance"][j] * s.world["client"][j][i]


def is_aid(s: Situation, g: int) -> bool:
    return "aid" in s.world["act_kinds"][g]


EFFECTS |= {
    ("source", "floor"): lambda s, i, j, g: [floor(s, a) for a in s.actors],
    ("target", "sitting"): lambda s, i, j, g: [
        float(any(sits(s, n, i) and sits(s, n, b) for n in SLOTS)) for b in s.actors
    ],
    ("target", "singled_out"): lambda s, i, j, g: [blamed(s, i, b) * s.state["dissent_cost"][i] for b in s.actors],
    ("target", "base_quarrel"): lambda s, i, j, g: [base(s, i, b) for b in s.actors],
    ("act", "chorus"): lambda s, i, j, g: [chorus(s, i, j, a) for a in range(len(s.world["acts"]))],
    ("act", "defied"): lambda s, i, j, g: [defied(s, i, j, a) for a in range(len(s.world["acts"]))],
    ("act", "amends"): lambda s, i, j, g: [
        is_aid(s, a) * max(0.0, anger(s, i, j)) for a in range(len(s.world["acts"]))
    ],
    ("issue", "on_table"): lambda s, i, j, g: [weight(s, i, j, k) for k in range(len(s.world["issues"]))],
}
