"""From a problem to its fit: collect what the likelihood reads, then climb it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from blocs.ground.errors import bad_input
from blocs.inference.choice import ChoiceDesign, ChoiceFit, maximise
from blocs.inference.events.columns import Floats, Ints
from blocs.inference.events.coordination import Coordination, pair_sets
from blocs.inference.events.design import choice_sets
from blocs.inference.events.fit import EventFit, Likelihood, Problem
from blocs.inference.events.likelihoods import ExactTime, OrderOnly
from blocs.inference.events.replay import Replay
from blocs.inference.events.sampling import sampled_sets
from blocs.inference.events.spells import Spells, collect_spells, start_of

_TITLES = {"rate": "DyNAM rate", "choice": "DyNAM choice", "coordination": "DyNAM coordination", "tie": "REM"}
CLOSE = 1e-6
"""How far finer integration may still move a coefficient, in units of 1 or of its standard error if that is smaller."""


def replay_of(problem: Problem) -> Replay:
    """Return a replay of the problem's record at its start."""
    model = {"coordination": "choice"}.get(problem.submodel, problem.submodel)
    return Replay(problem.history, problem.terms, problem.functions, model)  # type: ignore[arg-type]


def fit_problem(problem: Problem) -> EventFit:
    """Fit a problem."""
    replay = replay_of(problem)
    names = tuple(t.label for t in problem.terms)
    if problem.submodel == "choice":
        return _fit_choice(problem, replay, names)
    if problem.submodel == "coordination":
        return _fit_coordination(problem, replay, names)
    return _fit_spells(problem, replay, names)


def _fit_choice(problem: Problem, replay: Replay, names: tuple[str, ...]) -> EventFit:
    clock = problem.clock
    if problem.sample is None:
        sets = choice_sets(replay, clock.start, clock.end)
    else:
        sets = sampled_sets(replay, clock.start, clock.end, problem.sample, problem.seed)
    _finite(sets.X)
    design = ChoiceDesign.checked(sets.X, sets.chosen, sets.mask, offset=sets.offset)
    estimate = maximise(design.sums, names, len(sets.chosen), penalty=problem.penalty)
    return _report(problem, estimate, design, estimate.null_loglik)


def _fit_coordination(problem: Problem, replay: Replay, names: tuple[str, ...]) -> EventFit:
    likelihood = Coordination(pair_sets(replay, problem.clock.start, problem.clock.end))
    for x in likelihood.sets.X:
        _finite(x)
    estimate = maximise(likelihood.sums, names, len(likelihood.sets.X), penalty=problem.penalty, max_iterations=500)
    if problem.information == "observed" and estimate.converged:
        observed = likelihood.hessian(estimate.coef)
        prior = np.zeros(len(names)) if problem.penalty is None else problem.penalty
        vcov = np.linalg.pinv(observed + (np.diag(prior) if prior.ndim == 1 else prior))
        se = np.sqrt(np.clip(np.diag(vcov), 0.0, None))
        estimate = replace(estimate, information=observed, vcov=vcov, se=se)
    return _report(problem, estimate, likelihood, estimate.null_loglik)


def _fit_spells(problem: Problem, replay: Replay, names: tuple[str, ...]) -> EventFit:
    begin = start_of(replay, problem.clock)
    spells = collect_spells(replay, problem.intercept, problem.clock, problem.exact)
    _finite(spells.x)
    if not problem.exact:
        order = OrderOnly(spells)
        estimate = maximise(order.sums, names, len(spells.pick), penalty=problem.penalty, moments=order.moments)
        return _report(problem, estimate, order, estimate.null_loglik)
    likelihood = ExactTime(spells)
    n, exposure = float(spells.happened.sum()), float(likelihood.exposure.sum())
    first = np.zeros(len(names))
    first[0] = np.log(n / exposure)
    estimate = maximise(likelihood.sums, names, n, penalty=problem.penalty, start=first)
    likelihood, estimate, left = _integrated(problem, likelihood, estimate, n)
    found = _report(problem, estimate, likelihood, n * (first[0] - 1.0), spells, begin)
    more: list[str] = []
    if problem.clock.held and any(layer.moves for layer in replay.layers):
        more.append("fading statistics are held through each interval at its end (remstats); simulation integrates")
    if left > CLOSE:
        more.append(f"finer integration may still move a coefficient by {left:.1e}")
    return replace(found, notes=(*found.notes, *more))


def _integrated(
    problem: Problem, likelihood: ExactTime, estimate: ChoiceFit, n: float
) -> tuple[ExactTime, ChoiceFit, float]:
    """Refine the points of what fades until finer ones move no coefficient; return also how far they still would."""
    left = 0.0
    while estimate.converged and (finer := likelihood.refined()) is not None:
        _, gradient, information = finer.sums(estimate.coef)
        if problem.penalty is not None:
            prior = np.diag(problem.penalty) if problem.penalty.ndim == 1 else problem.penalty
            gradient, information = gradient - prior @ estimate.coef, information + prior
        step = np.linalg.lstsq(information, gradient, rcond=None)[0]
        left = float(np.max(np.abs(step) / np.minimum(1.0, estimate.se)))
        if left <= CLOSE:
            break
        likelihood = finer
        estimate = maximise(likelihood.sums, estimate.names, n, penalty=problem.penalty, start=estimate.coef)
    return likelihood, estimate, left


def _finite(x: NDArray[np.floating]) -> None:
    if not np.isfinite(x).all():
        raise bad_input("terms", "transform", "gives a number that is not finite", "finite statistics")


def _report(
    problem: Problem,
    estimate: ChoiceFit,
    likelihood: Likelihood,
    null: float,
    spells: Spells | None = None,
    begin: float = 0.0,
) -> EventFit:
    history, clock = problem.history, problem.clock
    inside = (history.time >= clock.start) & (history.time <= clock.end)
    when, senders, receivers = history.time[inside], history.sender[inside], history.receiver[inside]
    if spells is not None:
        when, senders, receivers = _observations(spells, begin, senders, receivers)
    title = _TITLES[problem.submodel]
    if problem.submodel in ("rate", "tie"):
        title += ", exact time" if problem.exact else ", order only"
    if problem.submodel == "tie" and not history.directed:
        title += ", pairs"
    n = int(inside.sum())
    return EventFit(title, problem, estimate, likelihood, null, n, when, senders, receivers, _notes(problem, estimate))


def _observations(spells: Spells, begin: float, senders: Ints, receivers: Ints) -> tuple[Floats, Ints, Ints]:
    """Return end, sender and receiver of each observation of exact time; -1 where none acted."""
    times = (begin + np.cumsum(spells.span))[spells.whole]
    happened = spells.happened[spells.whole]
    who, whom = np.full(happened.size, -1, dtype=np.intp), np.full(happened.size, -1, dtype=np.intp)
    who[happened], whom[happened] = senders, receivers
    return times, who, whom


def _notes(problem: Problem, estimate: ChoiceFit) -> tuple[str, ...]:
    history, clock = problem.history, problem.clock
    notes = list(history.notes)
    if problem.sample is not None:
        notes.append(f"each choice on a sample of {problem.sample} receivers")
    moving = any(c.name == "present" for c in history.changes)
    if problem.exact and moving:
        how = (
            "cut intervals (goldfish: split_presence=False)"
            if clock.presence
            else "do not cut intervals, as in goldfish"
        )
        notes.append(f"entry and exit {how}")
    if problem.penalty is not None:
        notes.append(
            "penalised: se and p are those of a posterior mode and not of a test; loglik, AIC and BIC are without the "
            "penalty and count shrunken parameters in full"
        )
    if not estimate.converged:
        notes.append("not converged: do not read the estimates")
    return tuple(notes)
