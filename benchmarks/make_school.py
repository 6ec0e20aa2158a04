"""Write the teaching scenario `school`: five invented actors, six years, 260 acts. Same seed, same bytes.

    python benchmarks/make_school.py src/blocs/scenario/data/school

A patron (hub), a small member that holds to its line (rim), a dependent ally (plain), a weighty member (ridge) and a
breakaway with a backer outside (strand): one actor for each part that SYSTEM.md describes, so that every system can be
seen alone. Acts and levers are those of `camp`; the acts of the record follow a simple story, so that a fit has
something to find.
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

SEED = 28
EVENTS = 260
START, DAYS = date(2001, 1, 1), 6 * 365
CAMP = Path(__file__).resolve().parent.parent / "src/blocs/scenario/data/camp"

ACTORS = (
    ("hub", "Hub", "patron", 0.9, "the patron"),
    ("rim", "Rim", "member", 0.1, "small, of one mind, doctrine before goods"),
    ("plain", "Plain", "member", 0.2, "depends on the patron in most things"),
    ("ridge", "Ridge", "member", 0.6, "weighty; a second power"),
    ("strand", "Strand", "outsider", 0.3, "left the bloc; has a backer outside"),
)
MEMBERS = ("rim", "plain", "ridge")
ISSUES = (
    ("line", "The common line", "the old line stands", "the old line is revised", "What the bloc teaches"),
    ("breakaway", "The one who left", "condemnation stands", "reconciliation", "Relations with Strand"),
    ("headship", "Who leads", "many centres", "one centre", "Equality of members and the place of the patron"),
    ("specialisation", "Division of labour", "own industry", "specialise as advised", "Quotas, plans and plants"),
    ("force", "Unrest and force", "put down at once", "concede and work with the new", "What to do about unrest"),
    ("base", "The common base", "the host commands", "the patron commands", "Ships, crews and the bay"),
)
STANCE = {"hub": 0.7, "rim": -0.6, "plain": 0.6, "ridge": -0.2, "strand": 0.3}
DEPENDENCE = {
    "rim": {"grain": 0.8, "credit": 0.7, "trade": 0.6, "specialists": 0.9, "arms": 0.9},
    "plain": {"grain": 0.8, "credit": 0.9, "trade": 0.8, "specialists": 0.7, "arms": 0.9},
    "ridge": {"credit": 0.2, "trade": 0.3, "specialists": 0.4, "arms": 0.4},
}

YAML = {
    "scenario.yaml": """\
# An invented teaching scenario, written by benchmarks/make_school.py
id: school
title: A bloc of five, for teaching
summary: >-
  Five invented actors over six years, one for each part in a bloc: patron, small holdout, dependent ally, weighty
  member, breakaway. Every mechanism can be seen alone; nobody and nothing in it exists.
version: "1.0"
period: {start: 2001-01-01, end: 2006-12-31}
horizon: {start: 1990-01-01, end: 2008-12-31}
open_ends: {start: 2000-01-01, end: 2006-12-31}
pages: {first: 1, last: 90}
step_days: 7
narrator: rim
patron: hub
training: {until: 2004-12-31}
forecast: {start: 2005-01-01, end: 2006-12-31}
citations: ["Invented; see benchmarks/make_school.py."]
disclaimer: Invented data for teaching and tests.
mechanisms: {}
model: {without: [audience_tone]}
""",
    "sources.yaml": """\
- id: script
  kind: invented
  citation: benchmarks/make_school.py
  side: rim
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
  pages: [8]
- id: council_2003
  title: Second council
  date: 2003-06
  kind: council
  participants: [patron, member]
  institution: council
  pages: [38]
  session: {form: text, rule: convener, agenda: [line], notice_days: 21, days: 14}
- id: council_2005
  title: Third council
  date: 2005-06
  kind: council
  participants: [patron, member]
  institution: council
  pages: [68]
  session: {form: meeting, rule: convener, agenda: [specialisation], notice_days: 14, dossier: 0.5}
""",
    "outcomes.yaml": """\
- id: break
  title: Relations between the patron and {member} are severed
  for_each: member
  when: {event: {act: [break], source: [patron], target: ["{member}"], either_way: true}}
- id: allied_sanctions
  title: The dependent ally holds goods back from the small member or sanctions it
  when: {event: {act: [withhold, sanction], source: [plain], target: [rim]}}
- id: cold
  title: The small member is cold toward the patron
  when: {state: {variable: warmth, actor: rim, toward: hub, at_most: -0.3}}
""",
    "questions.yaml": """\
- id: reserves
  text: The small member holds ninety days of grain from the start of the forecast.
  outcomes: [break, cold]
  variables: [reserve_days]
  do: ["set reserve_days[rim,grain]=90 from 2005-01-01"]
- id: alone
  text: Allies do not follow with sanctions.
  outcomes: [allied_sanctions, break]
  variables: [rung]
  do: ["forbid withhold|sanction from plain to rim from 2005-01-01"]
""",
}


def state() -> str:
    """Return the entries of the state at the start: what tells the five apart."""
    entries = {
        "cohesion": {"hub": 0.6, "rim": 0.9, "plain": 0.5, "ridge": 0.8, "strand": 0.8},
        "leader_standing": {"hub": 0.6, "rim": 0.9, "plain": 0.5, "ridge": 0.9, "strand": 0.9},
        "doctrine_weight": {"hub": 0.3, "rim": 0.9, "plain": 0.2, "ridge": 0.6, "strand": 0.4},
        "bargaining_weight": {"hub": 1.0, "rim": 0.1, "plain": 0.2, "ridge": 0.9, "strand": 0.6},
        "dissent_cost": {"rim": 0.4, "plain": 0.8, "ridge": 0.2, "strand": 0.1},
        "outside_suppliers": {"hub": 3, "rim": 1, "plain": 0, "ridge": 2, "strand": 3},
        "hard_currency": {"hub": 20, "rim": 1, "plain": 0.5, "ridge": 5, "strand": 6},
        "border_insecurity": {"rim": 0.2, "plain": 0.6, "ridge": 0.1, "strand": 0.3},
    }
    lines = [
        f"- {{variable: {name}, actor: {actor}, value: {value}, basis: assumed}}"
        for name, values in entries.items()
        for actor, value in values.items()
    ]
    for actor, days, share in (("rim", 30, 0.3), ("plain", 40, 0.4), ("ridge", 90, 0.05), ("strand", 90, 0.1)):
        lines.append(f"- {{variable: reserve_days, actor: {actor}, lever: grain, value: {days}, basis: assumed}}")
        lines.append(f"- {{variable: import_share, actor: {actor}, lever: grain, value: {share}, basis: assumed}}")
    warmth = {("rim", "hub"): 0.4, ("hub", "rim"): 0.4, ("plain", "hub"): 0.7, ("hub", "plain"): 0.6}
    warmth |= {("ridge", "hub"): 0.3, ("hub", "ridge"): 0.4, ("hub", "strand"): -0.3, ("strand", "hub"): -0.3}
    warmth |= {("rim", "strand"): -0.6, ("strand", "rim"): -0.5, ("ridge", "rim"): 0.4, ("rim", "ridge"): 0.5}
    for (actor, toward), value in warmth.items():
        lines.append(f"- {{variable: warmth, actor: {actor}, toward: {toward}, value: {value}, basis: assumed}}")
    for issue, *_ in ISSUES:
        lines.append(f"- {{variable: line, issue: {issue}, value: 0.6, basis: assumed}}")
        for actor, stance in STANCE.items():
            shown = round(stance / 3, 2) if actor == "rim" else stance
            for name, value in (("private_position", stance), ("public_position", shown), ("salience", 0.6)):
                lines.append(f"- {{variable: {name}, actor: {actor}, issue: {issue}, value: {value}, basis: assumed}}")
    lines += [
        f"- {{variable: divisible, issue: {issue}, value: {int(issue == 'specialisation')}, basis: assumed}}"
        for issue in ("specialisation", "line", "breakaway", "headship", "force", "base")
    ]
    base = {"base_stage": 3, "vessels_total": 12, "vessels_delivered": 4, "vessels_held": 4, "crew_own": 1}
    lines += [
        f"- {{variable: {name}, actor: rim, value: {value}, basis: assumed}}"
        for name, value in {**base, "terrain_closable": 1}.items()
    ]
    return "\n".join(lines) + "\n"


def table(columns: str, rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns.split(","))
    writer.writerows(rows)
    return out.getvalue()


def tables() -> dict[str, str]:
    actors = [(i, 1, n, "party_state", r, *("",) * 5, 1990, "", 1, cap, note) for i, n, r, cap, note in ACTORS]
    ties: list[tuple[object, ...]] = [("hub", m, "patron_client", 1, "", "", "assumed", "") for m in MEMBERS]
    ties += [("hub", m, "ally", 1, 2000, "", "assumed", "") for m in MEMBERS]
    ties += [
        (m, "hub", f"depends_{lever}", v, "", "", "assumed", "")
        for m, d in DEPENDENCE.items()
        for lever, v in d.items()
    ]
    borders = (("hub", "plain"), ("hub", "ridge"), ("rim", "strand"), ("plain", "strand"))
    ties += [(a, b, "contiguous", 1, "", "", "assumed", "") for a, b in borders]
    return {
        "actors.csv": table(
            "id,tier,name,kind,role,parent,members,iso3,cow,title,from,to,first_page,capability,note", actors
        ),
        "aliases.csv": table("alias,actor,note", [("the patron", "hub", ""), ("the holdout", "rim", "")]),
        "issues.csv": table(
            "id,name,low_end,high_end,description,patron_line,first_page",
            [(*i, "high end throughout", 1) for i in ISSUES],
        ),
        "acts.csv": (CAMP / "acts.csv").read_text(encoding="utf-8"),
        "levers.csv": (CAMP / "levers.csv").read_text(encoding="utf-8"),
        "numbers.csv": table(
            "id,page,pages,actors,actors_basis,what,value,value_num,value_max,unit,kind,event_ids,coder",
            [("N1", 5, "5", "rim", "wording", "days of grain left", "thirty", 30, "", "days", "duration", "L015", "")],
        ),
        "ties.csv": table("source,target,tie,value,from,to,basis,pages", ties),
    }


def draw(rng: random.Random, strain: float, asked: bool) -> tuple[str, str, str]:
    """Source, target and act of the next event; `strain` 0..1 grows with time, `asked` after a demand on the holdout."""
    if asked:
        return "rim", "hub", "refuse" if rng.random() < 0.2 + 0.7 * strain else "agree"
    roll = rng.random()
    if roll < 0.3:
        hard, soft = ("demand", "criticise", "withhold", "threaten"), ("demand", "aid", "propose", "visit")
        return "hub", "rim", rng.choice(hard if rng.random() < strain else soft)
    if roll < 0.5:
        return "hub", rng.choice(("plain", "ridge")), rng.choice(("aid", "propose", "meet", "honour", "consult"))
    if roll < 0.7:
        return rng.choice(("plain", "ridge")), "hub", rng.choice(("agree", "honour", "meet", "propose", "visit"))
    if roll < 0.8:
        return (
            "plain",
            "rim",
            rng.choice(("criticise", "withhold", "slight") if rng.random() < strain else ("meet", "aid")),
        )
    if roll < 0.88:
        return (*rng.choice((("rim", "ridge"), ("ridge", "rim"))), rng.choice(("meet", "defend", "inform", "aid")))
    if roll < 0.95:
        cold = rng.random() < 0.5
        return (*rng.choice((("hub", "strand"), ("strand", "hub"))), "criticise" if cold else "meet")
    return "rim", "strand", "criticise"


def events(rng: random.Random) -> list[dict[str, object]]:
    rows = csv.DictReader(io.StringIO((CAMP / "acts.csv").read_text(encoding="utf-8")))
    scores = {row["id"]: float(row["default_cooperation"]) for row in rows}
    found: list[dict[str, object]] = []
    asked = False
    for number, offset in enumerate(sorted(rng.randrange(DAYS) for _ in range(EVENTS))):
        day = START + timedelta(days=offset)
        source, target, act = draw(rng, offset / DAYS, asked)
        if number == EVENTS - 1:
            source, target, act = "hub", "rim", "break"
        asked = act == "demand" and target == "rim"
        lever = rng.choice(("grain", "credit", "trade")) if act in ("aid", "withhold") else None
        found.append(
            {
                "id": f"L{number + 1:03d}",
                "pages": [1 + number // 3],
                "date": day.isoformat(),
                "date_basis": "stated",
                "source": source,
                "target": target,
                "act": act,
                "issue": "specialisation" if lever else rng.choice([issue[0] for issue in ISSUES]),
                "channel": rng.choice(("public", "closed_meeting", "private_talk")),
                **({"lever": lever} if lever else {}),
                "cooperation": max(-10.0, min(10.0, scores[act] + rng.choice((-1, 0, 0, 1)))),
                "summary": f"Invented: {source}, {act}, toward {target}.",
                "basis": "narrator_participant" if "rim" in (source, target) else "reported_by_other",
                "confidence": 0.9,
                "is_dyadic": True,
            }
        )
    return found


def positions(rng: random.Random) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for year in range(2001, 2007):
        for actor, base in STANCE.items():
            for issue, *_ in ISSUES:
                shown = base * min(1.0, (year - 2000) / 4) if actor == "rim" else base
                stance = round(max(-1.0, min(1.0, shown + rng.uniform(-0.1, 0.1))), 2)
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
                        "page": 1 + (year - 2001) * 14,
                    }
                )
    return found


def files() -> dict[str, str]:
    """Return the text of every file of the scenario by name."""
    rng = random.Random(SEED)
    lists = {"events.jsonl": events(rng), "positions.jsonl": positions(rng)}
    lines = {name: "".join(json.dumps(entry) + "\n" for entry in entries) for name, entries in lists.items()}
    return {**YAML, "state.yaml": state(), **tables(), **lines}


def main(folder: str) -> None:
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, text in files().items():
        (Path(folder) / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
