"""Interventions inside the loop: edits of the state on a day, forbidden acts, forced acts, changed rules.

A run with `nothing()` and a run with interventions share every random draw, so that their difference is the effect of
the intervention (common random numbers; Law 2015, section 11.2).
"""

from __future__ import annotations

from typing import Any, Literal

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from blocs.bloc.observe import View
from blocs.bloc.state import State
from blocs.bloc.vocabulary import vocabulary
from blocs.bloc.world import Act
from blocs.engine.model import Model, with_parameter
from blocs.ground.axes import Index, Scalar


class Edit(eqx.Module):
    """Set or scale entries of one quantity: once on `day`, or held there until `until` when `hold` is true."""

    name: str = eqx.field(static=True)
    index: tuple[int | None, ...] = eqx.field(static=True)
    verb: Literal["set", "scale"] = eqx.field(static=True)
    hold: bool = eqx.field(static=True)
    value: Scalar
    day: Scalar
    until: Scalar


class Rule(eqx.Module):
    """Give one parameter of one mechanism another value from `day` until `until`."""

    mechanism: str = eqx.field(static=True)
    parameter: str = eqx.field(static=True)
    value: Scalar
    day: Scalar
    until: Scalar


class Control(eqx.Module):
    """All interventions of one run.

    `forbid_*` have a leading axis forbid: masks of sources, targets and acts, first and last day. `forced` acts are in
    order of `forced_day`; `forced_count` tells how many of them count (arrays hold at least one row).
    """

    edits: tuple[Edit, ...]
    rules: tuple[Rule, ...]
    forbid_source: Bool[Array, "forbid actor"]
    forbid_target: Bool[Array, "forbid actor"]
    forbid_act: Bool[Array, "forbid act"]
    forbid_days: Float[Array, "forbid 2"]
    forced: Int[Array, "forced 4"]
    forced_day: Float[Array, " forced"]
    forced_count: Int[Array, ""]


def nothing(actors: int, acts: int) -> Control:
    """Return the control that changes nothing."""
    return Control(
        (),
        (),
        jnp.zeros((0, actors), bool),
        jnp.zeros((0, actors), bool),
        jnp.zeros((0, acts), bool),
        jnp.zeros((0, 2)),
        jnp.zeros((1, 4), jnp.int32),
        jnp.full(1, jnp.inf),
        jnp.zeros((), jnp.int32),
    )


def forbidden(control: Control, day: Scalar, source: Index, target: Index, acts: int) -> Bool[Array, " act"]:
    """Return which acts are forbidden to this source toward this target on this day."""
    if control.forbid_days.shape[0] == 0:
        return jnp.zeros(acts, bool)
    now = (control.forbid_days[:, 0] <= day) & (day <= control.forbid_days[:, 1])
    here = now & control.forbid_source[:, source] & control.forbid_target[:, target]
    return (here[:, None] & control.forbid_act).any(axis=0)


def next_forced(control: Control, index: Index) -> Act:
    """Return the forced act at a position of the queue (the last one once the queue is done)."""
    row = control.forced[jnp.minimum(index, control.forced.shape[0] - 1)]
    return Act(row[0], row[1], row[2], row[3], jnp.ones(()))


def open_pairs(control: Control, view: View) -> Bool[Array, "actor actor"]:
    """Return who may act toward whom now: both exist, they differ, and not every act between them is forbidden."""
    alive = view.alive()
    pairs = alive[:, None] & alive[None, :] & ~jnp.eye(len(alive), dtype=bool)
    if control.forbid_days.shape[0] == 0:
        return pairs
    day = view.state.clock
    now = (control.forbid_days[:, 0] <= day) & (day <= control.forbid_days[:, 1])
    sides = now[:, None, None] & control.forbid_source[:, :, None] & control.forbid_target[:, None, :]
    taken = (sides[..., None] & control.forbid_act[:, None, None, :]).any(axis=0)
    return pairs & ~taken.all(axis=-1)


Held = tuple[Array, ...]
"""For each edit the entries it holds: what they were set to when it began."""


def before_edits(control: Control, state: State) -> Held:
    """Return the entries of every edit as they are."""
    return tuple(getattr(state, e.name)[_place(e)] for e in control.edits)


def apply_edits(control: Control, state: State, held: Held, begin: Scalar, end: Scalar) -> tuple[State, Held]:
    """Apply the edits whose day falls in the step (`begin`, `end`], and those held; results keep to the vocabulary's range.

    A held edit keeps its entries where it put them when it began: a held factor is applied once, not in every step.
    """
    kept: list[Array] = []
    for edit, before in zip(control.edits, held, strict=True):
        begins = (edit.day > begin) & (edit.day <= end)
        due = begins | ((edit.day <= end) & (end <= edit.until)) if edit.hold else begins
        old, at, q = getattr(state, edit.name), _place(edit), vocabulary()[edit.name]
        fresh = edit.value * jnp.ones_like(old[at]) if edit.verb == "set" else edit.value * old[at]
        goal = jnp.where(begins, jnp.clip(fresh, q.lo, q.hi).astype(old.dtype), before)
        kept.append(goal)
        state = state.replace(**{edit.name: jnp.where(due, old.at[at].set(goal), old)})
    return state, tuple(kept)


def _place(edit: Edit) -> tuple[Any, ...]:
    return tuple(slice(None) if i is None else i for i in edit.index)


def rules_at(model: Model, control: Control, day: Scalar) -> Model:
    """Return the model with the rules that hold on a day."""
    for rule in control.rules:
        names = [m.card.name for m in model.mechanisms]
        old = getattr(model.mechanisms[names.index(rule.mechanism)], rule.parameter)
        value = jnp.where((day >= rule.day) & (day < rule.until), rule.value, old)
        model = with_parameter(model, rule.mechanism, rule.parameter, value)
    return model


__all__ = [
    "Control",
    "Edit",
    "Held",
    "Rule",
    "apply_edits",
    "before_edits",
    "forbidden",
    "next_forced",
    "nothing",
    "open_pairs",
    "rules_at",
]
