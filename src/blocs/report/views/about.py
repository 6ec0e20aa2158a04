"""What was asked, who is who, limits in numbers, and what it takes to make the run again."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib import metadata

import polars as pl

from blocs.forecast.score import Scores
from blocs.inference.fit import FEWEST_SCENES
from blocs.inference.tape import usable_acts
from blocs.jobs.result import RunResult
from blocs.report.views.outcomes import said, title_of
from blocs.report.views.questions import questions
from blocs.report.views.scores import sentences
from blocs.report.words import Names, capital, joined, long_date, number, percent

PACKAGES = ("blocs", "jax", "jaxlib", "equinox", "numpy", "scipy", "polars", "networkx", "plotly")


@dataclass(frozen=True)
class Fact:
    """A label and what it says; `code` for things to be copied."""

    label: str
    text: str
    code: bool = False


def who_is_who(run: RunResult, names: Names) -> tuple[Fact, ...]:
    """Return the actors behind each role, in words."""
    roles = [Fact(capital(role), names.actor(who)) for who, role in names.roles.items()]
    member = run.scenario.roles.get("member", ())
    return (*roles, Fact("The members", joined(names.actor(a) for a in member))) if member else tuple(roles)


def asked(run: RunResult) -> tuple[Fact, ...]:
    """Return what was asked: dates, runs, interventions, what the forecast is about."""
    fit, ens = run.fit, run.ensemble
    return (
        Fact("Record used for fitting", f"{long_date(fit.built.epoch)} to {long_date(fit.until)}, {fit.acts} acts"),
        Fact("Forecast", f"{long_date(ens.start)} to {long_date(ens.end)}, {ens.runs} simulated histories"),
        Fact("Changed by hand", "; ".join(ens.do) if ens.do else "nothing"),
        Fact("The forecast is about", ens.about),
        Fact("Compared with", f"the record from {long_date(ens.start)}" if run.scores else "nothing: no later record"),
    )  # fmt: skip


def brief(run: RunResult, names: Names) -> tuple[str, ...]:
    """Return the run in a few sentences, good news and bad."""
    fit, ens = run.fit, run.ensemble
    out = [
        f"A model of conduct was fitted to {fit.acts} recorded acts up to {long_date(fit.until)}, and {ens.runs} "
        f"histories were simulated from {long_date(ens.start)} to {long_date(ens.end)}."
    ]
    if run.scores is None:
        return (*out, "The record holds nothing after the forecast start, so nothing could be scored.")
    out += _likeliest(run, names)
    out += sentences(run.scores)[:1] + sentences(run.scores)[-2:-1]
    return (*out, *_counterfactuals(run, names))


def _counterfactuals(run: RunResult, names: Names) -> list[str]:
    """How many questions moved an outcome clearly, without what they set themselves."""
    answered = questions(run, names)
    if not answered:
        return []
    clear = sum(bool(q.clear) for q in answered)
    text = f"Counterfactual questions that moved an outcome clearly: {clear} of {len(answered)}"
    return [text + (", not counting what they set themselves." if any(q.settled for q in answered) else ".")]


def _likeliest(run: RunResult, names: Names) -> list[str]:
    """The likeliest outcome of each family with several members, and where those that came true were ranked."""
    if run.scores is None:
        return []
    out: list[str] = []
    for family in dict.fromkeys(o.id.split(".")[0] for o in run.scores.outcomes):
        ranked = run.scores.ranking(f"{family}.")
        if len(ranked) < 2:
            continue
        top = ranked[0]
        if top.probability == 0:
            out.append(
                f"None of {len(ranked)} outcomes like “{title_of(run.scenario, names, top.id)}” came about in any run."
            )
            continue
        text = f"“{title_of(run.scenario, names, top.id)}” is the likeliest of {len(ranked)} like it: {percent(top.probability)}"
        text += f" (base rate {percent(top.baseline)}; the record says {said(top.recorded)})."
        missed = [o for o in ranked[1:] if o.recorded]
        told = (f"“{title_of(run.scenario, names, o.id)}”, {percent(o.probability)}" for o in missed)
        out.append(text + (f" Came true as well: {joined(told)}." if missed else ""))
    return out


def limits(run: RunResult) -> tuple[str, ...]:
    """Return the limits of this run that can be counted."""
    fit, ens = run.fit, run.ensemble
    acts = usable_acts(fit.built, until=fit.until)
    dated = float((acts["start"] == acts["end"]).mean() or 0.0)  # type: ignore[arg-type]
    table = fit.to_polars()
    weak = table.filter(pl.col("verdict") == "rests on its prior").height
    clear = table.filter(pl.col("verdict").is_in(["raises", "lowers"])).height
    out = [
        "The search for every estimate reached a maximum." if fit.converged else "At least one estimate did NOT converge.",
        _days(dated, fit.draws),
        f"Effects: {table.height}; with a clear direction at 90%: {clear}; resting on their priors: {weak}.",
        f"With {ens.runs} runs, chance alone moves a probability near one half by ±{98.0 / ens.runs**0.5:.1f} points; "
        "the intervals of outcomes cover this and not whether the model is right.",
    ]  # fmt: skip
    if run.scores is not None:
        out.append(_gains(run.scores))
    if fit.scenes < FEWEST_SCENES:
        out.append(f"The acts used for fitting come from {fit.scenes} scenes, too few for a verdict on any effect.")
    return tuple(out)


def _gains(scores: Scores) -> str:
    gains = scores.versus_by_level
    if not all(g.enough for g in gains.values()):
        return f"The acts scored come from too few scenes (fewer than {FEWEST_SCENES}) to say which model is better."
    lost = [level for level, g in gains.items() if g.sign <= 0]
    if lost:
        return f"Against memory only, the full model shows no clear gain in the choice of {joined(lost)}."
    return "The full model gains clearly over memory only at every choice."


def _days(dated: float, draws: int) -> str:
    if dated == 1.0:
        return "Every act used for fitting has a day."
    told = f"{'Only ' if dated < 0.5 else ''}{percent(dated)} of the acts used for fitting have a day"
    return f"{told}; the others are drawn inside their bounds, in {draws} {'chronology' if draws == 1 else 'chronologies'}."


def reproduce(run: RunResult) -> tuple[Fact, ...]:
    """Return command, seeds, hashes and settings of a run."""
    fit, ens = run.fit, run.ensemble
    brings = number(float(fit.tempo.branching.sum()), 2)
    settings = ", ".join(f"{key} {value}" for key, value in vars(fit.settings).items())
    return (
        Fact("Command", run.command, True),
        Fact("Scenario", f"{run.scenario.id}, version {run.scenario.spec.version}"),
        Fact("SHA-256 of the scenario", run.scenario.hash, True),
        Fact("Fit", f"until {fit.until}, {fit.draws} drawn chronologies from seed {fit.seed}, effects: {fit.specification.name}"),
        Fact("Priors", settings),
        Fact("Forecast", f"{ens.start} to {ens.end}, {ens.runs} runs from seed {ens.seed}"),
        Fact("Tempo", f"{number(fit.tempo.base, 4)} acts a day unprompted; each act brings {brings} more"),
        Fact("Started", f"{run.started:%Y-%m-%d %H:%M:%S} UTC"),
        Fact("Took", ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in run.seconds.items()) or "not timed"),
        Fact("Versions", ", ".join(versions())),
    )  # fmt: skip


def versions() -> tuple[str, ...]:
    """Return the versions of what computed the run: Python and the packages whose numbers enter."""
    return (f"Python {platform.python_version()}", *(f"{name} {metadata.version(name)}" for name in PACKAGES))
