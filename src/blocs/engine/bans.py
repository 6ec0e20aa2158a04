"""Bans: acts that some may not do toward others for a time, and who is left to act toward whom."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike
from jaxtyping import Array, Bool, Float, Int
from numpy.typing import NDArray

from blocs.bloc.observe import View
from blocs.conduct.base import Chosen, Level
from blocs.ground.axes import Scalar


class Ban(NamedTuple):
    """Places of actors and acts: none of `acts` by any of `sources` toward any of `targets` from `first` to `last`.

    Days count from the scenario's epoch; both ends belong to the ban.
    """

    sources: Collection[int]
    targets: Collection[int]
    acts: Collection[int]
    first: float
    last: float


class Bans(eqx.Module):
    """Bans as arrays; one compiled program serves all bans of one number.

    `shut` tells for every span of time which pairs are left no act at all; span n ends where `turn` n begins.
    """

    source: Bool[Array, "ban actor"]
    target: Bool[Array, "ban actor"]
    act: Bool[Array, "ban act"]
    days: Float[Array, "ban 2"]
    turn: Float[Array, " turn"]
    shut: Bool[Array, "span actor actor"]


def bans_of(bans: Sequence[Ban], actors: int, acts: int, dtype: DTypeLike, slots: int = 0) -> Bans:
    """Return bans as arrays, filled up to `slots` with bans that never come."""
    rows = [*bans, *[Ban((), (), (), np.inf, np.inf)] * (slots - len(bans))]
    source = _masks([b.sources for b in rows], actors)
    target = _masks([b.targets for b in rows], actors)
    act = _masks([b.acts for b in rows], acts)
    days = np.asarray([(b.first, b.last) for b in rows], dtype).reshape(-1, 2)
    turn = np.sort(np.concatenate([days[:, 0], np.nextafter(days[:, 1], np.asarray(np.inf, dtype))]))
    begins = np.concatenate([np.asarray([-np.inf], dtype), turn])
    shut = np.stack([_shut(source, target, act, _holding(days, day)) for day in begins])
    return Bans(*(jnp.asarray(x) for x in (source, target, act, days, turn, shut)))


def _masks(places: Sequence[Collection[int]], size: int) -> NDArray[np.bool_]:
    return np.asarray([[n in some for n in range(size)] for some in places], bool).reshape(len(places), size)


def _holding(days: NDArray[np.floating], day: np.floating) -> NDArray[np.bool_]:
    return (days[:, 0] <= day) & (day <= days[:, 1])


def _shut(
    source: NDArray[np.bool_], target: NDArray[np.bool_], act: NDArray[np.bool_], now: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    taken = np.einsum("bi,bj,bg->ijg", source[now], target[now], act[now])
    return taken.all(axis=-1)


def not_banned(bans: Bans, level: Level, view: View, chosen: Chosen) -> Bool[Array, " option"] | Bool[Array, ""]:
    """Return which options of a level bans leave: sources with some act left toward somebody, targets, acts; every issue."""
    if bans.days.shape[0] == 0 or level == "issue":
        return jnp.ones((), bool)
    if level == "source":
        return _open(bans, view)
    day = view.state.clock
    if level == "target":
        return ~bans.shut[_span(bans, day), chosen.source]
    now = (bans.days[:, 0] <= day) & (day <= bans.days[:, 1])
    here = now & bans.source[:, chosen.source] & bans.target[:, chosen.target]
    return ~(here[:, None] & bans.act).any(axis=0)


def anybody(bans: Bans, view: View) -> Bool[Array, ""]:
    """Return whether somebody may act toward somebody else now."""
    alive = view.alive()
    return alive.sum(dtype=jnp.int32) > 1 if bans.days.shape[0] == 0 else (alive & _open(bans, view)).any()


def _open(bans: Bans, view: View) -> Bool[Array, " actor"]:
    alive = view.alive()
    pairs = alive[None, :] & ~bans.shut[_span(bans, view.state.clock)] & ~jnp.eye(len(alive), dtype=bool)
    return pairs.any(axis=1)


def _span(bans: Bans, day: Scalar) -> Int[Array, ""]:
    return (bans.turn <= day).sum()


__all__ = ["Ban", "Bans", "anybody", "bans_of", "not_banned"]
