"""Write how a run of `cartel` scored into its page: the numbers there come from here and from nowhere else.

blocs run cartel --runs 200 --out runs/cartel
python benchmarks/score_cartel.py runs/cartel docs/explanation/cartel.md
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- scores:begin -->", "<!-- scores:end -->"
NAMES = {
    "model": "the full model",
    "memory_only": "memory only",
    "base_rate": "base rates",
    "no_change": "no change",
}
LEAVERS = ("qatar", "ecuador")


def verdict(gain: dict[str, float]) -> str:
    return "better" if gain["lo"] > 0 else "worse" if gain["hi"] < 0 else "not distinguishable"


def table(score: dict[str, Any]) -> list[str]:
    lines = ["| rule | log score, nats an act | gain of the full model, 95 % interval | the full model is |"]
    lines.append("|---|---|---|---|")
    for rule, name in NAMES.items():
        gain = score.get(f"vs_{rule}")
        told = f"{gain['mean']:+.3f} ({gain['lo']:+.3f} to {gain['hi']:+.3f})" if gain else ""
        lines.append(f"| {name} | {score[rule]:.3f} | {told} | {verdict(gain) if gain else ''} |")
    return lines


def by_level(scores: dict[str, Any]) -> str:
    gains = scores["vs_memory_only_by_level"].items()
    told = (f"{level} {g['mean']:+.3f} ({g['lo']:+.3f} to {g['hi']:+.3f}, {verdict(g)})" for level, g in gains)
    return f"Gain over memory only by choice: {'; '.join(told)}."


def lower(title: str, score: dict[str, float], rival: str) -> str:
    mine, other = score["model"], score["baseline"]
    winner = (
        "the forecast is better" if mine < other else f"the {rival} is better" if other < mine else "neither is better"
    )
    return f"{title}: forecast {mine:.3f}, {rival} {other:.3f} (lower is better); {winner}."


def leavers(outcomes: list[dict[str, Any]]) -> str:
    exits = sorted((o for o in outcomes if o["id"].startswith("exit.")), key=lambda o: -o["probability"])
    told: list[str] = []
    for who in LEAVERS:
        found = next(o for o in exits if o["id"] == f"exit.{who}")
        rank = 1 + sum(o["probability"] > found["probability"] for o in exits)
        told.append(f"{who.capitalize()} {found['probability']:.1%} (rank {rank} of {len(exits)})")
    base = exits[0]["baseline"]
    return f"The two that left were given these chances of leaving: {'; '.join(told)}; the base rate for each is {base:.1%}."


def words(run: dict[str, Any], scores: dict[str, Any]) -> str:
    runs, seed, until = run["forecast"]["runs"], run["forecast"]["seed"], run["fit"]["until"]
    scored = f"{scores['acts']} acts from {scores['start']} to {scores['end']} scored"
    head = f"Fitted until {until}; {scored}; {runs} runs, seed {seed}."
    brier = lower("Brier score of the outcomes", scores["brier"], "base rate")
    crps = lower("CRPS of the number of acts a quarter", scores["crps"], "constant rate")
    parts = [head, "\n".join(table(scores["log_score"])), by_level(scores), brier, crps, leavers(scores["outcomes"])]
    return "\n\n".join(parts)


def main(folder: str, page: str) -> None:
    scores, run = (
        json.loads((Path(folder) / f"{name}.json").read_text(encoding="utf-8")) for name in ("scores", "run")
    )
    text = Path(page).read_text(encoding="utf-8")
    block = f"{BEGIN}\n\n{words(run, scores)}\n\n{END}"
    changed, times = re.subn(f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: block, text, flags=re.S)
    if times != 1:
        raise SystemExit(f"{page} has no place between {BEGIN} and {END}")
    Path(page).write_text(changed, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
