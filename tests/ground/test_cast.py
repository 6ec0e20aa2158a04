"""Casting changes real arrays alone, and compiles nothing."""

from __future__ import annotations

import blocs  # noqa: F401  (sets precision before JAX is used)

# isort: split
import jax
import jax.numpy as jnp
import numpy as np

from blocs.ground.cast import cast_reals


def test_only_real_arrays_change_and_nothing_is_compiled(caplog):
    tree = {
        "x": jnp.arange(7.0) / 3,
        "n": jnp.arange(3),
        "on": np.array([True]),
        "y": np.float64([[0.1]]),
        "name": "a",
        "s": 2.5,
    }
    with jax.log_compiles():
        found = cast_reals(tree, np.float32)
    assert "Finished XLA compilation" not in caplog.text
    assert found["x"].dtype == found["y"].dtype == np.float32
    assert np.array_equal(found["x"], np.asarray(tree["x"], np.float32))
    assert found["n"] is tree["n"]
    assert found["on"] is tree["on"]
    assert (found["name"], found["s"]) == ("a", 2.5)
    again = cast_reals(found, np.float64)
    assert isinstance(again["y"], jax.Array)
    assert again["y"].dtype == np.float64
