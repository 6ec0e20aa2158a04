"""Benchmark `icews14` and every set of its form: who will be the other side of an act, day by day.

Files: `train`, `valid`, `test` (subject, relation, object, day), `relations` (id, name) and, if actors have names,
`entities` (id, name). Protocol of Gastinger et al. 2024 (IJCAI): single step, both directions, time-aware filter, ties by
mean rank, all actors ranked.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from blocs.forecast.typed.baselines import Recurrency, recurrency
from blocs.forecast.typed.choice import Choice
from blocs.forecast.typed.effects import THEMES
from blocs.forecast.typed.guess import components
from blocs.forecast.typed.leak import leak
from blocs.forecast.typed.record import Floats, TypedRecord
from blocs.forecast.typed.rolling import Answers, Rolled, roll
from blocs.ground.errors import bad_input
from blocs.jobs.backtest.base import Cell, Findings, Progress, Score, Table
from blocs.jobs.backtest.bootstrap import cluster_means
from blocs.jobs.backtest.files import find_table, read_table

MODEL = "typed logit"
FACTS = {"subject": pl.Int64, "relation": pl.Int64, "object": pl.Int64, "day": pl.Int64}
LABELS = {"id": pl.Int64, "name": pl.String}
SHOWN = 12
"""Groups of acts in the table of effects."""


def run(data: Path, seed: int, tell: Progress) -> Findings:
    """Fit on train, choose on valid, score test once; with and without names, with tables frozen and learning on."""
    record = read_record(data)
    base = recurrency(record, tell)
    full = roll(record, named=record.names is not None, seed=seed, tell=tell)
    bare = None
    if record.names is not None:
        bare = roll(record, forms=(full.choice.form,), named=False, frozen=False, seed=seed, tell=tell)
    tell("leak test", 0, 0)
    change = leak(record, record.test, seed=seed)
    return Findings(
        MODEL,
        ("recurrency, strict", "recurrency", "first guess alone"),
        tuple(_scores(full, bare, base, seed)),
        tuple(_tables(record, full, bare, change)),
        _notes(record, full, change),
    )


def read_record(folder: Path) -> TypedRecord:
    """Read a set of this form.

    Raises:
        InputError: a file or column is missing, ids leave their range, parts are empty or overlap in time.
    """
    parts = [read_table(folder, name, FACTS, FACTS) for name in ("train", "valid", "test")]
    acts = _labels(folder, "relations")
    names = _labels(folder, "entities") if find_table(folder, "entities") else None
    for name, part in zip(("train", "valid", "test"), parts, strict=True):
        if part.height == 0 or sum(part.null_count().row(0)):
            raise bad_input(str(folder / name), "rows", "are none or hold nulls", "a fact a row")
    for name, early, late in zip(("valid", "test"), parts, parts[1:], strict=False):
        if _end(early["day"], True) >= _end(late["day"], False):
            raise bad_input(
                str(folder / name), "day", "begins before the part before it ends", "parts in order of time"
            )
    facts = pl.concat(parts).sort("day", maintain_order=True)
    s, r, o, day = (facts[c].to_numpy() for c in FACTS)
    actors = len(names) if names else int(max(s.max(), o.max())) + 1
    for name, part in zip(("train", "valid", "test"), parts, strict=True):
        for column, size in (("subject", actors), ("object", actors), ("relation", len(acts))):
            outside = part[column].filter(~part[column].is_between(0, size - 1))
            if outside.len():
                raise bad_input(str(folder / name), column, f"holds the id {outside[0]}", f"ids from 0 to {size - 1}")
    first = int(day.min())
    step = max(1, int(np.gcd.reduce(day - first)))  # some sets count hours, or keep a day as 24
    day = (day - first) // step
    begins = [(_end(p["day"], False) - first) // step for p in parts[1:]]
    return TypedRecord(s, r, o, day, actors, len(acts), names, acts, begins[0], begins[1])


def _labels(folder: Path, name: str) -> tuple[str, ...]:
    table = read_table(folder, name, LABELS).sort("id")
    if table["id"].to_list() != list(range(table.height)):
        raise bad_input(str(folder / name), "id", "is not 0, 1, 2, ...", "every id once, from 0")
    return tuple(table["name"].to_list())


def _end(days: pl.Series, last: bool) -> int:
    return int(days.to_numpy().max() if last else days.to_numpy().min())


def _scores(full: Rolled, bare: Rolled | None, base: Recurrency, seed: int) -> list[Score]:
    """All forecasters on the same answers; intervals draw test days again."""
    ranks: dict[str, Floats] = {MODEL: full.test.rank}
    if full.frozen is not None:
        ranks[f"{MODEL}, tables frozen after train"] = full.frozen.rank
    if bare is not None:
        ranks[f"{MODEL}, without names"] = bare.test.rank
    ranks |= {"first guess alone": full.guessed.rank, "recurrency": base.relaxed, "recurrency, strict": base.strict}
    out: list[Score] = []
    day, new = full.test.day, full.test.new.astype(bool)
    for name, rank in ranks.items():
        gains = np.stack([1.0 / rank, rank <= 1, rank <= 3, rank <= 10], axis=1) * 100.0
        intervals = cluster_means(gains, day, seed=seed)
        for metric, i in zip(("MRR, %", "Hits@1, %", "Hits@3, %", "Hits@10, %"), intervals, strict=True):
            out.append(Score(name, metric, i.value, i.lo, i.hi, len(rank)))
    for sample, part in (("test: pairs with a history", ~new), ("test: new pairs", new)):
        for name in (MODEL, "recurrency, strict"):
            if part.any():
                i = cluster_means(100.0 / ranks[name][part], day[part], seed=seed)[0]
                out.append(Score(name, "MRR, %", i.value, i.lo, i.hi, int(part.sum()), sample))
    for name in list(ranks)[1:]:
        i = cluster_means(100.0 / ranks[MODEL] - 100.0 / ranks[name], day, seed=seed)[0]
        out.append(Score(MODEL, "MRR, %", i.value, i.lo, i.hi, len(day), against=name))
    out.append(Score(MODEL, "MRR, %", 100.0 * full.valid.mrr, None, None, len(full.valid.rank), "valid"))
    return out


def _tables(record: TypedRecord, full: Rolled, bare: Rolled | None, change: float) -> list[Table]:
    tried: list[tuple[Cell, ...]] = [
        (name, 100.0 * mrr, "chosen" if name == full.choice.form.name else "") for name, mrr in full.tried.items()
    ]
    checks: list[tuple[Cell, ...]] = [
        ("largest change of any effect of the first test day when that day and all later ones are shuffled", change),
        ("true answers among the candidates, %", 100.0 * float(full.test.found.mean())),
        ("answers whose pair has no history, %", 100.0 * float(full.test.new.mean())),
    ]
    if bare is not None:
        checks.append(("validation MRR without names, %", 100.0 * bare.valid.mrr))
    words = components(record.names is not None)
    guess: list[tuple[Cell, ...]] = [
        (text, 100.0 * float(w))
        for text, w in sorted(zip(words.values(), full.belief, strict=True), key=lambda x: -x[1])
    ]
    return [
        _moves_what(record, full),
        Table("Checks", ("what", "value"), tuple(checks), page=True),
        Table("Forms tried on the validation part", ("form", "MRR, %", ""), tuple(tried), page=True),
        Table(
            "The first guess", ("distribution over all actors", "weight, %"), tuple(guess),
            "A mixture of simple distributions, weighed on training days, picks the candidates.",
        ),
        _weights(full),
        by_act(record, full.test),
    ]  # fmt: skip


def group_words(record: TypedRecord, groups: Floats, group: int, most: int = 3) -> str:
    """Return a group by its commonest acts in train; `asked for the subject` where the known actor is the object."""
    train = record.day < record.valid
    count = np.bincount(record.relation[train], minlength=record.relations)
    members = np.flatnonzero(groups == group)
    top = members[np.argsort(-count[members % record.relations], kind="stable")][:most]
    sides = ["", " (asked for the subject)"]
    words = [record.acts[m % record.relations].replace("_", " ").lower() + sides[m // record.relations] for m in top]
    return "; ".join(words) + (f"; {len(members) - most} more" if len(members) > most else "")


def _moves_what(record: TypedRecord, full: Rolled) -> Table:
    """Which effect moves which kind of act."""
    themes = list(dict.fromkeys(full.themes))
    order = np.argsort(-full.lifted)[:SHOWN]
    rows: list[tuple[Cell, ...]] = []
    for group in order.tolist():
        cells = [round(float(x), 2) for x in full.lift[group]]
        rows.append((group_words(record, full.groups, group), int(full.lifted[group]), *cells))
    return Table(
        "Which effect moves which kind of act",
        ("group of acts", "answers", *(THEMES[t] for t in themes)),
        tuple(rows),
        "How far each theme lifts the true answer over the average candidate, in nats of log-odds (0.7 doubles the odds), "
        "on test days. Groups are kinds of acts that the same pairs do, derived from the training part.",
        page=True,
    )


def _weights(full: Rolled, most: int = 40) -> Table:
    """The largest weights of single effects, in standard units."""
    w = _slopes(full.choice)
    order = np.argsort(-np.abs(w))[:most]
    rows: list[tuple[Cell, ...]] = [(full.names[n], THEMES[full.themes[n]], float(w[n])) for n in order.tolist()]
    return Table(
        "The largest weights",
        ("effect", "theme", "weight"),
        tuple(rows),
        "Change of log-odds by one standard deviation of the effect, from one below to one above its mean, halved; before "
        "the offsets by act and situation.",
    )


def _slopes(choice: Choice) -> Floats:
    w = choice.params["w"].astype(np.float64)
    for knot, bend in zip(choice.knots, choice.params.get("g", []), strict=False):
        w = w + 0.5 * (np.maximum(1.0 - knot, 0.0) - np.maximum(-1.0 - knot, 0.0)) * bend
    return w


def by_act(record: TypedRecord, answers: Answers, most: int = 20) -> Table:
    """MRR by kind of act, the commonest first, for each direction."""
    kind = answers.act % record.relations
    backward = answers.act >= record.relations
    gain = 100.0 / answers.rank
    count = np.bincount(kind, minlength=record.relations)
    rows: list[tuple[Cell, ...]] = []
    for k in np.argsort(-count, kind="stable")[:most].tolist():
        mine = kind == k
        if mine.any():
            object_, subject = (_mean(gain[mine & side]) for side in (~backward, backward))
            rows.append((record.acts[k].replace("_", " "), int(count[k]), object_, subject))
    return Table("By kind of act", ("act", "answers", "MRR asked for the object, %", "for the subject, %"), tuple(rows))


def _mean(x: Floats) -> float | None:
    return float(x.mean()) if len(x) else None


PUBLISHED: Sequence[str] = (
    "TiRGN 44.0", "TLogic 42.5", "RE-GCN 42.1", "CEN 41.8", "xERTE 40.9", "recurrency 37.4", "TANGO 36.8",
    "strict recurrency 36.0",
)  # fmt: skip


def _notes(record: TypedRecord, full: Rolled, change: float) -> tuple[str, ...]:
    days = [int((record.moves.days < record.valid).sum()), int((record.moves.days >= record.test).sum())]
    return (
        f"{len(record.day):,} facts, {record.actors:,} actors, {record.relations} kinds of act; {days[0]} days of train, "
        f"{days[1]} of test. Weights are learned on train and chosen on valid; test is scored once.",
        "Every true answer is ranked among all actors; other true answers of the same question and day are left out; ties "
        "get the mean rank. Candidates of the first guess come first, in the order of the logit, then all other actors in "
        "the order of the first guess, so a truth outside the candidates costs its full rank.",
        "Facts of earlier days are known, those of the same day are not. `Tables frozen` keeps what was learned by the end "
        "of train of which act follows which and of actors that are alike; histories of pairs go on.",
        "Intervals draw whole test days again (1,000 draws).",
        "Published for icews14 under this protocol (MRR, %, Gastinger et al. 2024): " + ", ".join(PUBLISHED)
        + "; by their authors' own report L2TKG 47.4 and LogE-Net 43.7.",
    )  # fmt: skip
