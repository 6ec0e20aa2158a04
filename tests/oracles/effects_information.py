"""The effects of knowledge and belief again, slowly: loops over single entries, from the written definitions."""

from __future__ import annotations

from effects import EFFECTS, RECENT, Situation, over_actors, over_acts, over_issues


def unwelcome(s: Situation, i: int, k: int) -> float:
    """|what i knows of the line - what is in print| times |its view - what it knows| / 2, on one issue."""
    known, printed = s.state["known_line"][i][k], s.state["printed_line"][k]
    return abs(known - printed) * abs(s.state["private_position"][i][k] - known) / 2


def worst(s: Situation, i: int) -> float:
    return max(unwelcome(s, i, k) for k in range(len(s.world["issues"])))


def objects(s: Situation, j: int, i: int) -> float:
    last = s.latest_of(j, i)
    return min(1.0, s.dyad(RECENT, j, i)) if last is not None and s.tone(last) < 0 else 0.0


def kind(s: Situation, act: int, *names: str) -> bool:
    kinds = s.world["act_kinds"] or tuple((name,) for name in s.world["acts"])
    return any(name in kinds[act] for name in names)


EFFECTS |= {
    ("source", "forewarned"): over_actors(lambda s, i, o: worst(s, o)),
    ("source", "attacked_openly"): over_actors(
        lambda s, i, o: max(s.state["openness"][a][o] / 6 * min(1.0, s.dyad(RECENT, a, o)) for a in s.actors)
    ),
    ("target", "objector"): over_actors(lambda s, i, o: objects(s, o, i) * s.world["client"][o][i]),
    ("target", "troubled"): over_actors(lambda s, i, o: s.state["believed_unrest"][i][o] / 13),
    ("act", "envoy"): over_acts(
        lambda s, i, j, o: (
            objects(s, j, i) * s.world["client"][j][i] if kind(s, o, "visit", "meet", "lobby", "consult") else 0.0
        )
    ),
    ("act", "forewarned_tone"): over_acts(
        lambda s, i, j, o: -s.world["polarity"][o] * s.world["client"][i][j] * worst(s, i)
    ),
    ("act", "doubt_tone"): over_acts(lambda s, i, j, o: -s.world["polarity"][o] * s.state["doubt"][i][j]),
    ("act", "documented"): over_acts(lambda s, i, j, o: kind(s, o, "refuse") * s.state["evidence"][i][j]),
    ("act", "charged"): over_acts(lambda s, i, j, o: kind(s, o, "agree") * s.state["charge"][j][i]),
    ("act", "answer_open"): over_acts(
        lambda s, i, j, o: s.world["act_openness"][o] / 6 * s.state["openness"][j][i] / 6
    ),
    ("issue", "forewarned_issue"): over_issues(lambda s, i, j, g, k: unwelcome(s, i, k)),
}
