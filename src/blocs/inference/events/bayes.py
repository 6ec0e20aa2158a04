"""Posterior draws of an event model by the No-U-Turn sampler, with actors that differ by more than their statistics.

The likelihood is that of the maximum-likelihood fit, written once more for JAX (`arrays`): choice sets, pairs that choose
each other, points of exact time, or the order of events. Hierarchical effects are centred on 0 with a spread of their own,
in non-centred form (Gelman et al. 2013, chapter 15; Hoffman & Gelman 2014). Needs the extra `bayes` (numpyro, ArviZ).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from blocs.ground.errors import bad_input
from blocs.inference.choice import ChoiceDesign
from blocs.inference.events.arrays import Choices, Pairs, Sets, Waits, log_likelihood
from blocs.inference.events.columns import Floats, Ints
from blocs.inference.events.coordination import Coordination
from blocs.inference.events.likelihoods import ExactTime, OrderOnly
from blocs.inference.events.pointwise import by_observation, cost
from blocs.inference.events.spells import Spells

if TYPE_CHECKING:
    from blocs.inference.events.fit import EventFit

SIDES = ("sender", "receiver")
LARGEST = 20_000_000
MORE = "pip install 'blocs[bayes]'"
_GOOD = "chains agree"


@dataclass(frozen=True)
class Prior:
    """What is believed before the data.

    Attributes:
        scale: standard deviation of a coefficient, centred on 0, in units of one over the statistic's spread.
        level: standard deviation of the intercept of exact time, centred on the log rate of events an option.
        spread: scale of the half-normal law of an actor effect's standard deviation.
    """

    scale: float = 2.5
    level: float = 2.5
    spread: float = 1.0


@dataclass(frozen=True, repr=False)
class BayesFit:
    """Posterior of an event model.

    Attributes:
        names: of the coefficients [P].
        idata: ArviZ InferenceData: `posterior` (`beta` by term, `sd_sender`, `effect_sender` by actor and so on),
            `sample_stats`, `log_likelihood` of each event where that is not too large.
        sides: which actors have effects.
    """

    names: tuple[str, ...]
    idata: Any
    sides: tuple[str, ...]
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def divergences(self) -> int:
        """Number of divergent transitions; more than a few mean: do not read the draws."""
        return int(self.idata.sample_stats["diverging"].sum())

    @property
    def converged(self) -> bool:
        """Return whether every chain agrees (R-hat below 1.01), 400 effective draws a number and no divergence."""
        return self.state == _GOOD

    @property
    def state(self) -> str:
        """Return in words what the draws are good for."""
        table = self.to_polars()
        if self.divergences:
            return f"{self.divergences} divergent transitions: do not read the draws"
        if not (table["rhat"] < 1.01).all():
            return "chains do not agree: do not read the draws"
        if not (table["ess"] >= 400).all():
            return f"chains agree, but {table['ess'].min():.0f} effective draws are few for intervals: draw more"
        return _GOOD

    def to_polars(self, level: float = 0.95) -> pl.DataFrame:
        """Return one row a coefficient and spread: mean, sd, equal-tailed interval, effective draws, R-hat."""
        import arviz as az

        rows: list[tuple[object, ...]] = []
        posterior: Any = self.idata.posterior
        tails = ((1.0 - level) / 2.0, (1.0 + level) / 2.0)
        for name, draws in self._numbers(posterior):
            low, high = np.quantile(draws, tails)
            rows.append((name, draws.mean(), draws.std(ddof=1), low, high, float(az.ess(draws)), float(az.rhat(draws))))
        schema = ["term", "mean", "sd", "lower", "upper", "ess", "rhat"]
        return pl.DataFrame(rows, schema=schema, orient="row")

    def actors(self, side: str) -> pl.DataFrame:
        """Return one row an actor of a side: mean effect, sd, and the chance that it is above 0, largest first.

        Raises:
            InputError: a side without effects.
        """
        if side not in self.sides:
            raise bad_input("actors", "side", f"{side!r} has no effects", " or ".join(self.sides) or "a fit with some")
        draws: Any = self.idata.posterior[f"effect_{side}"].stack(draw_=("chain", "draw")).values
        labels = [str(v) for v in self.idata.posterior[side].values]
        frame = {"actor": labels, "mean": draws.mean(1), "sd": draws.std(1), "positive": (draws > 0).mean(1)}
        return pl.DataFrame(frame).sort("mean", descending=True)

    def _numbers(self, posterior: Any) -> list[tuple[str, Floats]]:
        beta = [(n, np.asarray(posterior["beta"].sel(term=n))) for n in self.names]
        return beta + [(f"sd of {s}s", np.asarray(posterior[f"sd_{s}"])) for s in self.sides]

    def __repr__(self) -> str:
        """Return the table as text, with a word on convergence."""
        lines = [f"posterior, {self.divergences} divergences; {self.state}"]
        for name, mean, sd, low, high, ess, rhat in self.to_polars().iter_rows():
            lines.append(
                f"{name:24} {mean:9.4f} sd {sd:8.4f}  [{low:8.4f}, {high:8.4f}]  ess {ess:6.0f}  rhat {rhat:.3f}"
            )
        return "\n".join(lines)


def bayes(
    fit: EventFit, effects: Sequence[str] = (), *, draws: int = 1000, warmup: int = 1000, chains: int = 4, seed: int = 0,
    prior: Prior | None = None, progress: bool = False,
) -> BayesFit:  # fmt: skip
    """Sample the posterior of a fitted event model.

    Args:
        fit: of `dynam` or `rem`.
        effects: sides whose actors get effects of their own: "receiver" in a choice or coordination model (whom others
            choose), "sender" in a rate model, either or both in a tie model.
        draws: kept a chain.
        warmup: adapted and thrown away a chain.
        chains: run one after another, in one compiled program.
        seed: of the sampler.
        prior: beliefs.
        progress: whether the sampler draws a bar.

    Raises:
        InputError: the extra is not installed, a side the model says nothing about, a design that does not fit in
            memory.
    """
    sets = likelihood_sets(fit, effects)
    found = sample(sets, prior or Prior(), draws, warmup, chains, seed, progress)
    history = fit.problem.history
    labels = {"sender": list(history.senders), "receiver": list(history.receivers)}
    waits: Floats | None = None
    if isinstance(fit.likelihood, ExactTime) and draws * chains * cost(fit.likelihood) <= 50 * LARGEST:
        waits = by_observation(
            fit.likelihood, found["posterior"], lambda option: _sides(option, sets.size, fit.problem.submodel)
        )
    idata = inference_data(found, fit.names, sets, {s: labels[s] for s in sets.actor}, waits)
    options = {"draws": draws, "warmup": warmup, "chains": chains, "seed": seed}
    return BayesFit(fit.names, idata, tuple(sets.actor), options)


def likelihood_sets(fit: EventFit, effects: Sequence[str] = ()) -> Sets:
    """Return the arrays of a fit's likelihood; arguments and errors as in `bayes`."""
    submodel, likelihood = fit.problem.submodel, fit.likelihood
    allowed = {"choice": ("receiver",), "rate": ("sender",), "tie": SIDES, "coordination": ("receiver",)}[submodel]
    if isinstance(effects, str):
        raise bad_input("bayes", "effects", f"is the text {effects!r}", f"a list such as [{allowed[0]!r}]")
    for side in effects:
        if side not in allowed:
            raise bad_input("bayes", "effects", f"{side!r} means nothing in a {submodel} model", " or ".join(allowed))
    sides = tuple(s for s in SIDES if s in effects)
    if sides and not fit.problem.history.directed and submodel == "tie":
        raise bad_input("bayes", "effects", "given to a tie model of pairs", "events with a direction")
    history = fit.problem.history
    size = {"sender": history.n1, "receiver": history.n2}
    if isinstance(likelihood, ChoiceDesign):
        if sides and fit.problem.sample is not None:
            raise bad_input("bayes", "effects", "given to a choice on a sample of receivers", "a fit without sample")
        return _of_choice(likelihood, sides, size)
    if isinstance(likelihood, Coordination):
        return _of_pairs(likelihood, sides, size)
    if isinstance(likelihood, ExactTime):
        return _of_exact(likelihood, sides, size, submodel)
    if isinstance(likelihood, OrderOnly):
        return _of_order(likelihood.spells, sides, size, submodel)
    raise bad_input("bayes", "fit", f"has a likelihood of {type(likelihood).__name__}", "one of dynam or rem")


def _of_choice(design: ChoiceDesign, sides: tuple[str, ...], size: Mapping[str, int]) -> Choices:
    shape = design.X.shape[:2]
    _fits(design.X.size)
    mask = np.ones(shape, bool) if design.mask is None else design.mask
    offset = np.zeros(shape) if design.offset is None else np.asarray(design.offset, np.float64)
    place = np.broadcast_to(np.arange(shape[1]), shape)
    x = np.where(mask[:, :, None], design.X, 0.0).astype(np.float64)
    return Choices(x, design.chosen, mask, offset, dict.fromkeys(sides, place), size)


def _of_pairs(likelihood: Coordination, sides: tuple[str, ...], size: Mapping[str, int]) -> Pairs:
    sets = likelihood.sets
    E, P, n = len(sets.X), sets.X[0].shape[0], max(x.shape[1] for x in sets.X)
    _fits(E * n * n * P)
    x, mask, actor = np.zeros((E, n, n, P)), np.zeros((E, n, n), bool), np.zeros((E, n), dtype=np.intp)
    for e, (part, closed, here) in enumerate(zip(sets.X, sets.closed, sets.here, strict=True)):
        m = here.size
        x[e, :m, :m] = np.moveaxis(part, 0, 2)
        mask[e, :m, :m] = ~np.eye(m, dtype=bool) if closed is None else ~np.eye(m, dtype=bool) & ~closed
        actor[e, :m] = here
    low, high = sets.pair.min(axis=1), sets.pair.max(axis=1)
    return Pairs(x, low * n + high, mask, dict.fromkeys(sides, actor), size)


def _sides(option: Ints, size: Mapping[str, int], submodel: str) -> dict[str, Ints]:
    if submodel == "rate":
        return {"sender": option}
    return {"sender": option // size["receiver"], "receiver": option % size["receiver"]}


def _of_exact(likelihood: ExactTime, sides: tuple[str, ...], size: Mapping[str, int], submodel: str) -> Waits:
    spells = likelihood.spells
    lasting = likelihood.exposure > 0
    here, picked = (_sides(o, size, submodel) for o in (likelihood.option[lasting], spells.pick[spells.happened]))
    offset, chosen = np.log(likelihood.exposure[lasting]), spells.chosen[spells.happened]
    actor, taken = {s: here[s] for s in sides}, {s: picked[s] for s in sides}
    return Waits(likelihood.x[lasting], offset, chosen, np.ones(len(chosen)), actor, taken, size)


def _of_order(spells: Spells, sides: tuple[str, ...], size: Mapping[str, int], submodel: str) -> Choices:
    T, P = spells.chosen.shape
    options, place = np.unique(spells.option, return_inverse=True)
    _fits(T * len(options) * P)
    x, mask = np.zeros((T, len(options), P)), np.zeros((T, len(options)), bool)
    for row, o, a, b in zip(spells.x, place.tolist(), spells.first.tolist(), spells.stop.tolist(), strict=True):
        x[a:b, o], mask[a:b, o] = row, True
    here = {k: np.broadcast_to(v, (T, len(options))) for k, v in _sides(options, size, submodel).items()}
    pick = np.searchsorted(options, spells.pick)
    return Choices(x, pick, mask, np.zeros(mask.shape), {s: here[s] for s in sides}, size)


def _fits(cells: int) -> None:
    if cells > LARGEST:
        raise bad_input(
            "bayes", "fit", f"has {cells:,} numbers in its choice sets", f"at most {LARGEST:,}; use a sample"
        )


def model_of(
    sets: Sets,
    prior: Prior,
    likelihood: Callable[[Sets, Any, Mapping[str, Any]], Any] = log_likelihood,
    level: float | None = None,
) -> Callable[..., None]:
    """Return the numpyro model; its argument `data` replaces what happened, so that one program fits many data.

    `level` is where the prior of an intercept is centred, the log rate of events an option if not given.
    """
    import jax.numpy as jnp
    import numpyro
    from numpyro import distributions

    law: Any = distributions
    centre, scale = prior_of(sets, prior, level)

    def model(data: Any = None) -> None:
        now = sets if data is None else sets.with_data(data)
        beta = numpyro.sample("beta", law.Normal(jnp.asarray(centre), jnp.asarray(scale)).to_event(1))
        effect: dict[str, Any] = {}
        for side in now.actor:
            spread = numpyro.sample(f"sd_{side}", law.HalfNormal(prior.spread))
            raw = numpyro.sample(f"raw_{side}", law.Normal(0.0, 1.0).expand([now.size[side]]).to_event(1))
            effect[side] = numpyro.deterministic(f"effect_{side}", spread * raw)
        numpyro.factor("events", likelihood(now, beta, effect).sum())

    return model


def prior_of(sets: Sets, prior: Prior, level: float | None = None) -> tuple[Floats, Floats]:
    """Return centre and standard deviation [P] of the coefficients before the data; `level` as in `model_of`."""
    scale = prior.scale / sets.centre
    centre = np.zeros(len(scale))
    if isinstance(sets, Waits):
        centre[0] = level_of(sets) if level is None else level
        scale[0] = prior.level
    return centre, scale


def level_of(sets: Waits) -> float:
    """Return the log rate of events an option, on which the prior of the intercept is centred."""
    events = float(np.sum(sets.count))
    return float(np.log(max(events, 1.0)) - np.log(np.exp(sets.offset).sum()))


def sampler(model: Callable[..., None], draws: int, warmup: int, chains: int, progress: bool = False) -> Any:
    """Return a numpyro MCMC of the model with chains in one vectorised program.

    Raises:
        InputError: the extra is not installed.
    """
    try:
        from numpyro.infer import MCMC, NUTS, init_to_median
    except ImportError:
        raise bad_input("bayes", "numpyro", "is not installed", MORE) from None
    kernel = NUTS(model, target_accept_prob=0.9, init_strategy=init_to_median(num_samples=5))
    method = "vectorized" if chains > 1 else "sequential"
    return MCMC(
        kernel, num_warmup=warmup, num_samples=draws, num_chains=chains, chain_method=method, progress_bar=progress,
        jit_model_args=True,
    )  # fmt: skip


def sample(
    sets: Sets, prior: Prior, draws: int, warmup: int, chains: int, seed: int, progress: bool = False
) -> dict[str, dict[str, Floats]]:
    """Return posterior and sampler statistics by name, each [chain, draw, ...]."""
    try:
        import jax
        import numpyro as _  # noqa: F401  # pyright: ignore[reportUnusedImport]
    except ImportError:
        raise bad_input("bayes", "numpyro", "is not installed", MORE) from None
    run = sampler(model_of(sets, prior), draws, warmup, chains, progress)
    run.run(
        jax.random.PRNGKey(seed),
        jax.numpy.asarray(sets.data),
        extra_fields=("diverging", "potential_energy", "num_steps", "accept_prob"),
    )
    drawn = {k: np.asarray(v) for k, v in run.get_samples(group_by_chain=True).items()}
    extra = {k: np.asarray(v) for k, v in run.get_extra_fields(group_by_chain=True).items()}
    return {"posterior": {k: v for k, v in drawn.items() if not k.startswith("raw_")}, "extra": extra}


def inference_data(
    found: Mapping[str, Mapping[str, Floats]],
    names: tuple[str, ...],
    sets: Sets,
    labels: Mapping[str, Sequence[str]],
    waits: Floats | None = None,
) -> Any:
    """Return ArviZ InferenceData with named terms and actors; pointwise log-likelihood where that is not too large.

    `waits` [chain, draw, observation] is that of a fit in exact time, by events and intervals without one.
    """
    try:
        import arviz as az
    except ImportError:
        raise bad_input("bayes", "arviz", "is not installed", MORE) from None
    posterior, extra = found["posterior"], found["extra"]
    chains, draws = posterior["beta"].shape[:2]
    stats = {
        "diverging": extra["diverging"], "lp": -extra["potential_energy"], "n_steps": extra["num_steps"],
        "acceptance_rate": extra["accept_prob"],
    }  # fmt: skip
    pointwise: dict[str, Floats] | None = None
    if isinstance(sets, Waits):
        pointwise = None if waits is None else {"events": waits}
    elif chains * draws * len(sets.data) <= LARGEST:
        pointwise = {"events": _pointwise(sets, posterior)}
    coords: dict[str, Any] = {"term": list(names), **{s: list(v) for s, v in labels.items()}}
    dims = {"beta": ["term"], "events": ["event"], **{f"effect_{s}": [s] for s in labels}}
    make: Any = az.from_dict
    return make(posterior=dict(posterior), sample_stats=stats, log_likelihood=pointwise, coords=coords, dims=dims)


def _pointwise(sets: Sets, posterior: Mapping[str, Floats]) -> Floats:
    import jax

    flat = {k: v.reshape(-1, *v.shape[2:]) for k, v in posterior.items()}
    effects = {s: flat[f"effect_{s}"] for s in sets.actor}
    one: Any = jax.jit(lambda b, e: log_likelihood(sets, b, e))
    rows = [np.asarray(one(b, {s: v[k] for s, v in effects.items()})) for k, b in enumerate(flat["beta"])]
    return np.stack(rows).reshape(*posterior["beta"].shape[:2], -1)
