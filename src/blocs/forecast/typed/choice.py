"""The conditional logit over candidates: one weight an effect, bent by curves and moved by act and situation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from blocs.forecast.typed.record import Floats, Ints

BENDS, CLIP = (0.05, 0.35, 0.65, 0.9), 6.0
BATCH, ROUNDS, STEPS, RATE = 64, 5, 800, 3e-3
Params = dict[str, Any]


@dataclass(frozen=True)
class Questions:
    """Questions with their candidates.

    Attributes:
        x: (query, candidate, effect).
        y: (query, candidate) how many facts of the day the candidate answers; other answers of a query are not rivals.
        act: (query,) kind of act and side.
        situations: (query, aspect) level of each aspect of the known actor's experience.
    """

    x: Floats
    y: Floats
    act: Ints
    situations: Ints


@dataclass(frozen=True)
class Form:
    """What the logit may use, chosen on the validation part.

    Attributes:
        name: for the table.
        curves: whether an effect may bend at `BENDS`, quantiles of its values above the least.
        act: ridge on the offsets of weights by act, per answer; None for none.
        situation: the same by situation.
        curve: ridge on bends.
        plain: ridge on weights.
    """

    name: str
    curves: bool = False
    act: float | None = None
    situation: float | None = None
    curve: float = 1e-4
    plain: float = 1e-5


@dataclass(frozen=True)
class Choice:
    """A fitted logit.

    Attributes:
        form: what it may use.
        mean: (effect,) of the training candidates.
        scale: (effect,) their standard deviation.
        knots: (knot, effect) in standard units.
        params: `w` (effect,), `g` (knot, effect), `r` (act, effect), `s0`, `s1`... (level, effect), in standard units.
    """

    form: Form
    mean: Floats
    scale: Floats
    knots: Floats
    params: dict[str, Floats]

    def standard(self, x: Floats) -> Floats:
        """Return effects in standard units, far ones cut."""
        return np.clip((x - self.mean) / self.scale, -CLIP, CLIP).astype(np.float32)

    def scores(self, x: Floats, act: Ints, situations: Ints) -> Floats:
        """Return the log-odds (query, candidate) up to a constant of the query; x is (query, candidate, effect)."""
        z = self.standard(x)
        out = self._score(self._given, *_padded(z, act, situations))
        return np.asarray(out)[: len(z)]

    def parts(self, x: Floats, act: Ints, situations: Ints) -> Floats:
        """Return what each effect adds to the log-odds: (query, candidate, effect)."""
        z = self.standard(x)
        p = self.params
        weight = np.broadcast_to(p["w"], (len(z), z.shape[2]))
        for key in (k for k in p if k[0] == "s"):
            weight = weight + p[key][situations[:, int(key[1:])]]
        if "r" in p:
            weight = weight + p["r"][act]
        out = z * weight[:, None, :]
        for knot, bend in zip(self.knots, p.get("g", []), strict=False):
            out = out + np.maximum(z - knot, 0.0) * bend
        return out

    @cached_property
    def _given(self) -> Params:
        return {k: jnp.asarray(v) for k, v in self.params.items()}

    @cached_property
    def _score(self) -> Callable[..., jax.Array]:
        knots = jnp.asarray(self.knots)
        return jax.jit(lambda p, z, act, situations: _log_odds(p, knots, z, act, situations))


def _padded(z: Floats, act: Ints, situations: Ints) -> tuple[Floats, Ints, Ints]:
    """Fill up to a multiple of 256 queries, so that few shapes are compiled."""
    more = -len(z) % 256
    pad = [(0, more)]
    return np.pad(z, [*pad, (0, 0), (0, 0)]), np.pad(act, pad), np.pad(situations, [*pad, (0, 0)])


def _log_odds(p: Params, knots: jax.Array, z: jax.Array, act: jax.Array, situations: jax.Array) -> jax.Array:
    weight = jnp.broadcast_to(p["w"], (z.shape[0], z.shape[2]))
    if "r" in p:
        weight = weight + p["r"][act]
    for key in sorted(k for k in p if k[0] == "s"):
        weight = weight + p[key][situations[:, int(key[1:])]]
    out = jnp.einsum("qkf,qf->qk", z, weight)
    if "g" in p:
        for n in range(knots.shape[0]):
            out = out + jnp.maximum(z - knots[n], 0.0) @ p["g"][n]
    return out


def loss(
    p: Params, knots: jax.Array, form: Form, z: jax.Array, y: jax.Array, act: jax.Array, s: jax.Array
) -> jax.Array:
    """Return the mean negative log-likelihood of answers among candidates that are no other answer, with ridge."""
    score = _log_odds(p, knots, z, act, s)
    score = score - jax.lax.stop_gradient(score.max(axis=1, keepdims=True))
    e = jnp.exp(score)
    rivals = (e * (y == 0)).sum(axis=1, keepdims=True)
    total = -(y * (score - jnp.log(rivals + e + 1e-12))).sum() / jnp.maximum(y.sum(), 1.0)
    ridge = {"w": form.plain, "g": form.curve, "r": form.act or 0.0}
    return total + sum(ridge.get(k, form.situation or 0.0) * (v**2).sum() for k, v in p.items())


def standard_units(x: Floats, seed: int = 0) -> tuple[Floats, Floats, Floats]:
    """Return mean, scale and knots (in standard units) of effects (query, candidate, effect), from a sample."""
    rng = np.random.default_rng(seed)
    sample = x[np.sort(rng.choice(len(x), min(len(x), 2000), replace=False))].reshape(-1, x.shape[2])
    mean, scale = sample.mean(axis=0), sample.std(axis=0) + 1e-6
    z = np.clip((sample - mean) / scale, -CLIP, CLIP)
    knots = np.stack([_bends(column) for column in z.T], axis=1)
    return mean.astype(np.float32), scale.astype(np.float32), knots.astype(np.float32)


def _bends(z: Floats) -> Floats:
    """Most candidates have the least value of most effects (no history): bends are among the others."""
    above = z[z > z.min() + 1e-4]
    knots = np.quantile(above if len(above) > 50 else z, BENDS)
    return np.maximum.accumulate(knots + 1e-3 * np.arange(len(BENDS)))


def fit(
    q: Questions,
    form: Form,
    units: tuple[Floats, Floats, Floats],
    acts: int,
    levels: tuple[int, ...],
    seed: int = 0,
    tell: Callable[[int, int], None] | None = None,
) -> Choice:
    """Fit the logit by Adam on random batches of queries; questions without an answer among candidates are left out.

    Args:
        q: training questions, effects already in standard units.
        form: what to use.
        units: of the effects.
        acts: kinds of act and side.
        levels: how many levels each aspect of situations has.
        seed: of the order of batches.
        tell: called with (done, total).
    """
    knots = jnp.asarray(units[2])
    width = q.x.shape[2]
    p: Params = {"w": jnp.zeros(width)}
    if form.curves:
        p["g"] = jnp.zeros((len(BENDS), width))
    if form.act is not None:
        p["r"] = jnp.zeros((acts, width))
    if form.situation is not None:
        p |= {f"s{n}": jnp.zeros((size, width)) for n, size in enumerate(levels)}
    m = v = {k: jnp.zeros_like(x) for k, x in p.items()}
    use = np.flatnonzero(q.y.sum(axis=1) > 0)
    size = max(1, min(BATCH, len(use)))
    steps = len(use) // size
    rounds = max(ROUNDS, -(-STEPS // max(steps, 1)))  # few questions are gone through more often
    rng = np.random.default_rng(seed)
    step = _stepper(form)
    order = np.concatenate([rng.permutation(use)[: steps * size] for _ in range(rounds)])
    for done in range(steps * rounds):
        j = np.sort(order[done * size : (done + 1) * size])
        rate = RATE * 0.5 * (1.0 + np.cos(np.pi * (done + 1) / (steps * rounds)))
        p, m, v = step(p, m, v, float(done + 1), rate, knots, q.x[j], q.y[j], q.act[j], q.situations[j])
        if tell and done % 20 == 0:
            tell(done, steps * rounds)
    return Choice(form, units[0], units[1], units[2], {k: np.asarray(x) for k, x in p.items()})


def _stepper(form: Form) -> Callable[..., tuple[Params, Params, Params]]:
    @jax.jit
    def step(
        p: Params, m: Params, v: Params, t: float, rate: float, knots: jax.Array, x: Any, y: Any, act: Any, s: Any
    ) -> tuple[Params, Params, Params]:
        slope = jax.grad(loss)(p, knots, form, x, y, act, s)
        m = {k: 0.9 * m[k] + 0.1 * slope[k] for k in p}
        v = {k: 0.99 * v[k] + 0.01 * slope[k] ** 2 for k in p}
        p = {
            k: p[k] - rate * (m[k] / (1 - 0.9**t)) / (jnp.sqrt(v[k] / (1 - 0.99**t)) + 1e-8)
            for k in p
        }  # fmt: skip
        return p, m, v

    return step
