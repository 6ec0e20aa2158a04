"""Effects of families `economy` and `protocol` again, slowly: plain loops from the written definitions."""

from __future__ import annotations

from math import exp, log

from effects import EFFECTS, RECENT, Past, Situation, Stat


def effect(level: str):
    def add(function: Stat) -> Stat:
        EFFECTS[level, function.__name__] = function
        return function

    return add


def acts(s: Situation, *names: str) -> list[float]:
    kinds = s.world["act_kinds"] or [(a,) for a in s.world["acts"]]
    return [1.0 if any(n in one for n in names) else 0.0 for one in kinds]


def times(flags: list[float], amount: float) -> list[float]:
    return [f * amount for f in flags]


def asked(s: Situation, i: int, j: int) -> float:
    return 1.0 - exp(-float(s.state["request"][j][i]))


def struck(s: Situation, i: int, j: int) -> float:
    x = float(s.state["struck"][j][i])
    return x / (1 + x)


def last_of_target(s: Situation, i: int, j: int) -> tuple[Past | None, float]:
    return s.latest_of(j, i), min(1.0, s.dyad(RECENT, j, i))


def hunger(s: Situation, i: int) -> float:
    grain = list(s.world["levers"]).index("grain")
    left = float(s.state["reserve_days"][i][grain]) + float(s.state["on_order"][i][grain])
    return min(1.0, max(0.0, 1 - left / 21))


def food(s: Situation, name: str, a: int, b: int) -> float:
    return float(s.state[name][a][b][list(s.world["levers"]).index("grain")])


@effect("target")
def petitioner(s, i, j, g):
    return [log(1 + float(s.state["request"][b][i])) * (1 + float(s.state["warmth"][i][b])) / 2 for b in s.actors]


@effect("target")
def hedge(s, i, j, g):
    return [float(s.state["integration_offer"][i]) * (0.0 if s.world["client"][i][b] == 1 else 1.0) for b in s.actors]


@effect("act")
def answer_request(s, i, j, g):
    return times(acts(s, "agree", "promise", "aid"), asked(s, i, j))


@effect("act")
def cut_first(s, i, j, g):
    return times(acts(s, "refuse", "criticise"), asked(s, i, j) * (1 - struck(s, i, j)))


@effect("act")
def restore_last(s, i, j, g):
    return times(acts(s, "agree", "promise", "aid"), struck(s, i, j))


@effect("act")
def refuse_price(s, i, j, g):
    last, fresh = last_of_target(s, i, j)
    offered = 0.0 if last is None else acts(s, "aid", "promise", "propose")[last.act] * fresh
    pressed = min(1.0, float(s.state["rung"][j][i]) / 10)
    return times(acts(s, "refuse"), float(s.state["doctrine_weight"][i]) * offered * pressed)


@effect("act")
def gift(s, i, j, g):
    last, fresh = last_of_target(s, i, j)
    quarrel = fresh if last is not None and s.tone(last) < 0 else 0.0
    return times(acts(s, "aid", "promise"), quarrel * float(s.world["client"][j][i]))


@effect("act")
def short_asks(s, i, j, g):
    return times(acts(s, "demand", "propose"), hunger(s, i) * food(s, "dependence", i, j))


@effect("act")
def starve(s, i, j, g):
    hold = max(float(x) for x in s.state["dependence"][j][i]) * float(s.state["rung"][i][j]) / 22
    return times(acts(s, "withhold", "sanction"), asked(s, i, j) * hold)


@effect("act")
def capitulate(s, i, j, g):
    held = food(s, "dependence", i, j) * food(s, "withheld", j, i)
    return times(acts(s, "agree", "align"), hunger(s, i) * held)


@effect("act")
def hold_contract(s, i, j, g):
    due = float(s.state["pending"][j][i])
    return times(acts(s, "refuse", "demand"), float(s.state["stall"][j][i]) / 4 * due / (1 + due))


@effect("act")
def tasked_experts(s, i, j, g):
    cold = max(0.0, -float(s.state["warmth"][i][j])) * float(s.world["client"][j][i])
    return times(acts(s, "spy", "subvert"), float(s.state["pool"][j]) * cold)


@effect("act")
def count_on_cadres(s, i, j, g):
    hope = float(s.state["faction_expectation"][j]) if s.world["patron"][i] == 1 else 0.0
    return times(acts(s, "spy", "subvert"), hope)


@effect("act")
def default_quota(s, i, j, g):
    over = max(0.0, float(s.state["home_cost"][i]) - 0.5) * 2
    above = 1.0 if s.world["client"][i][j] == 1 or s.world["collective"][j] == 1 else 0.0
    return times(acts(s, "refuse"), over * above)


@effect("act")
def feast(s, i, j, g):
    foes = [max(0.0, -float(s.state["warmth"][i][k])) * float(s.state["openness"][j][k]) / 6 for k in s.actors]
    wanted = 1.0 - exp(-float(s.state["request"][i][j]))
    return times(acts(s, "honour", "visit"), max(wanted, *foes))


@effect("act")
def declined_courtesy(s, i, j, g):
    return times(acts(s, "slight", "distance"), max(0.0, float(s.state["rung"][j][i]) - 12) / 10)


@effect("act")
def told_by_favour(s, i, j, g):
    return times(acts(s, "inform", "consult"), float(s.state["warmth"][i][j]))


@effect("act")
def bait_read(s, i, j, g):
    shown = float(s.state["honour_level"][j][i]) / 5
    return times(acts(s, "agree", "align"), shown * float(s.state["doctrine_weight"][i]))


@effect("act")
def excuse(s, i, j, g):
    last, fresh = last_of_target(s, i, j)
    came = 0.0 if last is None else acts(s, "propose", "visit")[last.act] * fresh
    return times(acts(s, "refuse"), came * (1 - float(s.state["bargaining_weight"][j])))
