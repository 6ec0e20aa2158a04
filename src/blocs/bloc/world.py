"""What does not move in a run: who exists, what the acts are, who is whose patron, who can see whom."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, UInt32

from blocs.bloc.rungs import Rungs, default_rungs
from blocs.bloc.vocabulary import SLOT_AXES
from blocs.ground.axes import ByAct, ByActor, ByDyad


class World(eqx.Module):
    """Constants of one scenario as arrays. Axes: actor, act, issue, lever.

    Attributes:
        actors, acts, issues, levers: names in axis order.
        patron: 1 for the patron (the centre of the bloc), else 0.
        member: 1 for members of the bloc other than the patron.
        collective: 1 for blocs and organisations that are more a forum than a side.
        narrator: 1 for the actor whose account the source is; all 0 where the source has no side.
        capability: share of the strongest actor's capability, 0..1.
        client: `client[i, j]` is 1 when j is the patron of i.
        ally: 1 for pairs bound by a defence treaty (symmetric).
        contiguous: 1 for pairs with a common border, where coded (symmetric).
        same_camp: 1 for pairs on the same side at the start (symmetric).
        present: first and last day of existence, in days since the scenario's epoch.
        polarity: -1 conflictual, 0 neutral, 1 cooperative, by act.
        material: 1 for material acts, 0 for verbal ones.
        cooperation: reference cooperation score of the act divided by 10, -1..1.
        act_rung: rung of the coercion ladder that the act expresses when a stronger actor does it; 0 where none.
        act_openness: least step of openness that the act shows; 0 where none.

        actor_id, act_id, issue_id: stable 32-bit ids for random streams.
        act_kinds: kinds of each act, which mechanisms tell apart (`is_kind`); empty where every act is its own kind.
        ladder: what each rung of the coercion ladder needs, costs and passes on (`blocs.bloc.rungs`).
    """

    actors: tuple[str, ...] = eqx.field(static=True)
    acts: tuple[str, ...] = eqx.field(static=True)
    issues: tuple[str, ...] = eqx.field(static=True)
    levers: tuple[str, ...] = eqx.field(static=True)
    patron: ByActor
    member: ByActor
    collective: ByActor
    narrator: ByActor
    capability: ByActor
    client: ByDyad
    ally: ByDyad
    contiguous: ByDyad
    same_camp: ByDyad
    present: Float[Array, "actor 2"]
    polarity: ByAct
    material: ByAct
    cooperation: ByAct
    act_rung: ByAct
    act_openness: ByAct
    actor_id: UInt32[Array, " actor"]
    act_id: UInt32[Array, " act"]
    issue_id: UInt32[Array, " issue"]
    act_kinds: tuple[tuple[str, ...], ...] = eqx.field(static=True, default=())
    ladder: Rungs = eqx.field(default_factory=default_rungs)

    def is_kind(self, name: str) -> ByAct:
        """Return 1 for acts of a kind, 0 for others. The kind of an act is its id unless `act_kinds` says otherwise."""
        kinds = self.act_kinds or tuple((act,) for act in self.acts)
        return jnp.asarray([float(name in one) for one in kinds], self.polarity.dtype)

    def index(self, axis: str, name: str) -> int:
        """Return the position of a name on an axis (see `names`); `KeyError` where absent."""
        names = self.names(axis)
        if name not in names:
            raise KeyError(f"no {axis} named {name!r}")
        return names.index(name)

    def names(self, axis: str) -> tuple[str, ...]:
        """Return the names on an axis; places on an axis of fixed length are called `0`, `1` and so on."""
        if axis in SLOT_AXES:
            return tuple(str(n) for n in range(SLOT_AXES[axis]))
        return {"actor": self.actors, "act": self.acts, "issue": self.issues, "lever": self.levers}[axis]

    def exists(self, day: Float[Array, ""]) -> Bool[Array, " actor"]:
        """Return which actors exist on a day (days since the epoch)."""
        return (self.present[:, 0] <= day) & (day <= self.present[:, 1])


class Act(eqx.Module):
    """One act of one actor toward another, recorded or simulated: indices on the axes of `World`.

    `weight` scales what the act does to the state (1 for a full act; a recorded act counts by its confidence).
    """

    source: Int[Array, ""]
    target: Int[Array, ""]
    act: Int[Array, ""]
    issue: Int[Array, ""]
    weight: Float[Array, ""]
