"""Sums of products against NumPy's own."""

from __future__ import annotations

import hypothesis.extra.numpy as hnp
import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from blocs.ground.sums import added_at, heaviest_places, outer, product, raised_at

whole = st.integers(-9, 9).map(float)
"""Whole numbers: sums of them are exact in any order."""


def matrix(rows: int, columns: int):
    return hnp.arrays(float, (rows, columns), elements=whole)


@given(matrix(4, 5), matrix(5, 3))
def test_product_is_the_matrix_product(a, b) -> None:
    np.testing.assert_array_equal(product(jnp.asarray(a), jnp.asarray(b)), a @ b)
    np.testing.assert_array_equal(product(jnp.asarray(a), jnp.asarray(b[:, 0])), a @ b[:, 0])
    np.testing.assert_array_equal(product(jnp.asarray(a[0]), jnp.asarray(b)), a[0] @ b)
    np.testing.assert_array_equal(product(jnp.asarray(a[0]), jnp.asarray(b[:, 0])), a[0] @ b[:, 0])


@given(matrix(4, 5), matrix(4, 3))
def test_outer_sums_the_products_of_rows(a, b) -> None:
    np.testing.assert_array_equal(outer(jnp.asarray(a), jnp.asarray(b)), a.T @ b)


@given(matrix(3, 6), st.integers(1, 6))
def test_heaviest_places_come_largest_first_and_ties_in_order(weight, count: int) -> None:
    expected = np.argsort(-weight, axis=1, kind="stable")[:, :count]
    np.testing.assert_array_equal(heaviest_places(jnp.asarray(weight), count), expected)


@given(matrix(4, 3), hnp.arrays(int, (6, 2), elements=st.integers(0, 2)), hnp.arrays(float, 6, elements=whole))
def test_rows_that_share_a_place_are_added_or_raised_together(x, place, values) -> None:
    rows, columns = place.T
    added, raised = x.copy(), x.copy()
    np.add.at(added, (rows, columns), values)
    np.maximum.at(raised, (rows, columns), values)
    at = (jnp.asarray(rows), jnp.asarray(columns))
    np.testing.assert_array_equal(added_at(jnp.asarray(x), at, jnp.asarray(values)), added)
    np.testing.assert_array_equal(raised_at(jnp.asarray(x), at, jnp.asarray(values)), raised)
    one = jnp.asarray(rows)
    np.testing.assert_array_equal(
        added_at(jnp.zeros(4), (one,), jnp.asarray(values)), np.bincount(rows, weights=values, minlength=4)
    )


def test_no_matrix_product_is_left_for_the_loop() -> None:
    a, b = jnp.ones((3, 4)), jnp.ones((4, 5))
    for program in (lambda: product(a, b), lambda: outer(a.T, b), lambda: heaviest_places(a, 2)):
        text = str(jax.make_jaxpr(program)())
        assert not any(word in text for word in ("dot_general", "top_k", "sort"))
