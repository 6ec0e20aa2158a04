"""Random streams with names.

A draw belongs to a path (root seed -> named stream -> run -> step -> slot) and to the stable id of what it is drawn
for (an actor, an act, an issue). Adding an actor, an effect or a mechanism therefore changes nobody else's draws, and a
counterfactual run shares every draw with its untouched twin. Bits come from Threefry-2x32 with 20 rounds
(Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"), the generator behind `jax.random`, written out here
so that XLA fuses it with what uses the draws: the library's loop costs four times as much inside the simulation.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, UInt32

from blocs.ground.axes import Key

_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY = np.uint32(0x1BD11BDA)


def stable_id(name: str) -> int:
    """Return the 32-bit id of a name: the same in every scenario, version and machine (CRC-32)."""
    return zlib.crc32(name.encode("utf-8"))


def stable_ids(names: Iterable[str]) -> UInt32[Array, " option"]:
    """Return stable ids of names; raise `ValueError` where two names of one list collide."""
    names = tuple(names)
    ids = [stable_id(n) for n in names]
    if len(set(ids)) != len(ids):
        twice = sorted({n for n, i in zip(names, ids, strict=True) if ids.count(i) > 1})
        raise ValueError(f"names repeat or share a 32-bit id, rename one of: {', '.join(twice)}")
    return jnp.asarray(np.array(ids, dtype=np.uint32))


def root(seed: int) -> Key:
    """Return the root key of a seed in 0..2**64-1."""
    return jnp.asarray(np.array([(seed >> 32) & 0xFFFFFFFF, seed & 0xFFFFFFFF], dtype=np.uint32))


def threefry(
    key: Key, x0: UInt32[Array, "*draw"], x1: UInt32[Array, "*draw"]
) -> tuple[UInt32[Array, "*draw"], UInt32[Array, "*draw"]]:
    """Threefry-2x32-20 of the counter pairs `(x0, x1)` under `key`; equals `jax.extend.random.threefry_2x32`."""
    k0, k1 = key[0], key[1]
    schedule = (k0, k1, k0 ^ k1 ^ _PARITY)
    x0, x1 = x0 + schedule[0], x1 + schedule[1]
    for group in range(5):
        for rotation in _ROTATIONS[group % 2]:
            x0 = x0 + x1
            x1 = (x1 << np.uint32(rotation)) | (x1 >> np.uint32(32 - rotation))
            x1 = x0 ^ x1
        x0 = x0 + schedule[(group + 1) % 3]
        x1 = x1 + schedule[(group + 2) % 3] + np.uint32(group + 1)
    return x0, x1


def named(key: Key, name: str) -> Key:
    """Return the child key of a named stream."""
    return at(key, jnp.uint32(stable_id(name)), level=1)


def at(key: Key, index: UInt32[Array, ""] | Int[Array, ""], level: int = 0) -> Key:
    """Return the child key at an index (a run, a step, a slot); `level` keeps indices and names apart."""
    a, b = threefry(key, jnp.asarray(index).astype(jnp.uint32), jnp.uint32(level))
    return jnp.stack([a, b])


def uniforms(key: Key, ids: UInt32[Array, " option"], level: int = 2) -> Float[Array, " option"]:
    """Return one float32 uniform in (0, 1) for each stable id, independent of which other ids are asked for."""
    bits, _ = threefry(key, ids, jnp.full_like(ids, level))
    # 23 random bits, moved half a unit off zero: never 0, never 1
    return (bits >> np.uint32(9)).astype(jnp.float32) * np.float32(2**-23) + np.float32(2**-24)


def exponentials(key: Key, ids: UInt32[Array, " option"], level: int = 2) -> Float[Array, " option"]:
    """Return one standard exponential waiting time for each stable id."""
    return -jnp.log(uniforms(key, ids, level))


def gumbels(key: Key, ids: UInt32[Array, " option"], level: int = 2) -> Float[Array, " option"]:
    """Return one standard Gumbel for each stable id: `argmax(score + gumbel)` is a draw from `softmax(score)`."""
    return -jnp.log(exponentials(key, ids, level))
