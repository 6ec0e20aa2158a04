"""Every effect and table of conduct again, slowly: plain loops over a list of past acts, from the written definitions.

Nothing here reads the incremental memory of the state. A count is `sum 2**(-(now - day) / half_life)` over the acts of
the list, recomputed for every question. Each function takes a `Situation` and who has been chosen so far, and returns
one number an option (effects) or the label of a row (tables).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import log
from typing import Any, NamedTuple


class Past(NamedTuple):
    day: float
    source: int
    target: int
    act: int
    issue: int


@dataclass(frozen=True)
class Situation:
    """World and state as dictionaries of NumPy arrays, past acts in order, the day, half-lives scene, recent, past."""

    world: dict[str, Any]
    state: dict[str, Any]
    acts: list[Past]
    now: float
    half_lives: tuple[float, float, float]

    @property
    def actors(self) -> range:
        return range(len(self.world["actors"]))

    def count(self, span: int, test: Callable[[Past], bool]) -> float:
        return sum(2.0 ** (-(self.now - a.day) / self.half_lives[span]) for a in self.acts if test(a))

    def dyad(self, span: int, i: int, j: int) -> float:
        return self.count(span, lambda a: (a.source, a.target) == (i, j))

    def toned(self, tone: float, i: int, j: int) -> float:
        polarity = self.world["polarity"]
        return self.count(PAST, lambda a: (a.source, a.target) == (i, j) and polarity[a.act] == tone)

    def latest(self, test: Callable[[Past], bool]) -> Past | None:
        fitting = [a for a in self.acts if test(a)]
        return fitting[-1] if fitting else None

    def latest_of(self, i: int, j: int) -> Past | None:
        return self.latest(lambda a: (a.source, a.target) == (i, j))

    def fresh(self, i: int, j: int) -> float:
        return min(1.0, self.dyad(SCENE, i, j))

    def pulse(self) -> float:
        last = self.latest(lambda a: True)
        return 0.0 if last is None else self.fresh(last.source, last.target)

    def here(self, i: int) -> float:
        return min(1.0, self.count(SCENE, lambda a: i in (a.source, a.target)))

    def tone(self, a: Past | None) -> float:
        return 0.0 if a is None else float(self.world["polarity"][a.act])

    def gap(self, i: int, j: int) -> float:
        p, s = self.state["public_position"], self.state["salience"]
        weights = [s[i][k] * s[j][k] for k in range(len(s[i]))]
        gaps = [abs(p[i][k] - p[j][k]) * w for k, w in enumerate(weights)]
        return sum(gaps) / max(sum(weights), 1e-6)


SCENE, RECENT, PAST = 0, 1, 2
Stat = Callable[[Situation, int, int, int], list[float]]
EFFECTS: dict[tuple[str, str], Stat] = {}
TABLES: dict[tuple[str, str], Callable[[Situation, int, int, int], str]] = {}


def over_actors(one: Callable[[Situation, int, int], float]) -> Stat:
    """An effect of level source (`one(s, 0, o)`) or target (`one(s, i, o)`)."""
    return lambda s, i, j, g: [float(one(s, i, o)) for o in s.actors]


def over_acts(one: Callable[[Situation, int, int, int], float]) -> Stat:
    return lambda s, i, j, g: [float(one(s, i, j, o)) for o in range(len(s.world["acts"]))]


def over_issues(one: Callable[[Situation, int, int, int, int], float]) -> Stat:
    return lambda s, i, j, g: [float(one(s, i, j, g, o)) for o in range(len(s.world["issues"]))]


def toned(one: Callable[[Situation, int, int], float]) -> Stat:
    """An effect that is the polarity of an act times one number of the pair."""
    return over_acts(lambda s, i, j, o: s.world["polarity"][o] * one(s, i, j))


def world(name: str) -> Stat:
    return over_actors(lambda s, i, o: s.world[name][o])


def tie(name: str) -> Stat:
    return over_actors(lambda s, i, o: s.world[name][i][o])


def paths(first: Callable[[int, int], float], i: int, j: int, actors: Iterable[int]) -> float:
    return log(1 + sum(min(first(i, k), first(k, j)) for k in actors))


def balance(s: Situation, i: int, j: int) -> float:
    f, n = s.toned(1.0, i, j), s.toned(-1.0, i, j)
    return (f - n) / (1 + f + n)


def at_last(s: Situation, i: int, j: int, field: str, option: int) -> float:
    a = s.latest_of(i, j)
    return float(a is not None and getattr(a, field) == option)


def of_last(s: Situation, field: str) -> int | None:
    a = s.latest(lambda a: True)
    return None if a is None else getattr(a, field)


def conflict_now(s: Situation) -> bool:
    return s.tone(s.latest(lambda a: True)) < 0


def outside(s: Situation, i: int) -> bool:
    return i not in (of_last(s, "source"), of_last(s, "target"))


def largest_share(s: Situation, buyer: int, seller: int) -> float:
    return max(s.state["dependence"][buyer][seller])


def agenda(s: Situation, i: int, k: int) -> float:
    return s.count(RECENT, lambda a: a.issue == k and i in (a.source, a.target))


def at_issue(s: Situation, i: int, j: int, k: int) -> float:
    return at_last(s, i, j, "issue", k) * s.fresh(i, j)


for n, span in (("scene", SCENE), ("recent", RECENT), ("past", PAST)):
    sends = over_actors(lambda s, i, o, h=span: log(1 + s.count(h, lambda a: a.source == o)))
    gets = over_actors(lambda s, i, o, h=span: log(1 + s.count(h, lambda a: a.target == o)))
    EFFECTS["source", f"activity_{n}"] = sends
    EFFECTS["source", f"popularity_{n}"] = gets
    EFFECTS["target", f"popularity_{n}"] = gets
    EFFECTS["target", f"inertia_{n}"] = over_actors(lambda s, i, o, h=span: log(1 + s.dyad(h, i, o)))
    EFFECTS["target", f"reciprocity_{n}"] = over_actors(lambda s, i, o, h=span: log(1 + s.dyad(h, o, i)))
    EFFECTS["target", "activity_past"] = sends  # the last of the three

SOURCE: dict[str, Stat] = {
    "turn_keep": over_actors(lambda s, i, o: s.pulse() * (of_last(s, "source") == o)),
    "turn_reply": over_actors(lambda s, i, o: s.pulse() * (of_last(s, "target") == o)),
    "turn_keep_conflict": over_actors(lambda s, i, o: s.pulse() * conflict_now(s) * (of_last(s, "source") == o)),
    "turn_reply_conflict": over_actors(lambda s, i, o: s.pulse() * conflict_now(s) * (of_last(s, "target") == o)),
    "scene_spoke": over_actors(lambda s, i, o: min(1.0, s.count(SCENE, lambda a: a.source == o))),
    "scene_addressed": over_actors(lambda s, i, o: min(1.0, s.count(SCENE, lambda a: a.target == o))),
    "capability": world("capability"),
    "patron_acts": world("patron"),
    "collective_acts": world("collective"),
    "grievance": over_actors(lambda s, i, o: log(1 + sum(s.toned(-1.0, a, o) for a in s.actors))),
    "pressed": over_actors(lambda s, i, o: max(s.state["rung"][a][o] for a in s.actors) / 22),
    "unrest": over_actors(lambda s, i, o: s.state["unrest"][o] / 13),
    "narrator_acts": world("narrator"),
    "narrator_partner_acts": over_actors(
        lambda s, i, o: (
            s.count(RECENT, lambda a: a.source == o and s.world["narrator"][a.target] == 1)
            / (1 + s.count(RECENT, lambda a: a.source == o))
        )
    ),
}
TARGET: dict[str, Stat] = {
    "transitivity": over_actors(lambda s, i, o: paths(lambda a, b: s.dyad(PAST, a, b), i, o, s.actors)),
    "turn_back": over_actors(lambda s, i, o: s.pulse() * (of_last(s, "source") == o and of_last(s, "target") == i)),
    "turn_continue": over_actors(lambda s, i, o: s.pulse() * (of_last(s, "target") == o and of_last(s, "source") == i)),
    "turn_join_target": over_actors(lambda s, i, o: s.pulse() * (outside(s, i) and of_last(s, "target") == o)),
    "turn_join_source": over_actors(lambda s, i, o: s.pulse() * (outside(s, i) and of_last(s, "source") == o)),
    "scene_partner": over_actors(lambda s, i, o: s.here(o)),
    "capability_ratio": over_actors(lambda s, i, o: s.world["capability"][o] - s.world["capability"][i]),
    "to_patron": tie("client"),
    "to_client": over_actors(lambda s, i, o: s.world["client"][o][i]),
    "same_camp": tie("same_camp"),
    "ally": tie("ally"),
    "contiguous": tie("contiguous"),
    "to_collective": world("collective"),
    "warmth": over_actors(lambda s, i, o: s.state["warmth"][i][o]),
    "enmity": over_actors(lambda s, i, o: log(1 + s.toned(-1.0, i, o))),
    "grudge": over_actors(lambda s, i, o: log(1 + s.toned(-1.0, o, i))),
    "quarrel": over_actors(lambda s, i, o: s.state["openness"][i][o] / 6),
    "ladder": over_actors(lambda s, i, o: s.state["rung"][i][o] / 22),
    "dependence": over_actors(largest_share),
    "supplies": over_actors(lambda s, i, o: largest_share(s, o, i)),
    "debt": over_actors(lambda s, i, o: log(1 + s.state["debt"][i][o] + s.state["debt"][o][i])),
    "distance": over_actors(lambda s, i, o: s.gap(i, o)),
    "severed": over_actors(lambda s, i, o: s.state["broken"][i][o]),
    "shared_friend": over_actors(lambda s, i, o: paths(lambda a, b: s.toned(1.0, a, b), i, o, s.actors)),
    "shared_enemy": over_actors(lambda s, i, o: paths(lambda a, b: s.toned(-1.0, a, b), i, o, s.actors)),
    "narrator_addressed": world("narrator"),
    "narrator_present": over_actors(
        lambda s, i, o: s.here(o) * sum(s.here(a) for a in s.actors if s.world["narrator"][a] == 1)
    ),
}
ACT: dict[str, Stat] = {
    "act_repertoire": over_acts(lambda s, i, j, o: log(1 + s.count(PAST, lambda a: a.source == i and a.act == o))),
    "act_inertia": over_acts(lambda s, i, j, o: at_last(s, i, j, "act", o)),
    "act_reciprocity": over_acts(lambda s, i, j, o: at_last(s, j, i, "act", o)),
    "tone_reply": toned(lambda s, i, j: s.tone(s.latest_of(j, i)) * s.fresh(j, i)),
    "tone_continue": toned(lambda s, i, j: s.tone(s.latest_of(i, j)) * s.fresh(i, j)),
    "tone_scene": toned(lambda s, i, j: s.tone(s.latest(lambda a: True)) * s.pulse()),
    "act_again": over_acts(lambda s, i, j, o: at_last(s, i, j, "act", o) * s.fresh(i, j)),
    "act_echo": over_acts(lambda s, i, j, o: at_last(s, j, i, "act", o) * s.fresh(j, i)),
    "audience_tone": toned(lambda s, i, j: -log(1 + sum(s.here(a) for a in s.actors if a not in (i, j)))),
    "power_tone": toned(lambda s, i, j: s.world["capability"][j] - s.world["capability"][i]),
    "power_material": over_acts(
        lambda s, i, j, o: s.world["material"][o] * (s.world["capability"][i] - s.world["capability"][j])
    ),
    "camp_tone": toned(lambda s, i, j: s.world["same_camp"][i][j]),
    "patron_ladder": over_acts(lambda s, i, j, o: s.world["act_rung"][o] / 22 * s.world["client"][j][i]),
    "collective_material": over_acts(lambda s, i, j, o: s.world["material"][o] * s.world["collective"][j]),
    "warmth_tone": toned(lambda s, i, j: s.state["warmth"][i][j]),
    "warmth_back_tone": toned(lambda s, i, j: s.state["warmth"][j][i]),
    "balance_tone": toned(balance),
    "balance_back_tone": toned(lambda s, i, j: balance(s, j, i)),
    "distance_tone": toned(lambda s, i, j: -s.gap(i, j)),
    "openness_severity": over_acts(lambda s, i, j, o: -s.world["cooperation"][o] * s.state["openness"][i][j] / 6),
    "rung_severity": over_acts(
        lambda s, i, j, o: (
            -abs(s.world["act_rung"][o] - s.state["rung"][i][j]) / 22 if s.world["act_rung"][o] > 0 else 0.0
        )
    ),
    "pressed_tone": toned(lambda s, i, j: -s.state["rung"][j][i] / 22),
    "dependence_tone": toned(largest_share),
    "supplier_material": over_acts(lambda s, i, j, o: s.world["material"][o] * largest_share(s, j, i)),
    "doctrine_tone": toned(lambda s, i, j: -s.state["doctrine_weight"][i] * s.gap(i, j)),
}


def weaker_cares(s: Situation, i: int, j: int, k: int) -> float:
    c, salience = s.world["capability"], s.state["salience"]
    return abs(c[i] - c[j]) * (salience[j][k] if c[i] >= c[j] else salience[i][k])


def stance_gap(s: Situation, i: int, k: int, knower: int) -> float:
    return abs(s.state["public_position"][i][k] - s.state["known_line"][knower][k])


ISSUE: dict[str, Stat] = {
    # an act on an issue stands on the agenda of both its ends
    "agenda_all": over_issues(lambda s, i, j, g, k: log(1 + 2 * s.count(RECENT, lambda a: a.issue == k))),
    "agenda_source": over_issues(lambda s, i, j, g, k: log(1 + agenda(s, i, k))),
    "agenda_target": over_issues(lambda s, i, j, g, k: log(1 + agenda(s, j, k))),
    "issue_inertia": over_issues(lambda s, i, j, g, k: at_last(s, i, j, "issue", k)),
    "issue_reciprocity": over_issues(lambda s, i, j, g, k: at_last(s, j, i, "issue", k)),
    "issue_running": over_issues(lambda s, i, j, g, k: s.pulse() * (of_last(s, "issue") == k)),
    "issue_again": over_issues(lambda s, i, j, g, k: max(at_issue(s, i, j, k), at_issue(s, j, i, k))),
    "issue_power": over_issues(lambda s, i, j, g, k: weaker_cares(s, i, j, k)),
    "salience_source": over_issues(lambda s, i, j, g, k: s.state["salience"][i][k]),
    "salience_target": over_issues(lambda s, i, j, g, k: s.state["salience"][j][k]),
    "dispute": over_issues(
        lambda s, i, j, g, k: (
            -s.world["polarity"][g] * abs(s.state["public_position"][i][k] - s.state["public_position"][j][k])
        )
    ),
    "own_gap": over_issues(
        lambda s, i, j, g, k: abs(s.state["public_position"][i][k] - s.state["private_position"][i][k])
    ),
    "line_gap": over_issues(lambda s, i, j, g, k: max(stance_gap(s, i, k, i), stance_gap(s, j, k, i))),
}
for level, found in (("source", SOURCE), ("target", TARGET), ("act", ACT), ("issue", ISSUE)):
    EFFECTS.update({(level, name): stat for name, stat in found.items()})


def role(s: Situation, i: int) -> str:
    """The first that fits."""
    for name in ("patron", "narrator", "collective", "member"):
        if s.world[name][i] == 1:
            return name
    return "outsider"


def named_act(s: Situation, a: Past | None, freshness: float) -> str:
    return "none" if a is None or freshness <= 0.3 else s.world["acts"][a.act]


def scene_issue(s: Situation) -> str:
    a = s.latest(lambda a: True)
    return "none" if a is None or s.pulse() <= 0.3 else s.world["issues"][a.issue]


def pair_of_roles(s: Situation, i: int, j: int, g: int) -> str:
    return f"{role(s, i)} to {role(s, j)}"


TABLES |= {
    ("source", "actor"): lambda s, i, j, g: "all",
    ("target", "target_by_source"): lambda s, i, j, g: s.world["actors"][i],
    ("act", "act"): lambda s, i, j, g: "all",
    ("act", "act_by_roles"): pair_of_roles,
    ("act", "act_by_source"): lambda s, i, j, g: s.world["actors"][i],
    ("act", "act_by_reply"): lambda s, i, j, g: named_act(s, s.latest_of(j, i), s.fresh(j, i)),
    ("act", "act_by_continuation"): lambda s, i, j, g: named_act(s, s.latest_of(i, j), s.fresh(i, j)),
    ("act", "act_by_scene"): lambda s, i, j, g: named_act(s, s.latest(lambda a: True), s.pulse()),
    ("issue", "issue"): lambda s, i, j, g: "all",
    ("issue", "issue_by_act"): lambda s, i, j, g: s.world["acts"][g],
    ("issue", "issue_by_source"): lambda s, i, j, g: s.world["actors"][i],
    ("issue", "issue_by_target"): lambda s, i, j, g: s.world["actors"][j],
    ("issue", "issue_by_roles"): pair_of_roles,
    ("issue", "issue_by_scene"): lambda s, i, j, g: scene_issue(s),
}
