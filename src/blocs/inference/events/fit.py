"""A fitted event model: estimates, tables, residuals and influence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
import polars as pl
from scipy import stats  # pyright: ignore[reportMissingTypeStubs]

from blocs.inference.choice import ChoiceFit, Sums
from blocs.inference.events.columns import Floats, Ints
from blocs.inference.events.history import History
from blocs.inference.events.moments import restored
from blocs.inference.events.spells import Clock
from blocs.inference.events.terms import Term

if TYPE_CHECKING:
    from blocs.inference.events.bayes import BayesFit
    from blocs.inference.events.gof import Gof

Submodel = Literal["rate", "choice", "coordination", "tie"]


class Likelihood(Protocol):
    """What a fit keeps of its likelihood."""

    def sums(self, beta: Floats) -> Sums:
        """Return log-likelihood, gradient and information."""
        ...

    def by_decision(self, beta: Floats) -> tuple[Floats, Floats]:
        """Return log-likelihood and score of each observation."""
        ...


@dataclass(frozen=True)
class Problem:
    """What was fitted: the record, the terms and how time counts. Enough to simulate and to fit again."""

    history: History
    terms: tuple[Term, ...]
    functions: Mapping[str, Callable[..., object]]
    submodel: Submodel
    exact: bool
    clock: Clock
    sample: int | None = None
    seed: int = 0
    information: Literal["expected", "observed"] = "expected"
    penalty: Floats | None = None

    @property
    def intercept(self) -> bool:
        """Return whether the first parameter is an intercept."""
        return self.exact

    def with_history(self, history: History) -> Problem:
        """Return the same problem about another record."""
        return replace(self, history=history)


@dataclass(frozen=True)
class EventFit:
    """A fitted DyNAM or relational event model.

    `coef` and `se` have shape [P] in the order of `names`, `vcov` [P, P]. `n_events` counts modelled events, `nobs` also
    the right-censored intervals of exact time; the BIC uses `nobs`, as the published fits do. `times` [nobs] are the ends
    of the observations as numbers, `senders` and `receivers` places (-1 where an interval ended without an event).
    """

    model: str
    problem: Problem
    estimate: ChoiceFit
    likelihood: Likelihood
    null_loglik: float
    n_events: int
    times: Floats
    senders: Ints
    receivers: Ints
    notes: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the parameters."""
        return self.estimate.names

    @property
    def coef(self) -> Floats:
        """Return the estimates [P]."""
        return self.estimate.coef

    @property
    def se(self) -> Floats:
        """Return the standard errors [P]; NaN where the data say nothing."""
        return self.estimate.se

    @property
    def vcov(self) -> Floats:
        """Return the covariance of the estimates [P, P]."""
        return self.estimate.vcov

    @property
    def loglik(self) -> float:
        """Return the log-likelihood at the estimates."""
        return self.estimate.loglik

    @property
    def converged(self) -> bool:
        """Return whether a maximum was reached and every parameter is identified."""
        return self.estimate.converged

    @property
    def message(self) -> str:
        """Return one sentence on how the search ended."""
        return self.estimate.message

    @property
    def nobs(self) -> int:
        """Return the number of observations: events, and right-censored intervals of exact time."""
        return int(self.times.size)

    @property
    def aic(self) -> float:
        """Return Akaike's criterion."""
        return 2.0 * len(self.names) - 2.0 * self.loglik

    @property
    def aicc(self) -> float:
        """Return Akaike's criterion corrected for few observations."""
        k = len(self.names)
        left = self.nobs - k - 1
        return self.aic + 2.0 * k * (k + 1) / left if left > 0 else float("inf")

    @property
    def bic(self) -> float:
        """Return Schwarz's criterion."""
        return float(np.log(self.nobs)) * len(self.names) - 2.0 * self.loglik

    def to_polars(self, level: float = 0.95) -> pl.DataFrame:
        """Return one row a parameter: term, estimate, se, z, p, lower, upper (Wald)."""
        with np.errstate(invalid="ignore", divide="ignore"):
            z = self.coef / self.se
        normal: Any = stats.norm
        width = float(normal.ppf(0.5 + level / 2.0)) * self.se
        return pl.DataFrame(
            {
                "term": list(self.names),
                "estimate": self.coef,
                "se": self.se,
                "z": z,
                "p": 2.0 * normal.sf(np.abs(z)),
                "lower": self.coef - width,
                "upper": self.coef + width,
            }
        )

    def glance(self) -> pl.DataFrame:
        """Return one row about the fit: loglik, null, AIC, AICc, BIC, counts, converged."""
        return pl.DataFrame(
            {
                "model": [self.model],
                "loglik": [self.loglik],
                "null_loglik": [self.null_loglik],
                "aic": [self.aic],
                "aicc": [self.aicc],
                "bic": [self.bic],
                "n_events": [self.n_events],
                "nobs": [self.nobs],
                "converged": [self.converged],
            }
        )

    def residuals(self) -> pl.DataFrame:
        """Return one row an observation: time, sender, receiver, loglik, surprise and the score of each parameter.

        `surprise` is minus the log-likelihood less that of an average event: large where the model expected something
        else. Scores sum to 0 over the rows.
        """
        loglik, score = self.likelihood.by_decision(self.coef)
        frame = self._decision_frame().with_columns(
            pl.Series("loglik", loglik), pl.Series("surprise", loglik.mean() - loglik)
        )
        return frame.with_columns(*(pl.Series(f"score {n}", score[:, k]) for k, n in enumerate(self.names)))

    def influence(self) -> pl.DataFrame:
        """Return one row an observation: how the estimates would move without it, most influential first.

        `distance` is the score's length in the metric of the covariance (Cook's distance to first order); the other
        columns are the first-order change of each estimate.
        """
        score = self.likelihood.by_decision(self.coef)[1]
        change = -score @ self.vcov
        distance = np.einsum("tp,tp->t", -change, score)
        frame = self._decision_frame().with_columns(pl.Series("distance", distance))
        columns = (pl.Series(f"change {n}", change[:, k]) for k, n in enumerate(self.names))
        return frame.with_columns(*columns).sort("distance", descending=True)

    def simulate(self, runs: int = 1, seed: int = 0, **options: Any) -> pl.DataFrame:
        """Simulate event lists from the fit; see `blocs.inference.events.simulate.simulate`."""
        from blocs.inference.events.simulate import simulate

        return simulate(self, runs=runs, seed=seed, **options)

    def gof(self, runs: int = 100, seed: int = 0, **options: Any) -> Gof:
        """Compare simulated with recorded statistics; see `blocs.inference.events.gof.gof`."""
        from blocs.inference.events.gof import gof

        return gof(self, runs=runs, seed=seed, **options)

    def bayes(self, effects: Sequence[str] = (), **options: Any) -> BayesFit:
        """Sample the posterior, with actors' own effects; see `blocs.inference.events.bayes.bayes`."""
        from blocs.inference.events.bayes import bayes

        return bayes(self, effects, **options)

    def _decision_frame(self) -> pl.DataFrame:
        history = self.problem.history
        return pl.DataFrame(
            {
                "time": restored(self.times, history.clock),
                "sender": _named(self.senders, history.senders),
                "receiver": _named(self.receivers, history.receivers),
            },
            schema_overrides={"sender": pl.String, "receiver": pl.String},
        )

    def __repr__(self) -> str:
        """Return the table and the head numbers as text."""
        width = max([10, *map(len, self.names)])
        lines = [f"{self.model}: {self.n_events} events, {self.nobs} observations; {self.message}"]
        lines.append(f"{'':{width}}  {'estimate':>10}  {'se':>9}  {'z':>8}  {'p':>8}")
        for name, b, se, z, p, _, _ in self.to_polars().iter_rows():
            lines.append(f"{name:{width}}  {b:10.5f}  {se:9.5f}  {z:8.2f}  {p:8.2g}")
        lines.append(f"loglik {self.loglik:.3f} (null {self.null_loglik:.3f})  AIC {self.aic:.2f}  BIC {self.bic:.2f}")
        return "\n".join([*lines, *(f"note: {n}" for n in self.notes)])


def _named(places: Ints, names: tuple[str, ...]) -> list[str | None]:
    return [None if k < 0 else names[int(k)] for k in places]
