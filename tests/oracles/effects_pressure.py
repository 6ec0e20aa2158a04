"""Slow oracles of the effects of doctrine, pressure, camps, brokers and crises (families `pressure` and `camps`)."""

from __future__ import annotations

from math import log

from effects import EFFECTS, Situation, Stat, over_actors, over_acts, over_issues, toned


def kind(s: Situation, g: int, *names: str) -> float:
    of = s.world["act_kinds"][g] if s.world["act_kinds"] else (s.world["acts"][g],)
    return float(any(n in of for n in names))


def patrons(s: Situation) -> list[int]:
    return [a for a in s.actors if s.world["patron"][a] == 1]


def clienthood(s: Situation, i: int) -> float:
    return min(1.0, sum(s.world["client"][i][p] for p in patrons(s)))


def gap(s: Situation, knower: int, i: int) -> float:
    weights, line = s.state["salience"][i], s.state["known_line"][knower]
    apart = [w * abs(p - q) / 2 for w, p, q in zip(weights, s.state["public_position"][i], line, strict=True)]
    return sum(apart) / max(sum(weights), 1e-6)


def is_over(s: Situation, i: int, j: int) -> bool:
    return s.world["client"][j][i] > 0 or s.world["capability"][i] > 1.5 * s.world["capability"][j]


def attacks(s: Situation, j: int) -> float:
    return log(1 + sum(s.toned(-1.0, p, j) for p in patrons(s)))


def felt(s: Situation, i: int) -> float:
    return max(s.state["rung"][a][i] for a in s.actors)


def hangs(s: Situation, i: int) -> float:
    return max([max(s.state["dependence"][i][p]) for p in patrons(s)], default=0.0)


def is_open(s: Situation, i: int, j: int, rung: int) -> bool:
    ladder = s.world["ladder"]
    goods = max(s.state["dependence"][j][i]) * (1 - s.world["patron"][i] * s.state["outside_option_perceived"][j])
    return (
        max(s.state["openness"][i][j], s.state["openness"][j][i]) >= float(ladder.min_openness[rung])
        and s.state["patience"][i][j] <= float(ladder.max_patience[rung])
        and (float(ladder.needs_goods[rung]) == 0 or goods >= 0.1)
    )


def unready(s: Situation, i: int, j: int, g: int) -> float:
    rung = int(s.world["act_rung"][g])
    if s.world["polarity"][g] >= 0 or rung == 0 or not is_over(s, i, j):
        return 0.0
    return -float(not is_open(s, i, j, rung))


def alternate(s: Situation, i: int, j: int) -> float:
    return -s.tone(s.latest_of(i, j)) * s.state["rung"][i][j] / 22


def cost(s: Situation, i: int, j: int, g: int) -> float:
    price = float(s.world["ladder"].cost_source[int(s.world["act_rung"][g])])
    return -price * (s.world["polarity"][g] < 0) * s.state["bargaining_weight"][j]


def stand_in(s: Situation, i: int, j: int) -> float:
    bound = min(1.0, sum(s.world["ally"][i][p] for p in patrons(s)))
    return bound * gap(s, i, i) * (1 - gap(s, i, j)) * (1 - s.world["ally"][i][j]) * (1 - s.world["patron"][j])


def brief(s: Situation, i: int, j: int, g: int) -> float:
    coming = max([f for f in s.state["line_phase"] if f < 4], default=0.0) / 4
    return kind(s, g, "inform", "consult") * s.world["patron"][i] * coming * max(0.0, s.state["warmth"][i][j])


def agrees(s: Situation, g: int) -> float:
    return kind(s, g, "agree") - kind(s, g, "refuse")


def rupture(s: Situation, i: int, j: int, g: int) -> float:
    both = min(s.state["openness"][i][j], s.state["openness"][j][i]) / 6
    return kind(s, g, "break") * is_over(s, i, j) * (1 - s.state["party_tie"][i][j]) * both


def price(s: Situation, j: int) -> float:
    return sum(s.state["openness"][j][k] / 6 * s.state["thaw"][k] for k in s.actors)


def armour(s: Situation, i: int, j: int, g: int) -> float:
    loose = 1 - 2 * s.state["border_insecurity"][j] * (1 - s.state["concession"][j])
    tool = kind(s, g, "coerce") - kind(s, g, "aid")
    return tool * s.world["patron"][i] * s.state["believed_unrest"][i][j] / 13 * loose


def new_enemy(s: Situation, i: int, j: int) -> float:
    openly = max([s.state["openness"][i][p] for p in patrons(s)], default=0.0) / 6
    return -openly * log(1 + s.toned(-1.0, i, j)) * (1 - s.world["patron"][j])


def outsider(s: Situation, i: int, j: int) -> float:
    return float(s.world["same_camp"][i][j] == 0)


def apart(s: Situation, i: int) -> float:
    return float(s.world["member"][i] == 0)


TARGET: dict[str, Stat] = {
    "stand_in": over_actors(stand_in),
    "zeal": over_actors(
        lambda s, i, o: (
            clienthood(s, i) * attacks(s, o) * (1 + s.world["contiguous"][i][o]) * (1 - s.world["patron"][o])
        )
    ),
    "seek_outside": over_actors(lambda s, i, o: felt(s, i) / 22 * s.world["capability"][o] * outsider(s, i, o)),
    "price_of_thaw": over_actors(lambda s, i, o: s.world["patron"][i] * s.world["member"][o] * price(s, o)),
    "aloof": over_actors(lambda s, i, o: -s.state["outside_option_true"][i] * apart(s, i) * s.world["patron"][o]),
    "new_enemy": over_actors(new_enemy),
    "mission": over_actors(lambda s, i, o: s.state["mission"][i][o]),
    "weakest_link": over_actors(lambda s, i, o: outsider(s, i, o) * s.state["believed_unrest"][i][o] / 13),
}
ACT: dict[str, Stat] = {
    "brief_ally": over_acts(brief),
    "guidance": over_acts(lambda s, i, j, o: kind(s, o, "consult") * s.world["client"][i][j] * gap(s, i, j)),
    "autonomy_claim": over_acts(
        lambda s, i, j, o: kind(s, o, "demand") * s.world["client"][i][j] * s.state["unrest"][i] / 13
    ),
    "unready": over_acts(unready),
    "alternate": toned(alternate),
    "cost_of_pressure": over_acts(cost),
    "squeeze": toned(
        lambda s, i, j: (
            -s.world["client"][j][i]
            * (1 - s.state["patience"][i][j])
            * (1 - s.world["patron"][i] * s.state["outside_option_perceived"][j])
        )
    ),
    "yield_to_want": over_acts(
        lambda s, i, j, o: (
            agrees(s, o)
            * s.world["client"][i][j]
            * s.state["hardship"][i]
            * (1 - s.state["cohesion"][i] * s.state["willingness_to_suffer"][i])
        )
    ),
    "yield_to_threat": over_acts(
        lambda s, i, j, o: (
            agrees(s, o) * s.world["client"][i][j] * s.state["rung"][j][i] / 22 * (1 - s.state["doctrine_weight"][i])
        )
    ),
    "rupture_ready": over_acts(rupture),
    "price_demanded": over_acts(
        lambda s, i, j, o: kind(s, o, "demand") * s.world["patron"][i] * s.world["member"][j] * price(s, j)
    ),
    "conditions": over_acts(
        lambda s, i, j, o: (
            kind(s, o, "demand", "refuse") * apart(s, i) * s.world["patron"][j] * s.state["outside_option_true"][i]
        )
    ),
    "courted": toned(lambda s, i, j: s.world["patron"][i] * apart(s, j) * s.state["outside_option_perceived"][j]),
    "principle": toned(lambda s, i, j: s.state["rival_centre"][j] * gap(s, i, i)),
    "ratchet": over_acts(lambda s, i, j, o: kind(s, o, "demand") * outsider(s, i, j) * log(1 + s.toned(1.0, j, i))),
    "errand": over_acts(lambda s, i, j, o: kind(s, o, "lobby", "visit", "inform") * s.state["mission"][i][j]),
    "harsh_errand": over_acts(lambda s, i, j, o: -s.world["cooperation"][o] * s.state["mission"][i][j] * hangs(s, i)),
    "answer_broker": over_acts(lambda s, i, j, o: kind(s, o, "demand") * s.state["mission"][j][i]),
    "armour_or_credit": over_acts(armour),
}
ISSUE: dict[str, Stat] = {
    "hide_cause": over_issues(
        lambda s, i, j, g, o: (
            -abs(s.state["public_position"][i][o] - s.state["known_line"][i][o]) / 2
            * s.world["member"][i] * outsider(s, i, j) * felt(s, i) / 22
        )
    ),
}  # fmt: skip
EFFECTS |= {
    ("source", "envoy"): over_actors(lambda s, i, o: max(s.state["mission"][o])),
    **{("target", name): one for name, one in TARGET.items()},
    **{("act", name): one for name, one in ACT.items()},
    **{("issue", name): one for name, one in ISSUE.items()},
}
