"""Does the fitted model make histories like the recorded one? Statistics the model was not fitted to, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go  # pyright: ignore[reportMissingTypeStubs]
import polars as pl
from plotly import subplots  # pyright: ignore[reportMissingTypeStubs]

from blocs.ground.errors import bad_input
from blocs.inference.events.columns import Floats, Ints
from blocs.inference.events.fit import EventFit
from blocs.inference.events.gof_statistics import Statistic, families_of
from blocs.inference.events.simulate import Event, drawn


@dataclass(frozen=True)
class Gof:
    """Recorded and simulated statistics.

    `levels` names the statistics of each family; `observed` and `simulated` hold, by family, arrays [K] and [R, K].
    """

    levels: dict[str, tuple[str, ...]]
    observed: dict[str, Floats]
    simulated: dict[str, Floats]

    def to_polars(self) -> pl.DataFrame:
        """Return one row a statistic: family, level, observed, mean, sd, lower, upper (95 %), p.

        `p` is the two-sided share of runs at least as far out as the record (a Monte Carlo p-value, never 0).
        """
        rows: list[tuple[Any, ...]] = []
        for family, names in self.levels.items():
            sims, seen = self.simulated[family], self.observed[family]
            for k, level in enumerate(names):
                draw = sims[:, k]
                above, below = int((draw >= seen[k]).sum()), int((draw <= seen[k]).sum())
                p = min(1.0, 2.0 * (min(above, below) + 1) / (draw.size + 1))
                low, high = np.quantile(draw, (0.025, 0.975))
                rows.append((family, level, seen[k], draw.mean(), draw.std(ddof=1), low, high, p))
        names = ["family", "level", "observed", "mean", "sd", "lower", "upper", "p"]
        return pl.DataFrame(rows, schema=names, orient="row")

    def fit(self) -> pl.DataFrame:
        """Return one row a family: how far out the record is (Mahalanobis), and the share of runs at least as far.

        Centre and metric are those of runs and record together, so that under the model all are alike and p is valid
        whatever the number of runs.
        """
        rows: list[tuple[Any, ...]] = []
        for family, sims in self.simulated.items():
            pool = np.vstack((sims, self.observed[family]))
            away = pool - pool.mean(axis=0)
            metric = np.linalg.pinv(np.atleast_2d(np.cov(pool, rowvar=False)), rcond=1e-8, hermitian=True)
            far = np.einsum("rk,kl,rl->r", away, metric, away)
            rows.append((family, float(far[-1]), float((far >= far[-1] * (1.0 - 1e-9)).mean())))
        return pl.DataFrame(rows, schema=["family", "distance", "p"], orient="row")

    def plot(self) -> go.Figure:
        """Return violins of the simulated statistics with the recorded ones as a line, one panel a family."""
        families = list(self.levels)
        figure: Any = subplots.make_subplots(  # pyright: ignore[reportUnknownMemberType]
            rows=-(-len(families) // 2), cols=2, subplot_titles=families
        )
        for n, family in enumerate(families):
            row, column = n // 2 + 1, n % 2 + 1
            for k, level in enumerate(self.levels[family]):
                violin = go.Violin(y=self.simulated[family][:, k], name=level, line_color="#7a8aa0", showlegend=False)
                figure.add_trace(violin, row=row, col=column)
            line: Any = go.Scatter(
                x=self.levels[family], y=self.observed[family], mode="lines+markers", showlegend=False
            )
            line.update(line_color="#b03a2e", name="recorded")
            figure.add_trace(line, row=row, col=column)
        return figure.update_layout(height=320 * (-(-len(families) // 2)), template="plotly_white")

    def __repr__(self) -> str:
        """Return the p-value of each family as text."""
        runs = next(iter(self.simulated.values())).shape[0]
        lines = [f"goodness of fit over {runs} runs (p: share of runs farther out than the record)"]
        return "\n".join(lines + [f"{f:16}  p {p:.3f}" for f, _, p in self.fit().iter_rows()])


def gof(
    fit: EventFit,
    runs: int = 100,
    seed: int = 0,
    *,
    choice: EventFit | None = None,
    rate: EventFit | None = None,
    families: Sequence[str] | None = None,
) -> Gof:
    """Simulate `runs` histories and compare statistics with the record.

    Families: indegree and outdegree (how many actors have 0, 1, ... distinct partners), inertia, reciprocity and
    transitivity (shares of events that repeat, return or close), repetition (events by dyad), triads (census of the
    final network, one mode) and waiting (deciles of the time between events, where the model makes times). Events
    without direction have degree instead, and triads by their number of ties. A rate model alone says nothing of
    receivers: it has activity (how many actors sent 0, 1, ... events), turns (shares of senders who act again at
    once) and waiting.

    Raises:
        InputError: fewer than 2 runs, no family or one the model says nothing about, or fits that do not go together.
    """
    if isinstance(runs, bool) or not isinstance(runs, int) or runs < 2:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise bad_input("gof", "runs", f"is {runs!r}", "at least 2")
    history, clock = fit.problem.history, fit.problem.clock
    alone = fit.problem.submodel == "rate" and choice is None
    known = families_of(history, alone, fit.problem.exact or (rate is not None and rate.problem.exact))
    wanted = _wanted(families, known, alone)
    inside = (history.time >= clock.start) & (history.time <= clock.end)
    seen = (history.time[inside], history.sender[inside], history.receiver[inside])
    groups = [_arrays(events) for events in drawn(fit, runs, seed, choice=choice, rate=rate)]
    observed = {f: np.array(list(known[f](*seen).values()), dtype=np.float64) for f in wanted}
    names = {f: tuple(known[f](*seen)) for f in wanted}
    simulated = {f: np.array([list(known[f](*g).values()) for g in groups], dtype=np.float64) for f in wanted}
    return Gof(names, observed, simulated)


def _wanted(families: Sequence[str] | None, known: dict[str, Statistic], alone: bool) -> list[str]:
    """Return the families to compare."""
    if families is None:
        return list(known)
    if isinstance(families, str) or not families:
        raise bad_input("gof", "families", f"is {families!r}", f"a list of {', '.join(known)}")
    for name in families:
        if name not in known:
            hint = " (a rate model alone; give choice= for more)" if alone else ""
            raise bad_input("gof", "families", f"unknown {name}", f"{', '.join(known)}{hint}")
    return list(families)


def _arrays(events: list[Event]) -> tuple[Floats, Ints, Ints]:
    i, j = (np.array([e[k] for e in events], dtype=np.intp) for k in (1, 2))
    return np.array([e.time for e in events]), i, j
