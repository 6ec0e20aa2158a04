"""The small bloc of the tests with acts of their own kinds, as in `camp`, and the levers grain and credit."""

from __future__ import annotations

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp

from blocs.ground.keys import root

from .conftest import Bloc

# polarity, material, cooperation, rung
KINDS = {
    "demand": (-1, 0, -0.3, 7),
    "propose": (1, 0, 0.1, 0),
    "agree": (1, 0, 0.3, 0),
    "promise": (1, 0, 0.4, 0),
    "aid": (1, 1, 0.6, 0),
    "refuse": (-1, 0, -0.4, 1),
    "criticise": (-1, 0, -0.5, 8),
    "withhold": (-1, 1, -0.5, 10),
    "sanction": (-1, 1, -0.6, 17),
    "break": (-1, 1, -0.9, 22),
    "visit": (1, 0, 0.2, 0),
    "honour": (1, 0, 0.4, 0),
    "slight": (-1, 0, -0.3, 3),
    "inform": (1, 0, 0.2, 2),
    "subvert": (-1, 1, -0.7, 9),
    "align": (1, 0, 0.4, 0),
}


@eqx.filter_jit
def _lived(mechanism, world, state, days, times):
    return jax.lax.fori_loop(0, times, lambda _, s: mechanism.tick(root(1), world, s, days), state)


class Market(Bloc):
    """A bloc whose acts are told by name: `market.do(Credit.make(), ("demand", CLIENT, PATRON), ...)`."""

    def do(self, mechanism, *deeds):
        acts = [self.act(i, j, self.world.acts.index(name)) for name, i, j in deeds]
        return self.after(mechanism, *acts)

    def wait(self, mechanism, days, times=1):
        return self._replace(state=_lived(mechanism, self.world, self.state, jnp.float32(days), times))

    def read(self, name, *place):
        return float(getattr(self.state, name)[place])


def market(bloc: Bloc) -> Market:
    columns = list(zip(*KINDS.values(), strict=True))
    names = ("polarity", "material", "cooperation", "act_rung")
    arrays = {name: jnp.asarray(column, jnp.float32) for name, column in zip(names, columns, strict=True)}
    state = bloc.state.replace(repertoire=jnp.zeros((bloc.state.repertoire.shape[0], len(KINDS)), jnp.float32))
    world = dataclasses.replace(
        bloc.world,
        acts=tuple(KINDS),
        act_kinds=(),
        levers=("grain", "credit"),
        act_openness=jnp.zeros(len(KINDS)),
        act_id=jnp.arange(len(KINDS), dtype=jnp.uint32),
        **arrays,
    )
    return Market(world, state)
