"""Effects of family `bodies` again, slowly: plain loops from the written definitions."""

from __future__ import annotations

from math import exp, log

from effects import EFFECTS, Situation, Stat, over_actors, over_acts, over_issues


def kind(s: Situation, act: int, *names: str) -> float:
    kinds = s.world["act_kinds"] or [(a,) for a in s.world["acts"]]
    return float(any(n in kinds[act] for n in names))


def asked(s: Situation, i: int, j: int) -> float:
    last = s.latest_of(j, i)
    return 0.0 if last is None else kind(s, last.act, "demand")


def lock(s: Situation, name: str, actor: int) -> list[float]:
    """Shares of the seats: claims cut down to 1 in all, what is left belongs to the head."""
    claims = [float(x) for x in s.state[name][actor]]
    total = sum(claims)
    shares = [x / max(total, 1.0) for x in claims]
    shares[0] += max(0.0, 1.0 - total)
    return shares


def abandoned(s: Situation, actor: int, issue: int) -> float:
    return s.state["judged"][actor][issue] * s.state["verdict"][actor][issue] * (1 - s.state["ruling"][issue])


def generous(s: Situation, i: int, j: int, o: int) -> float:
    consolidation = min(lock(s, name, i)[0] for name in ("hold_force", "hold_security", "hold_committee"))
    return kind(s, o, "aid", "promise") * (1 - consolidation) * s.world["patron"][i]


def clearing_wave(s: Situation, i: int, j: int, o: int) -> float:
    def inside(a: int) -> bool:
        return s.world["member"][a] + s.world["patron"][a] > 0

    if not inside(i):
        return 0.0
    return kind(s, o, "rehabilitate") * log(1 + sum(s.state["cleared"][a] for a in s.actors if inside(a) and a != i))


def unstudied(s: Situation, i: int, j: int, g: int, k: int) -> float:
    if s.state["mandate"][i][k] >= 1 or not s.world["member"][i]:
        return 0.0
    return -kind(s, g, "declare", "criticise", "defend", "align") * s.state["salience"][i][k]


def mandate_holds(s: Situation, i: int, j: int, g: int, k: int) -> float:
    return -kind(s, g, "agree") * min(1.0, max(0.0, s.state["mandate"][i][k] - 1))


BODIES: dict[tuple[str, str], Stat] = {
    ("target", "alarm"): over_actors(
        lambda s, i, o: (
            s.world["client"][o][i]
            * (s.state["believed_unrest"][i][o] / 13 + s.state["treaty_exit"][o] + s.state["withdrawn"][o])
            / 3
        )
    ),
    ("act", "split_yields"): over_acts(
        lambda s, i, j, o: kind(s, o, "agree") * (1 - s.state["cohesion"][i]) * asked(s, i, j)
    ),
    ("act", "split_defers"): over_acts(
        lambda s, i, j, o: (
            -kind(s, o, "agree", "promise", "aid", "refuse") * s.world["patron"][i] * (1 - s.state["cohesion"][i])
        )
    ),
    ("act", "generous"): over_acts(generous),
    ("act", "oust"): over_acts(
        lambda s, i, j, o: (
            kind(s, o, "remove", "subvert") * s.world["client"][j][i] * max(0.0, -s.state["pliant"][j][0])
        )
    ),
    ("act", "clearing_wave"): over_acts(clearing_wave),
    ("act", "review_asked"): over_acts(
        lambda s, i, j, o: (
            kind(s, o, "demand")
            * s.world["client"][j][i]
            * max(abandoned(s, j, k) for k in range(len(s.state["ruling"])))
        )
    ),
    ("act", "armed_answer"): over_acts(
        lambda s, i, j, o: (
            kind(s, o, "coerce") * s.world["client"][j][i] * (s.state["treaty_exit"][j] + s.state["withdrawn"][j]) / 2
        )
    ),
    ("act", "paid_not_forced"): over_acts(
        lambda s, i, j, o: (
            (kind(s, o, "aid") - kind(s, o, "coerce"))
            * s.world["client"][j][i]
            * s.state["closed"][j]
            * s.state["border_insecurity"][j]
        )
    ),
    ("act", "congress_window"): over_acts(
        lambda s, i, j, o: kind(s, o, "subvert") * exp(-s.state["congress_due"][j] / 60)
    ),
    ("issue", "mandate_holds"): over_issues(mandate_holds),
    ("issue", "unstudied"): over_issues(unstudied),
    ("issue", "kept_verdict"): over_issues(lambda s, i, j, g, k: -s.world["polarity"][g] * abandoned(s, j, k)),
}
EFFECTS |= BODIES
