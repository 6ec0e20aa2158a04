"""An ensemble: many simulated histories from one date, as flat tables of acts and watched quantities."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from blocs.engine.watch import Watch
from blocs.inference.fit import Fit

if TYPE_CHECKING:
    import networkx as nx
    import xarray as xr

    from blocs.forecast.score import Scores
    from blocs.scenario.scenario import Scenario

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, repr=False)
class Ensemble:
    """Simulated histories.

    Acts are flat arrays over all runs in order of run and day: `run`, `day` (days since the epoch), and `code` with the
    columns source, target, act, issue. `watched` has axes (run, step, watch); `step_ends` is the moment at which each step
    ends, in days since the epoch (axis step): the last one ends with the last day of the forecast.
    """

    fit: Fit
    start: date
    end: date
    seed: int
    runs: int
    do: tuple[str, ...]
    about: str
    run: NDArray[np.int32]
    day: NDArray[np.float32]
    code: NDArray[np.int16]
    watch: Watch
    watched: NDArray[np.float32]
    step_ends: NDArray[np.float64]

    def head(self, runs: int) -> Ensemble:
        """Return the first runs alone: bit for bit what a forecast of so few runs would hold."""
        if runs >= self.runs:
            return self
        keep = self.run < runs
        parts = {"run": self.run[keep], "day": self.day[keep], "code": self.code[keep], "watched": self.watched[:runs]}
        return replace(self, runs=runs, **parts)

    @property
    def labels(self) -> list[tuple[str, tuple[str, ...]]]:
        """Names of the watched numbers: quantity and the names on its axes."""
        world = self.fit.built.model.world
        from blocs.bloc.vocabulary import vocabulary

        out: list[tuple[str, tuple[str, ...]]] = []
        for name, index in self.watch:
            kinds = vocabulary()[name].axes
            out += [(name, tuple(world.names(a)[i] for a, i in zip(kinds, entry, strict=True))) for entry in index]
        return out

    def column(self, name: str, *where: str) -> NDArray[np.float32]:
        """Return one watched number over runs and steps, axes (run, step); `KeyError` if it was not watched."""
        labels = self.labels
        if (name, where) not in labels:
            raise KeyError(f"{name}[{','.join(where)}] was not watched")
        return self.watched[:, :, labels.index((name, where))]

    def dates(self) -> list[date]:
        """Return the last day of every step."""
        return [self.fit.built.epoch + timedelta(days=float(end) - 1.0) for end in self.step_ends]

    def to_polars(self) -> pl.DataFrame:
        """Return the simulated acts: run, date, source, target, act, issue."""
        world = self.fit.built.model.world
        names = (world.actors, world.actors, world.acts, world.issues)
        columns = {
            c: pl.Series(c, self.code[:, n]).replace_strict(
                dict(enumerate(names[n])), return_dtype=pl.Enum(list(names[n]))
            )
            for n, c in enumerate(("source", "target", "act", "issue"))
        }
        day = pl.Series("day", np.floor(self.day).astype(np.int32))
        frame = pl.DataFrame({"run": self.run, "day": day, **columns})
        when = (pl.lit(self.fit.built.epoch) + pl.duration(days=pl.col("day"))).cast(pl.Date).alias("date")
        return frame.select("run", when, "source", "target", "act", "issue")

    def states_to_polars(self) -> pl.DataFrame:
        """Return quantiles over runs of every watched number at the end of each step.

        Columns: date, quantity, actor, toward (the second name: an actor, lever or issue), mean, q05 ... q95.
        """
        level = np.quantile(self.watched, QUANTILES, axis=0).astype(np.float32)
        mean = self.watched.mean(axis=0)
        labels = self.labels
        steps, width = mean.shape
        table = {
            "date": np.repeat(np.array(self.dates(), dtype="datetime64[D]"), width),
            "quantity": [name for name, _ in labels] * steps,
            "actor": [where[0] if where else "" for _, where in labels] * steps,
            "toward": [where[1] if len(where) > 1 else "" for _, where in labels] * steps,
            "mean": mean.ravel(),
        }
        table |= {f"q{round(100 * q):02d}": level[n].ravel() for n, q in enumerate(QUANTILES)}
        return pl.DataFrame(table)

    def to_xarray(self) -> xr.Dataset:
        """Return a variable for each watched quantity, with axes run, date and those of the quantity, named by id.

        A quantity of one actor has the axis actor, of an actor and a lever or issue also that one; of two actors the axis
        pair, whose entries are (actor, toward): `data["warmth"].sel(pair=("a", "b"))`. NaN where nothing was watched.
        """
        from blocs.forecast.arrays import watched_arrays

        return watched_arrays(self)

    def to_networkx(self) -> nx.DiGraph[str]:
        """Return who acts toward whom: nodes are actors, edges carry `acts` (mean a run) and `cooperation`.

        `cooperation` is the mean over the acts of an edge of their usual score, -1..1.
        """
        import networkx as nx

        world = self.fit.built.model.world
        count = np.zeros((len(world.actors), len(world.actors)))
        tone = np.zeros_like(count)
        place = (self.code[:, 0], self.code[:, 1])
        np.add.at(count, place, 1.0)
        np.add.at(tone, place, np.asarray(world.cooperation, np.float64)[self.code[:, 2]])
        graph: nx.DiGraph[str] = nx.DiGraph(runs=self.runs, start=str(self.start), end=str(self.end))
        graph.add_nodes_from(world.actors)
        for i, j in np.argwhere(count > 0).tolist():
            mean, per_act = float(count[i, j] / self.runs), float(tone[i, j] / count[i, j])
            graph.add_edge(world.actors[i], world.actors[j], acts=mean, cooperation=per_act)
        return graph

    def score(self, scenario: Scenario | None = None) -> Scores:
        """Score the forecast on the record of its period: `scenario` only makes sure which.

        Raises:
            InputError: the record holds no act in the period, or `scenario` is another one.
        """
        from blocs.forecast.score import score
        from blocs.ground.errors import bad_input

        mine = self.fit.built.scenario
        if scenario is not None and scenario.hash != mine.hash:
            raise bad_input(
                "score", "scenario", f"is {scenario.id} {scenario.hash[:12]}", f"{mine.id} {mine.hash[:12]}"
            )
        return score(self)

    def __repr__(self) -> str:
        per = len(self.run) / max(self.runs, 1)
        changed = f", with {'; '.join(self.do)}" if self.do else ""
        return (
            f"Ensemble({self.fit.built.scenario.id!r} {self.start}..{self.end}: {self.runs} runs, {per:.0f} acts a run, "
            f"about {self.about}, seed {self.seed}{changed})"
        )
