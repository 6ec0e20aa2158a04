"""What an ensemble watched as labelled arrays: one a quantity, every axis named by the ids of the scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from blocs.bloc.vocabulary import vocabulary

if TYPE_CHECKING:
    import xarray as xr

    from blocs.forecast.ensemble import Ensemble

PAIR = "pair"
"""The axis of quantities between two actors: only few pairs are watched, so that a square array would be mostly empty."""


def watched_arrays(ensemble: Ensemble) -> xr.Dataset:
    """Return a variable for each watched quantity: see `Ensemble.to_xarray`."""
    import pandas as pd
    import xarray as xr

    names = _names(ensemble)
    shape = ensemble.watched.shape[:2]
    data: dict[str, tuple[tuple[str, ...], NDArray[np.float32]]] = {}
    for n, (quantity, where) in enumerate(ensemble.labels):
        key = _axes(quantity)
        if quantity not in data:
            empty = np.full((*shape, *(len(names[axis]) for axis in key)), np.nan, np.float32)
            data[quantity] = (("run", "date", *key), empty)
        place = tuple(names[axis].index(entry) for axis, entry in zip(key, _entries(key, where), strict=True))
        data[quantity][1][:, :, *place] = ensemble.watched[:, :, n]
    pairs = names.pop(PAIR, [])
    days = np.array(ensemble.dates(), dtype="datetime64[ns]")
    coords: dict[str, Any] = {"run": np.arange(ensemble.runs), "date": days, **names}
    attrs = {"scenario": ensemble.fit.built.scenario.id, "about": ensemble.about, "seed": ensemble.seed}
    found = xr.Dataset(data, coords=coords, attrs=attrs)
    if not pairs:
        return found
    index = pd.MultiIndex.from_tuples(pairs, names=("of", "toward"))
    return found.assign_coords(xr.Coordinates.from_pandas_multiindex(index, PAIR))


def _axes(quantity: str) -> tuple[str, ...]:
    axes = vocabulary()[quantity].axes
    return (PAIR,) if axes == ("actor", "actor") else axes


def _entries(key: tuple[str, ...], where: tuple[str, ...]) -> tuple[Any, ...]:
    return (where,) if key == (PAIR,) else where


def _names(ensemble: Ensemble) -> dict[str, list[Any]]:
    """Return what is watched on each axis, in the order in which it is first named."""
    found: dict[str, dict[Any, None]] = {}
    for quantity, where in ensemble.labels:
        key = _axes(quantity)
        for axis, entry in zip(key, _entries(key, where), strict=True):
            found.setdefault(axis, {})[entry] = None
    return {axis: list(entries) for axis, entries in found.items()}
