"""`blocs decide`: what published decision rules predict for an issue table."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from blocs.cli.tables import Record, print_table

if TYPE_CHECKING:
    from blocs.institutions.bodies import DatedRule
    from blocs.jobs.decide import Comparison

WIDE = 5
"""Columns of outcomes that fit a line."""

_EPILOG = """
Examples: [bold]blocs decide table.csv[/bold] (all rules); [bold]blocs decide table.csv --rule challenge-as-coded
--param rounds=5 --json[/bold]; [bold]blocs decide table.csv --rule exchange --param tie_draws=100[/bold];
[bold]blocs decide table.csv --rule challenge-as-coded --draws 10000 --spread 0.1[/bold]; [bold]blocs decide --body
security-council --on 1970-01-01[/bold]; [bold]blocs decide --example > table.csv[/bold].
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("decide", epilog=_EPILOG)(decide)


def decide(
    file: Annotated[str | None, typer.Argument(metavar="FILE", help="Issue table: CSV, JSON, exchange or SMP.")] = None,
    rule: Annotated[list[str] | None, typer.Option("--rule", "-r", help="A rule by name; repeat for more.")] = None,
    param: Annotated[list[str] | None, typer.Option("--param", "-p", help="name=value or rule.name=value.")] = None,
    scale: Annotated[str | None, typer.Option(help="Bounds of positions, low:high, instead of the file's.")] = None,
    draws: Annotated[int, typer.Option(min=0, help="Draws of uncertain entries, for bands.")] = 0,
    spread: Annotated[float, typer.Option(help="Make exact entries uniform, +- this share.")] = 0.0,
    sensitivity: Annotated[int, typer.Option(min=0, help="Base sample of Sobol indices: 64, 128, ...")] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of draws.")] = 0,
    plot: Annotated[Path | None, typer.Option(help="Write a picture of all rules to this HTML file.")] = None,
    power: Annotated[float | None, typer.Option(help="Power indices at this quota instead of decisions.")] = None,
    veto: Annotated[list[str] | None, typer.Option(help="A veto holder, for --power; repeat for more.")] = None,
    body: Annotated[str | None, typer.Option(help="A body with dated rules: its power indices on a date.")] = None,
    on: Annotated[str | None, typer.Option(help="Date for --body, YYYY-MM-DD.")] = None,
    list_rules: Annotated[bool, typer.Option("--rules", help="List the rules and their parameters.")] = False,
    example: Annotated[bool, typer.Option("--example", help="Print an invented issue table.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Predict the decision on an issue table by published rules; the weighted mean is always shown beside them."""
    from blocs.ground.errors import bad_input

    if list_rules:
        _print_rules(as_json)
    elif example:
        from blocs.jobs.decide import example_text

        typer.echo(example_text(), nl=False)
    elif body is not None:
        _print_body(body, on, power, as_json)
    elif file is None:
        raise bad_input("FILE", "file", "is missing", "an issue table (`blocs decide --example` prints one)")
    elif power is not None:
        _print_power(file, power, veto or [], as_json)
    else:
        found = _compare(file, rule, param or [], scale, draws, spread, sensitivity, seed)
        if plot is not None:
            _write_plot(found, plot)
        if as_json:
            typer.echo(json.dumps(found.to_dict(), ensure_ascii=False, allow_nan=False))
        else:
            _print_comparison(found)


def _compare(
    file: str,
    rule: list[str] | None,
    param: list[str],
    scale: str | None,
    draws: int,
    spread: float,
    sensitivity: int,
    seed: int,
) -> Comparison:
    from rich.console import Console

    from blocs.jobs.decide import decide as run

    console = Console(stderr=True)
    with console.status("deciding") as status:
        return run(
            file,
            rule or None,
            params=_params(param),
            scale=_bounds(scale),
            draws=draws,
            spread=spread,
            sensitivity=sensitivity,
            seed=seed,
            progress=lambda name: status.update(f"drawing {name}"),
        )


def _params(texts: list[str]) -> dict[str, str]:
    from blocs.ground.errors import bad_input

    out: dict[str, str] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise bad_input("--param", text, "is not a setting", "name=value or rule.name=value")
        out[name.strip()] = value
    return out


def _bounds(text: str | None) -> tuple[float, float] | None:
    from blocs.ground.errors import bad_input

    if text is None:
        return None
    try:
        low, high = (float(part) for part in text.split(":"))
    except ValueError:
        raise bad_input("--scale", "scale", f"{text!r} cannot be read", "low:high, as 0:100") from None
    return low, high


def _write_plot(found: Comparison, path: Path) -> None:
    from blocs.ground.errors import bad_input

    try:
        path.write_text(found.plot_html(), encoding="utf-8")
    except OSError as error:
        raise bad_input("--plot", str(path), str(error.strerror).lower(), "a file that can be written") from None


def _print_comparison(found: Comparison) -> None:
    """Print rules by issues; turned round, or as a list, where that would not fit a line."""
    issues, rules = found.table.issues, [d.rule for d in found.decisions]
    cells = {
        (d.rule, name): _number(x) + _band(found, d.rule, name)
        for d in found.decisions
        for name, x in zip(issues, d.outcome.tolist(), strict=True)
    }
    if len(issues) <= WIDE:
        rows: list[Record] = [{"rule": r, **{k: cells[r, k] for k in issues}} for r in rules]
        print_table(rows, ("rule", *issues), issues[-1])
    elif len(rules) <= WIDE:
        rows = [{"issue": k, **{r: cells[r, k] for r in rules}} for k in issues]
        print_table(rows, ("issue", *rules), rules[-1])
    else:
        rows = [{"issue": k, "rule": r, "outcome": cells[r, k]} for k in issues for r in rules]
        print_table(rows, ("issue", "rule", "outcome"), "outcome")
    for name, why in found.skipped.items():
        typer.echo(f"{name}: not usable here: {why}")
    _print_notes(found)


def _number(x: float) -> str:
    return "none" if x != x else f"{x:.4g}"


def _band(found: Comparison, rule: str, issue: str) -> str:
    band = found.spread.get(rule, {}).get(issue, {})
    return f" [{band['q05']:.4g}, {band['q95']:.4g}]" if "q05" in band else ""


def _print_notes(found: Comparison) -> None:
    """Say what the table cannot show: bands, tie sensitivity, the entries that matter most."""
    if found.draws:
        typer.echo(f"[5%, 95%] over {found.draws} draws of the uncertain entries")
    for decision in found.decisions:
        for issue, range_ in decision.details.get("tie_sensitivity", {}).items():
            typer.echo(f"{decision.rule}, {issue}: {range_['low']:.4g} to {range_['high']:.4g} over random tie orders")
    for rule, by_issue in found.sensitivity.items():
        for issue, entries in by_issue.items():
            top = sorted(entries.items(), key=lambda e: -e[1]["total"])[:3]
            text = ", ".join(f"{name} {value['total']:.2f}" for name, value in top)
            typer.echo(f"{rule}, {issue}: total Sobol index {text}")


def _print_rules(as_json: bool) -> None:
    from blocs.institutions.catalogue import RULES

    cards = [r.card for r in RULES]
    if as_json:
        records = [
            {
                "name": c.name,
                "summary": c.summary,
                "reference": c.reference,
                "equation": c.equation,
                "used_when": c.used_when,
                "params": {p.name: {"meaning": p.meaning, "unit": p.unit, "expected": p.expected()} for p in c.params},
            }
            for c in cards
        ]
        typer.echo(json.dumps(records, ensure_ascii=False))
        return
    rows = [{"rule": c.name, "parameters": [p.name for p in c.params], "predicts": c.summary} for c in cards]
    print_table(rows, ("rule", "parameters", "predicts"), "predicts")


def _print_body(body: str, on: str | None, quota: float | None, as_json: bool) -> None:
    from blocs.jobs.decide import body_rule, power_table

    day = _day(on)
    rule = body_rule(body, day)
    powers = power_table(rule, quota or rule.quota or 0.5, rule.veto) if rule.votes else {}
    if as_json:
        typer.echo(json.dumps({**rule.model_dump(mode="json"), "power": powers}, ensure_ascii=False))
        return
    typer.echo(f"{body} on {day}: {_described(rule)}\n{rule.note}\nSource: {rule.source}")
    if powers:
        _print_powers(powers)


def _described(rule: DatedRule) -> str:
    quota = "" if rule.quota is None else f", quota {rule.quota:.4g}"
    return f"{rule.rule}{quota}" + (f", veto {', '.join(rule.veto)}" if rule.veto else "")


def _day(text: str | None) -> date:
    from blocs.ground.errors import bad_input

    try:
        return date.fromisoformat(text or "")
    except ValueError:
        raise bad_input("--on", "date", f"{text!r} cannot be read", "YYYY-MM-DD") from None


def _print_power(file: str, quota: float, veto: list[str], as_json: bool) -> None:
    from blocs.jobs.decide import load_table, power_table

    powers = power_table(load_table(file), quota, veto)
    if as_json:
        typer.echo(json.dumps({"quota": quota, "veto": veto, "power": powers}, ensure_ascii=False))
    else:
        _print_powers(powers)


def _print_powers(powers: dict[str, dict[str, float]]) -> None:
    rows = [{"member": name, **{k: f"{v:.4g}" for k, v in values.items()}} for name, values in powers.items()]
    print_table(rows, ("member", "votes", "shapley_shubik", "banzhaf", "decisive"), "member")
