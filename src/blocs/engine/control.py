"""Interventions inside the loop: edits of the state on a day, forbidden acts, forced acts, changed rules.

A run with `nothing()` and a run with interventions share every random draw, so that their difference is the effect of
the intervention (common random numbers; Law 2015, section 11.2).
"""

from __future__ import annotations

from typing import Literal

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from blocs.bloc.state import State
from blocs.bloc.vocabulary import vocabulary
from blocs.bloc.world import Act
from blocs.engine.model import Model
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


def apply_edits(control: Control, state: State, begin: Scalar, end: Scalar) -> State:
    """Apply the edits whose day falls in the step (`begin`, `end`], and those held; results keep to the vocabulary's range."""
    for edit in control.edits:
        due = (edit.day > begin) & (edit.day <= end)
        if edit.hold:
            due = (edit.day <= end) & (end <= edit.until)
        old = getattr(state, edit.name)
        at = tuple(slice(None) if i is None else i for i in edit.index)
        new = old.at[at].set(edit.value) if edit.verb == "set" else old.at[at].multiply(edit.value)
        q = vocabulary()[edit.name]
        new = jnp.clip(new, q.lo, q.hi).astype(old.dtype)
        state = state.replace(**{edit.name: jnp.where(due, new, old)})
    return state


def rules_at(model: Model, control: Control, day: Scalar) -> Model:
    """Return the model with the rules that hold on a day."""
    for rule in control.rules:
        names = [m.card.name for m in model.mechanisms]
        n = names.index(rule.mechanism)
        old = getattr(model.mechanisms[n], rule.parameter)
        new = jnp.where((day >= rule.day) & (day < rule.until), rule.value, old).astype(old.dtype)
        model = eqx.tree_at(lambda m, n=n, p=rule.parameter: getattr(m.mechanisms[n], p), model, new)
    return model


__all__ = ["Control", "Edit", "Rule", "apply_edits", "forbidden", "next_forced", "nothing", "rules_at"]
