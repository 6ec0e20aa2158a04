"""The log-likelihood of one drawn chronology as a function of everything that can be estimated.

`fit_record` holds the mechanisms fixed, so that statistics are data and each level is a concave problem. This function
lets parameters of mechanisms move too: the recorded acts are replayed with them, and the gradient goes through the whole
recorded path. It is not concave in them.
"""

from __future__ import annotations

from collections.abc import Mapping

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from numpy.typing import NDArray

from blocs.conduct.base import LEVELS, Level
from blocs.engine.model import Coefficients, Model, with_parameter
from blocs.engine.replay import ACT, Sets, replay
from blocs.ground.axes import Scalar
from blocs.ground.errors import bad_input
from blocs.ground.keys import root
from blocs.inference.tape import Chronology
from blocs.scenario.build import Built

COLUMN = {"source": "i", "target": "j", "act": "g", "issue": "k"}


def path_loglik(
    built: Built, chronology: Chronology, coefficients: Coefficients, parameters: Mapping[str, Scalar]
) -> Scalar:
    """Return the log-likelihood of the four choices of every act of a chronology, in nats; differentiable.

    Each act counts by its confidence, as in `record_sets`. The tempo is not part of it. Pure in `coefficients` and
    `parameters`: `jax.grad(lambda p: path_loglik(built, chronology, coefficients, p))(parameters)` is the gradient
    through the recorded path, by reverse accumulation through `jax.lax.scan`.

    Args:
        built: the scenario as arrays, float64.
        chronology: one drawn chronology.
        coefficients: of conduct, in the order of the specification of `built`.
        parameters: values of mechanisms' parameters by `mechanism.parameter`, such as `{"memory.recent": 20.0}`; the
            others keep their values.

    Raises:
        InputError: there is no such parameter.
    """
    model = _with_parameters(built.model, parameters)
    _, _, sets = replay(model, built.state, chronology.tape, root(0))
    acts = np.flatnonzero(np.asarray(chronology.tape.kind) == ACT)
    weight = jnp.asarray(chronology.acts["confidence"].fill_null(1.0).to_numpy())
    total = jnp.zeros(())
    for level in LEVELS:
        chosen = jnp.asarray(chronology.acts[COLUMN[level]].to_numpy())
        total = total + weight[: len(acts)] @ _log_chosen(sets, level, coefficients, acts, chosen[: len(acts)])
    return total


def _with_parameters(model: Model, parameters: Mapping[str, Scalar]) -> Model:
    known = {f"{m.card.name}.{p.name}" for m in model.mechanisms for p in m.card.params}
    for name, value in parameters.items():
        if name not in known:
            raise bad_input(
                "parameters", name, "no such parameter of a mechanism", "a name printed by `blocs mechanisms`"
            )
        mechanism, parameter = name.split(".")
        model = with_parameter(model, mechanism, parameter, value)
    return model


def _log_chosen(
    sets: Sets, level: Level, coefficients: Coefficients, acts: NDArray[np.int64], chosen: Array
) -> Float[Array, " event"]:
    """Log probability of each recorded choice of one level."""
    u = jnp.einsum("nko,k->no", sets.stats[level][acts], coefficients.beta[level])
    for t, table in enumerate(coefficients.tables[level]):
        u = u + table[sets.rows[level][acts, t]]
    # options that did not exist get no weight and, behind the double `where`, no gradient that is not a number
    allowed = sets.allowed[level][acts]
    logp = jax.nn.log_softmax(jnp.where(allowed, u, -jnp.inf), axis=1, where=allowed)
    return jnp.take_along_axis(jnp.where(allowed, logp, 0.0), chosen[:, None], axis=1)[:, 0]
