"""Write the invented scenario `tiny`: four actors, three years, 120 acts. Same seed, same bytes.

    python benchmarks/make_tiny.py src/blocs/scenario/data/tiny

The acts follow a simple story, so that a fit has something to find: the patron asks, two members agree, the third
answers a demand with a refusal more often as the years pass, and the patron then criticises and holds back goods.
"""

from __future__ import annotations

import csv
import io
import json
import random
import sys
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

SEED = 19
EVENTS = 120
START, DAYS = date(2001, 1, 1), 3 * 365
LOYAL, HOLDOUT, PATRON = ("east", "south"), "west_shore", "north"

ACTORS = (
    ("north", "Northland", "patron", 0.9, ""),
    ("east", "Eastmark", "member", 0.3, ""),
    ("west_shore", "West Shore", "member", 0.2, "the invented chronicle is told from here"),
    ("south", "Southfield", "member", 0.2, ""),
)
ISSUES = (
    ("harbour", "The common harbour", "owner decides alone", "patron decides", "Who commands the harbour"),
    ("harvest", "Sharing of the harvest", "aid without strings", "terms set by the giver", "Grain and credit"),
    ("council", "Votes in the council", "equal votes", "the patron presides", "Procedure of the common council"),
)
ACTS = (
    ("meet", "Meet", "Talks held face to face", "verbal", "cooperative", 1, "", "", "meeting;talks"),
    ("propose", "Propose", "Makes an offer the other may take or leave", "verbal", "cooperative", 1, 0, "", "proposal"),
    ("agree", "Agree", "Accepts or carries out what was asked", "verbal", "cooperative", 3, 0, "", "agreement"),
    ("honour", "Honour", "Ceremony, praise, thanks", "verbal", "cooperative", 4, 0, "", "praise"),
    ("aid", "Aid", "Gives goods, credit or help", "material", "cooperative", 6, 0, "", "credit;help"),
    ("demand", "Demand", "Requires or sets a condition", "verbal", "conflictual", -3, 7, 3, ""),
    ("refuse", "Refuse", "Rejects a demand or a charge", "verbal", "conflictual", -4, 1, 3, "refusal"),
    ("criticise", "Criticise", "Blames or accuses", "verbal", "conflictual", -5, 8, 3, "criticism"),
    ("withhold", "Withhold", "Does not deliver what was agreed", "material", "conflictual", -5, 10, 1, "withholding"),
    ("break", "Break", "Severs relations", "material", "conflictual", -9, 22, 6, "rupture"),
    ("process", "Process", "Background, no act", "", "neutral", 0, "", "", ""),
)
LADDER = (
    (0, "talks", "courtesy", 0, 1, 0, 0, 0, 1, 0, 30),
    (1, "a no", "courtesy", 0, 1, 0, 0.02, 0.05, 1, 0, 30),
    (7, "conditions", "procedure", 0, 1, 0, 0.05, 0.1, 1, 0.2, 30),
    (8, "blame", "procedure", 0, 1, 0, 0.1, 0.2, 0.9, 0.6, 14),
    (10, "grain withheld", "goods", 0, 0.8, 1, 0.2, 0.5, 0.8, 0.6, 21),
    (22, "rupture", "rupture", 3, 0.4, 0, 0.8, 0.8, 0.1, 0.5, 30),
)
LEVERS = (("grain", "Grain", "bread grain"), ("credit", "Credit", "loans and their terms"))

YAML = {
    "scenario.yaml": """\
# An invented scenario for tests and tutorials, written by benchmarks/make_tiny.py
id: tiny
title: Four invented states
summary: An invented patron and three members over three years; nobody and nothing in it exists.
version: "1.0"
period: {start: 2001-01-01, end: 2003-12-31}
horizon: {start: 1990-01-01, end: 2003-12-31}
open_ends: {start: 2000-01-01, end: 2003-12-31}
pages: {first: 1, last: 40}
step_days: 7
narrator: west_shore
patron: north
training: {until: 2002-12-31}
forecast: {start: 2003-01-01, end: 2003-12-31}
citations: ["Invented; see benchmarks/make_tiny.py."]
disclaimer: Invented data for tests and tutorials.
mechanisms: {}
model:
  # a few mechanisms and families of effects, so that a first run takes seconds
  only: [memory, warmth, openness, ladder, supply, positions, unrest, leadership, calling, talks, assembly]
  without: [pressure, camps, bodies, information, economy, protocol, sessions]
""",
    "sources.yaml": """\
- id: script
  kind: invented
  citation: benchmarks/make_tiny.py, seed 19
  side: west_shore
  perspective: Told as if by the smallest member.
  what_it_is: A seeded random story.
  what_it_is_not: A record of anything.
""",
    "institutions.yaml": """\
- id: council
  name: The common council
  kind: alliance
  members: [patron, member]
  convener: patron
  rule: consensus under the convener
  from: 2000
  pages: [1]
""",
    "schedule.yaml": """\
- id: council_2001
  title: First council
  date: 2001-06
  kind: council
  participants: [patron, member]
  institution: council
  pages: [2]
- id: council_2002
  title: Second council
  date: 2002-06
  kind: council
  participants: [patron, member]
  institution: council
  pages: [15]
- id: council_2003
  title: Third council
  date: 2003-06
  kind: council
  participants: [patron, member]
  institution: council
  pages: [30]
""",
    "outcomes.yaml": """\
- id: break
  title: Relations between the patron and {member} are severed
  for_each: member
  when: {event: {act: [break], source: [patron], target: ["{member}"], either_way: true}}
- id: goods_withheld
  title: The patron holds goods back from the narrator three times
  when: {event: {act: [withhold], source: [patron], target: [narrator]}, at_least: 3}
- id: cold
  title: The narrator is cold toward the patron
  when: {state: {variable: warmth, actor: narrator, toward: patron, at_most: -0.2}}
""",
    "state.yaml": """\
- {variable: cohesion, actor: west_shore, value: 0.9, basis: assumed}
- {variable: cohesion, actor: east, value: 0.6, basis: assumed}
- {variable: doctrine_weight, actor: west_shore, value: 0.8, basis: assumed}
- {variable: reserve_days, actor: west_shore, lever: grain, value: 30, basis: assumed}
- {variable: import_share, actor: west_shore, lever: grain, value: 0.3, basis: assumed}
- {variable: warmth, actor: west_shore, toward: north, value: 0.4, basis: assumed}
- {variable: warmth, actor: north, toward: west_shore, value: 0.4, basis: assumed}
- {variable: warmth, actor: east, toward: north, value: 0.7, basis: assumed}
- {variable: warmth, actor: south, toward: north, value: 0.6, basis: assumed}
- {variable: line, issue: harbour, value: 0.8, basis: assumed}
- {variable: private_position, actor: west_shore, issue: harbour, value: -0.7, basis: assumed}
- {variable: public_position, actor: west_shore, issue: harbour, value: -0.2, basis: assumed}
- {variable: salience, actor: west_shore, issue: harbour, value: 0.9, basis: assumed}
""",
    "questions.yaml": """\
- id: q1
  text: The narrator's state holds ninety days of grain in 2003.
  outcomes: [break, goods_withheld]
  variables: [reserve_days]
  do: ["set reserve_days[narrator,grain]=90 from 2003-01-01"]
- id: q2
  text: The patron cannot hold goods back from the narrator.
  outcomes: [goods_withheld, cold]
  variables: [warmth]
  do: ["forbid withhold from patron to narrator"]
""",
}


def table(columns: str, rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns.split(","))
    writer.writerows(rows)
    return out.getvalue()


def tables() -> dict[str, str]:
    blank = ("",) * 3
    actors = [
        (i, 1, n, "party_state", role, "", "", *blank, 1990, "", 1, cap, note) for i, n, role, cap, note in ACTORS
    ]
    people = [("hale", 2, "Ada Hale", "person", "person", "north", "", *blank, "", "", 1, "", "invented")]
    members = (*LOYAL, HOLDOUT)
    ties = [("north", m, "patron_client", 1, "", "", "assumed", "") for m in members]
    ties += [(m, "north", "depends_grain", 0.6, "", "", "assumed", "") for m in members]
    ties += [(m, "north", "depends_credit", 0.5, "", "", "assumed", "") for m in members]
    ties += [("north", m, "ally", 1, 2000, "", "assumed", "") for m in members]
    ties += [
        ("east", "south", "contiguous", 1, "", "", "assumed", ""),
        ("north", "east", "contiguous", 1, "", "", "assumed", ""),
    ]
    acts = [(i, n, d, mode, pol, coop, "", "", rung, op, al) for i, n, d, mode, pol, coop, rung, op, al in ACTS]
    return {
        "actors.csv": table(
            "id,tier,name,kind,role,parent,members,iso3,cow,title,from,to,first_page,capability,note", actors + people
        ),
        "aliases.csv": table("alias,actor,note", [("Ada", "hale", ""), ("the Shore", HOLDOUT, "")]),
        "issues.csv": table(
            "id,name,low_end,high_end,description,patron_line,first_page",
            [(*i, "high end throughout", 1) for i in ISSUES],
        ),
        "acts.csv": table(
            "id,name,definition,mode,polarity,default_cooperation,cameo_root,plover_type,rung,openness,aliases", acts
        ),
        "levers.csv": table("id,name,description", LEVERS),
        "ladder.csv": table(
            "rung,name,stage,min_openness,max_patience,needs_goods,cost_source,cost_target,reversible,cascade,lag_days",
            LADDER,
        ),
        "numbers.csv": table(
            "id,page,pages,actors,actors_basis,what,value,value_num,value_max,unit,kind,event_ids,coder",
            [
                (
                    "N1",
                    5,
                    "5",
                    "west_shore",
                    "wording",
                    "days of grain left",
                    "thirty",
                    30,
                    "",
                    "days",
                    "duration",
                    "T015",
                    "",
                )
            ],
        ),
        "ties.csv": table("source,target,tie,value,from,to,basis,pages", ties),
    }


def draw(rng: random.Random, strain: float, asked: bool) -> tuple[str, str, str]:
    """Source, target and act of the next event; `strain` 0..1 is how far the holdout has moved, `asked` after a demand."""
    if asked:
        return (HOLDOUT, PATRON, "refuse" if rng.random() < 0.3 + 0.6 * strain else "agree")
    roll = rng.random()
    if roll < 0.35:
        return (
            PATRON,
            HOLDOUT,
            rng.choice(("demand", "demand", "criticise", "withhold") if strain > 0.4 else ("demand", "aid", "propose")),
        )
    member = rng.choice(LOYAL)
    if roll < 0.6:
        return (PATRON, member, rng.choice(("aid", "propose", "meet", "demand")))
    if roll < 0.85:
        return (member, PATRON, rng.choice(("agree", "honour", "meet", "propose")))
    if roll < 0.93:
        return (HOLDOUT, rng.choice((PATRON, *LOYAL)), rng.choice(("meet", "propose")))
    return (member, HOLDOUT, "criticise" if strain > 0.5 else "meet")


def events(rng: random.Random) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    scores = {act[0]: act[5] for act in ACTS}
    days = sorted(rng.randrange(DAYS) for _ in range(EVENTS))
    asked = False
    for number, offset in enumerate(days):
        day = START + timedelta(days=offset)
        source, target, act = draw(rng, offset / DAYS, asked)
        asked = act == "demand" and target == HOLDOUT
        if number == EVENTS - 1:
            source, target, act = PATRON, HOLDOUT, "break"
        exact = rng.random() < 0.6
        text = day.isoformat() if exact else day.strftime("%Y-%m")
        lever = rng.choice(("grain", "credit")) if act in ("aid", "withhold") else None
        entry: dict[str, object] = {
            "id": f"T{number + 1:03d}",
            "pages": [1 + number // 3],
            "date": text,
            "date_basis": "stated" if exact else "inferred",
            "source": source,
            "target": target,
            "act": act,
            "issue": "harvest" if lever else rng.choice([issue[0] for issue in ISSUES]),
            "channel": rng.choice(("public", "closed_meeting", "private_talk")),
            **({"lever": lever} if lever else {}),
            "cooperation": max(-10, min(10, scores[act] + rng.choice((-1, 0, 0, 1)))),
            "summary": f"Invented: {source.replace('_', ' ')}, {act}, toward {target.replace('_', ' ')}.",
            "basis": "narrator_participant" if HOLDOUT in (source, target) else "reported_by_other",
            "confidence": 0.9,
            "is_dyadic": True,
        }
        found.append(entry)
    return found


def positions(rng: random.Random) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for year in (2001, 2002, 2003):
        for actor, *_ in ACTORS:
            for issue, *_ in ISSUES:
                base = -0.3 * (year - 2000) if actor == HOLDOUT else 0.7
                stance = round(max(-1.0, min(1.0, base + rng.uniform(-0.2, 0.2))), 2)
                found.append(
                    {
                        "id": f"P{len(found) + 1:03d}",
                        "actor": actor,
                        "issue": issue,
                        "date": str(year),
                        "public_or_private": "public",
                        "stance_patron": stance,
                        "stance_axis": stance,
                        "salience": 0.6,
                        "page": 1 + (year - 2001) * 13,
                    }
                )
    return found


def files() -> dict[str, str]:
    """Return the text of every file of the scenario by name."""
    rng = random.Random(SEED)
    lists = {"events.jsonl": events(rng), "positions.jsonl": positions(rng)}
    lines = {name: "".join(json.dumps(entry) + "\n" for entry in entries) for name, entries in lists.items()}
    return {**YAML, **tables(), **lines}


def main(folder: str) -> None:
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, text in files().items():
        (Path(folder) / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
