"""What published decision rules predict for one issue table, side by side, with uncertainty and sensitivity."""

from __future__ import annotations

import importlib.resources
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml
from numpy.typing import NDArray

from blocs.ground.errors import InputError, bad_input
from blocs.institutions.base import AbstractRule, Decision
from blocs.institutions.bodies import DatedRule, body_of
from blocs.institutions.catalogue import BASELINE, RULES, by_name, rule_named
from blocs.institutions.draws import cell_names, drawn, with_spread
from blocs.institutions.formats import read_table
from blocs.institutions.power import banzhaf, shapley_shubik
from blocs.institutions.table import IssueTable

if TYPE_CHECKING:
    import plotly.graph_objects as go  # pyright: ignore[reportMissingTypeStubs]
    import polars as pl

Floats = NDArray[np.float64]

EXAMPLE = "example_table.csv"
_BANDS = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Comparison:
    """Decisions of several rules on one table.

    `decisions` starts with the weighted mean. `skipped` says why a rule could not be used. `spread` holds, by rule and
    issue, mean, sd and the 5, 50 and 95 percent quantiles over `draws` draws of the uncertain entries; `sensitivity`
    holds Sobol indices by rule, issue and entry.
    """

    table: IssueTable
    decisions: tuple[Decision, ...]
    skipped: Mapping[str, str] = field(default_factory=dict[str, str])
    draws: int = 0
    spread: Mapping[str, Mapping[str, Mapping[str, float]]] = field(
        default_factory=dict[str, Mapping[str, Mapping[str, float]]]
    )
    sensitivity: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def __getitem__(self, rule: str) -> Decision:
        for decision in self.decisions:
            if decision.rule == rule:
                return decision
        raise KeyError(f"{rule}: not among {', '.join(d.rule for d in self.decisions)}")

    def __repr__(self) -> str:
        issues = ", ".join(self.table.issues[:4]) + (", ..." if len(self.table.issues) > 4 else "")
        head = f"Comparison of {len(self.decisions)} rules, {len(self.table.actors)} actors, issues {issues}"
        rows = [
            f"  {d.rule:<22}" + "  ".join(f"{x:9.3f}" if np.isfinite(x) else "     none" for x in d.outcome[:4])
            for d in self.decisions
        ]
        return "\n".join([head, *rows])

    def to_polars(self) -> pl.DataFrame:
        """Return a row for every rule and issue: rule, issue, outcome and, with draws, mean, sd, q05, q50, q95."""
        import polars as pl

        rows: list[dict[str, Any]] = []
        for decision in self.decisions:
            for name, x in zip(self.table.issues, decision.outcome.tolist(), strict=True):
                row: dict[str, Any] = {"rule": decision.rule, "issue": name, "outcome": x if np.isfinite(x) else None}
                row.update(self.spread.get(decision.rule, {}).get(name, {}))
                rows.append(row)
        return pl.DataFrame(rows, infer_schema_length=None)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain lists and numbers, for JSON."""
        scale = zip(self.table.issues, self.table.lower.tolist(), self.table.upper.tolist(), strict=True)
        out: dict[str, Any] = {
            "source": self.table.source,
            "actors": list(self.table.actors),
            "issues": {name: {"lower": low, "upper": high} for name, low, high in scale},
            "decisions": [d.to_dict() for d in self.decisions],
            "skipped": dict(self.skipped),
        }
        if self.draws:
            out["uncertainty"] = {"draws": self.draws, "rules": self.spread}
        if self.sensitivity:
            out["sensitivity"] = self.sensitivity
        return out

    def plot(self) -> go.Figure:
        """Return a figure with a panel an issue: actors' positions above, every rule's outcome below."""
        from blocs.jobs.decide_plot import figure

        return figure(self)

    def plot_html(self) -> str:
        """Return the figure as one HTML page that needs no network."""
        page: Any = self.plot()
        return str(page.to_html(include_plotlyjs=True))


def decide(
    source: str | Path | IssueTable,
    rule: str | AbstractRule | Sequence[str | AbstractRule] | None = None,
    *,
    params: Mapping[str, Any] | None = None,
    scale: tuple[float, float] | None = None,
    draws: int = 0,
    spread: float = 0.0,
    sensitivity: int = 0,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> Comparison:
    """Return what the rules predict for an issue table; the weighted mean is always among them, and first.

    Args:
        source: a file (any format that `read_table` knows) or a table.
        rule: one rule, several, or None for all; a rule that cannot use the table is then skipped, with the reason.
        params: parameters by name, for every rule that takes them, or by `rule.name`, or `{rule: {name: value}}`.
        scale: bounds of every issue, overriding the file's.
        draws: draws of the uncertain entries (10,000 is usual; 0 for none).
        spread: half-width that makes every exact entry uncertain too, as a share (see `with_spread`).
        sensitivity: base sample of Sobol indices (a power of two; needs the `sensitivity` extra; 0 for none).
        seed: seed of draws.
        progress: told the name of each rule before its draws start. The means and the challenge model take 10,000
            draws in seconds; exchange and spatial take a run a draw.

    Raises:
        InputError: whatever is wrong with the file, the rules, the parameters or the numbers asked for.
    """
    table = source if isinstance(source, IssueTable) else load_table(source, scale)
    rules = _rules(rule, params or {})
    for name, value in (("draws", draws), ("sensitivity", sensitivity)):
        if not 0 <= value <= 10_000_000:
            raise bad_input(f"--{name}", name, f"{value} is out of range", "0 to 10000000")
    decisions, skipped = _decisions(rules, table, skip=rule is None)
    usable = [r for r in rules if r.card.name not in skipped]
    uncertain = with_spread(table, spread) if spread else table
    say = progress or _silent
    bands = _bands(usable, uncertain, draws, seed, say) if draws else {}
    indices = _sobol(usable, uncertain, sensitivity, seed, say) if sensitivity else {}
    return Comparison(table, tuple(decisions), skipped, draws, bands, indices)


def load_table(source: str | Path, scale: tuple[float, float] | None = None) -> IssueTable:
    """Read an issue table from a file.

    Raises:
        InputError: the file cannot be read, or what is in it is at fault.
    """
    path = Path(source)
    if scale is not None and not scale[0] < scale[1]:
        raise bad_input("--scale", "scale", f"{scale[0]:g} to {scale[1]:g} does not rise", "low below high")
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise bad_input(
            str(source), "file", "not found", "an issue table (`blocs decide --example` prints one)"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = "is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error.strerror).lower()
        raise bad_input(str(source), "file", reason, "a text file") from None
    return read_table(text, path.name, scale)


def example_text() -> str:
    """Return the text of the invented example table that comes with Blocs."""
    return _data(EXAMPLE)


def body_rule(body: str, day: date) -> DatedRule:
    """Return the rule a decision body had on a day, from the dated data that come with Blocs.

    Raises:
        InputError: no such body, or no rule on that day.
    """
    known = sorted(p.name.removesuffix(".yaml") for p in _folder().iterdir() if p.name.endswith(".yaml"))
    name = body.replace("-", "_")
    if name not in known:
        raise bad_input("--body", "body", f"{body!r} is not known", "one of " + ", ".join(known))
    return body_of(yaml.safe_load(_data(f"{name}.yaml")), f"{name}.yaml").on(day)


def power_table(source: IssueTable | DatedRule, quota: float, veto: Sequence[str] = ()) -> dict[str, dict[str, float]]:
    """Return votes, Shapley-Shubik, Banzhaf and absolute Banzhaf index of each member under a quota and vetoes.

    A table's votes are capabilities on its first issue; a dated rule brings its own votes.

    Raises:
        InputError: a veto holder that is not a member, a quota out of range, or no votes.
    """
    if not 0.5 <= quota <= 1.0:
        raise bad_input("--power", "quota", f"{quota:g} is out of range", "0.5 to 1")
    if isinstance(source, DatedRule):
        names, votes = list(source.votes), np.array(list(source.votes.values()), dtype=np.float64)
    else:
        rows, _, _, votes = source.on(0)
        names = [source.actors[int(i)] for i in rows]
    unknown = [v for v in veto if v not in names]
    if unknown:
        raise bad_input("--power", "veto", f"{unknown[0]!r} is not a member", "one of " + ", ".join(names))
    must = np.array([n in veto for n in names])
    phi, (relative, absolute) = shapley_shubik(votes, quota, must), banzhaf(votes, quota, must)
    return {
        n: {"votes": float(v), "shapley_shubik": float(p), "banzhaf": float(b), "decisive": float(d)}
        for n, v, p, b, d in zip(names, votes, phi, relative, absolute, strict=True)
    }


def _silent(_: str) -> None:
    return


def _folder() -> Traversable:
    return importlib.resources.files("blocs.institutions") / "data"


def _data(name: str) -> str:
    return (_folder() / name).read_text(encoding="utf-8")


def _rules(
    asked: str | AbstractRule | Sequence[str | AbstractRule] | None, params: Mapping[str, Any]
) -> list[AbstractRule]:
    """Return the rules asked for, the baseline first, with their parameters set."""
    given = [asked] if isinstance(asked, (str, AbstractRule)) else list(asked or (r.card.name for r in RULES))
    names = list(dict.fromkeys([BASELINE, *(g if isinstance(g, str) else g.card.name for g in given)]))
    ready = {g.card.name: g for g in given if isinstance(g, AbstractRule)}
    taken = _params_by_rule(params, [n for n in names if n not in ready])
    return [ready[n] if n in ready else rule_named(n, taken.get(n, {})) for n in names]


def _params_by_rule(params: Mapping[str, Any], names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Sort parameters by rule.

    Raises:
        InputError: a parameter that none of the rules takes.
    """
    known = by_name()
    for name in names:
        rule_named(name)
    taken: dict[str, dict[str, Any]] = {name: {} for name in names}
    for key, value in params.items():
        rule, _, name = key.rpartition(".")
        if isinstance(value, Mapping) and key in known:
            taken.setdefault(key, {}).update(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType]
            continue
        takers = [rule] if rule else [n for n in names if name in {p.name for p in known[n].card.params}]
        if not takers or any(t not in taken for t in takers):
            have = sorted({p.name for n in names for p in known[n].card.params})
            raise bad_input("--param", key, "no rule asked for takes it", "one of " + (", ".join(have) or "none"))
        for taker in takers:
            taken[taker][name] = value
    return taken


def _decisions(rules: list[AbstractRule], table: IssueTable, skip: bool) -> tuple[list[Decision], dict[str, str]]:
    decisions: list[Decision] = []
    skipped: dict[str, str] = {}
    for rule in rules:
        try:
            decisions.append(rule.decide(table))
        except InputError as error:
            if not skip or any(f.where.startswith("--") for f in error.faults):
                raise
            skipped[rule.card.name] = "; ".join(f"{f.field}: {f.problem}" for f in error.faults)
    return decisions, skipped


def _bands(
    rules: list[AbstractRule], table: IssueTable, draws: int, seed: int, say: Callable[[str], None]
) -> dict[str, dict[str, dict[str, float]]]:
    rng = np.random.default_rng(seed)
    tables = drawn(table, rng.random((draws, len(table.cells))))
    out: dict[str, dict[str, dict[str, float]]] = {}
    for rule in rules:
        say(rule.card.name)
        out[rule.card.name] = _summary(rule.outcomes(tables), table.issues)
    return out


def _summary(outcomes: Floats, issues: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """Return mean, sd, quantiles and the share of draws without a decision, by issue."""
    out: dict[str, dict[str, float]] = {}
    for name, column in zip(issues, outcomes.T, strict=True):
        made = column[np.isfinite(column)]
        if not len(made):
            out[name] = {"none": 1.0}
            continue
        q = np.quantile(made, _BANDS)
        values = {"mean": made.mean(), "sd": made.std(), "q05": q[0], "q50": q[1], "q95": q[2]}
        out[name] = {k: float(v) for k, v in values.items()} | {"none": 1.0 - len(made) / len(column)}
    return out


def _sobol(
    rules: list[AbstractRule], table: IssueTable, base: int, seed: int, say: Callable[[str], None]
) -> dict[str, Any]:
    """Return first-order and total Sobol indices of the uncertain entries, by rule and issue (Saltelli 2010)."""
    from blocs.jobs.decide_sobol import sobol_indices

    names = cell_names(table)
    out: dict[str, Any] = {}
    for rule in rules:
        say(rule.card.name)
        run = partial(_outcomes_at, rule, table)
        out[rule.card.name] = sobol_indices(run, names, table.issues, base, seed)
    return out


def _outcomes_at(rule: AbstractRule, table: IssueTable, quantiles: Floats) -> Floats:
    return rule.outcomes(drawn(table, quantiles))
