"""Trees of arrays in another floating type, moved by NumPy: JAX would compile a program for every shape and type."""

from __future__ import annotations

from typing import Any, TypeVar

import jax
import jax.numpy as jnp
import numpy as np

Tree = TypeVar("Tree")


def cast_reals(tree: Tree, dtype: Any) -> Tree:
    """Return a tree whose real arrays are JAX arrays of `dtype`; whole numbers, truth values and the rest stay as they are.

    For arrays that hold values, not inside a program being traced.
    """

    def one(x: Any) -> Any:
        real = isinstance(x, (jax.Array, np.ndarray)) and jnp.issubdtype(x.dtype, jnp.floating)
        return jax.device_put(np.asarray(x, dtype)) if real else x

    return jax.tree.map(one, tree)
