"""Interventions do what they say on their days, keep ranges, and leave everything else as it was."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest

from blocs.engine.bans import Ban, bans_of
from blocs.engine.control import Control, Forced, Rule, forced_of, rules_at, rules_of
from blocs.engine.edits import Edit, apply_edits, before_edits, edits_of
from blocs.engine.model import with_parameter

from . import lab

NEVER, EVER = 1e7, 1e9
LAST_DAY = lab.STEPS * 7.0


def real(x: float):
    return jnp.asarray(x, jnp.float32)


def control(
    edits: dict[str, tuple[float, float, float]] | None = None,
    rules: dict[str, tuple[float, float, float]] | None = None,
    forbid: tuple = (),
    forced: tuple = (),
) -> Control:
    """One control of fixed shape: four edits, two rules, two bans, two forced acts, each unused unless given.

    `edits` by key: (value, day, until); `forbid` rows: sources, targets, acts, first day, last day; `forced` rows:
    day, (source, target, act, issue).
    """
    kinds = {
        "set": ("unrest", (0,), "set", False),
        "scale": ("unrest", (1,), "scale", False),
        "hold": ("warmth", (0, 1), "set", True),
        "hold_scale": ("warmth", (1, 0), "scale", True),
    }
    unused = (1.0, NEVER, NEVER)
    made = edits_of([Edit(*kind, *(edits or {}).get(k, unused)) for k, kind in kinds.items()], lab.start(lab.world()))
    changed = [Rule(*name.split("."), *given) for name, given in (rules or {}).items()]
    return Control(
        made,
        rules_of(changed, lab.model(lab.world()), 2),
        bans_of([Ban(*row) for row in forbid], lab.ACTORS, lab.ACTS, np.float32, 2),
        *forced_of([Forced(day, *codes) for day, codes in forced], np.float32, 2),
    )


UNREST0, UNREST1, WARM, WARM_BACK = (lab.ACTORS + n for n in (0, 1, 3, 4))
"""Places in the watch."""
ALL = tuple(range(lab.ACTORS))


@pytest.fixture(scope="module")
def base(parts):
    """The untouched history, from the same compiled program as those with interventions."""
    return lab.run(*parts, control())


def test_interventions_that_never_come_change_nothing(base, untouched):
    assert np.array_equal(base.act, untouched.act)
    # another program rounds in another order
    np.testing.assert_allclose(base.day, untouched.day, rtol=1e-5)
    np.testing.assert_allclose(base.watched, untouched.watched, rtol=1e-5, atol=1e-6)


def test_a_forced_act_happens_on_its_day_and_nothing_is_different_before(parts, base):
    orders = ((20.5, (2, 3, 1, 0)), (33.25, (4, 0, 5, 2)))
    found = lab.run(*parts, control(forced=orders))
    for r in range(lab.RUNS):
        acts = lab.history(found, r)
        for day, act in orders:
            assert any(a == act and abs(d - day) < 1e-3 for d, a in acts), f"run {r} lacks {act} on {day}"
        early = [a for a in lab.history(base, r) if a[0] < 20.5]
        assert acts[: len(early)] == early


@pytest.mark.parametrize("day", [-50.0, 0.0])
def test_an_act_forced_before_the_start_happens_at_once(parts, day):
    found = lab.run(*parts, control(forced=((day, (2, 3, 1, 0)),)))
    assert all(lab.history(found, r)[0] == (0.0, (2, 3, 1, 0)) for r in range(lab.RUNS))


def test_a_forbidden_act_never_happens_while_forbidden_and_histories_part_only_there(parts, base):
    acts = (0, 1, 2)
    found = lab.run(*parts, control(forbid=((ALL, ALL, acts, 14.0, 35.0),)))
    parted = 0
    for r in range(lab.RUNS):
        old, new = lab.history(base, r), lab.history(found, r)
        hit = [n for n, (d, a) in enumerate(old) if a[2] in acts and 14.0 <= d <= 35.0]
        assert not any(a[2] in acts and 14.0 <= d <= 35.0 for d, a in new)
        shared = lab.common_part(old, new)
        assert shared == (hit[0] if hit else len(old))
        if hit:
            parted += 1
            # the draws are shared: at the same moment the same actor acts toward the same target, but does something else
            assert new[shared][0] == old[shared][0]
            assert new[shared][1][:2] == old[shared][1][:2]
    assert parted > lab.RUNS // 2
    assert any(a[2] in acts and d > 35.0 for r in range(lab.RUNS) for d, a in lab.history(found, r))


def test_forbidding_every_act_of_a_pair_or_an_actor_silences_them(parts, base):
    pair = lab.run(
        *parts, control(forbid=(((0,), (1, 2), range(lab.ACTS), -1.0, EVER), ((3,), ALL, range(lab.ACTS), -1.0, EVER)))
    )
    for r in range(lab.RUNS):
        for _, (i, j, _, _) in lab.history(pair, r):
            assert i != 3
            assert not (i == 0 and j in (1, 2))
    assert any(a[0] == 3 for r in range(lab.RUNS) for _, a in lab.history(base, r))
    silent = lab.run(*parts, control(forbid=((ALL, ALL, range(lab.ACTS), -1.0, EVER),)))
    assert silent.acts.max() == 0


def test_set_and_scale_act_once_on_their_day_and_hold_holds(parts, base):
    given = {
        "set": (13.0, 10.0, EVER),
        "scale": (0.5, 24.0, EVER),
        "hold": (-0.25, 15.0, 36.0),
        "hold_scale": (0.5, 15.0, 36.0),
    }
    found = lab.run(*parts, control(edits=given)).watched
    plain = base.watched
    # no mechanism of the laboratory moves unrest or warmth: they show the edits alone; steps end on days 7, 14, 21...
    assert np.array_equal(found[:, :1, UNREST0], plain[:, :1, UNREST0])
    assert (found[:, 1:, UNREST0] == 13.0).all()
    np.testing.assert_allclose(found[:, 3:, UNREST1], 0.5 * plain[:, 3:, UNREST1], rtol=1e-6)
    assert (plain[:, 0, UNREST1] > 0).all()
    assert (found[:, 2:, WARM] == -0.25).all()
    # a factor that holds is applied once, not once a step
    np.testing.assert_allclose(found[:, 2:, WARM_BACK], 0.5 * plain[:, 2:, WARM_BACK], rtol=1e-6)
    assert (plain[:, 0, WARM_BACK] != 0).all()


def test_edits_keep_to_the_range_of_the_vocabulary(parts):
    _, _, s = parts
    wild = control(
        edits={
            "set": (99.0, 1.0, EVER),
            "scale": (-5.0, 1.0, EVER),
            "hold": (7.0, 1.0, EVER),
            "hold_scale": (1e9, 1.0, EVER),
        }
    )
    later, _ = apply_edits(wild.edits, s, before_edits(wild.edits, s), real(0.0), real(7.0))
    assert float(later.unrest[0]) == 13.0
    assert float(later.unrest[1]) == 0.0
    assert float(later.warmth[0, 1]) == 1.0
    assert abs(float(later.warmth[1, 0])) in (0.0, 1.0)


def test_what_is_held_does_not_drift_while_held():
    """A quantity that something else moves between the steps comes back to where the edit put it, until the last day."""
    s = lab.start(lab.world())
    s = s.replace(warmth=s.warmth.at[1, 0].set(0.8))
    given = control(edits={"hold_scale": (0.5, 3.0, 14.0)})
    held = before_edits(given.edits, s)
    seen = []
    for step in range(4):
        s = s.replace(warmth=s.warmth + np.float32(0.1))
        s, held = apply_edits(given.edits, s, held, real(7.0 * step), real(7.0 * (step + 1)))
        seen.append(float(s.warmth[1, 0]))
    np.testing.assert_allclose(seen, [0.45, 0.45, 0.55, 0.65], rtol=1e-6)


def test_a_rule_holds_from_its_day_until_its_end(parts, base):
    found = lab.run(*parts, control(rules={"leadership.hazard": (0.0, 21.0, 42.0)}))
    changes, plain = found.watched[:, :, : lab.ACTORS], base.watched[:, :, : lab.ACTORS]
    assert np.array_equal(changes[:, :3], plain[:, :3])
    assert (np.diff(changes[:, 2:6], axis=1) == 0).all()
    assert (np.diff(plain[:, 2:6], axis=1) > 0).any()
    assert (np.diff(changes[:, 5:], axis=1) > 0).any()


def test_a_rule_on_memory_reaches_those_who_read_it(parts, base):
    m, _, _ = parts
    given = control(rules={"memory.recent": (3.0, 21.0, EVER)})
    assert rules_at(m, given.rules, real(20.9)).half_lives.tolist() == m.half_lives.tolist()
    assert float(rules_at(m, given.rules, real(21.0)).half_lives[1]) == 3.0
    found = lab.run(*parts, given)
    for r in range(lab.RUNS):
        early = [a for a in lab.history(base, r) if a[0] <= 21.0]
        assert lab.history(found, r)[: len(early)] == early
    assert not np.array_equal(found.act, base.act)


def test_with_parameter_changes_one_number(parts):
    m, _, _ = parts
    other = with_parameter(m, "ladder", "step", real(5.0))
    assert float(other.mechanisms[1].step) == 5.0
    assert eqx.tree_equal(eqx.tree_at(lambda x: x.mechanisms[1].step, other, m.mechanisms[1].step), m)
    with pytest.raises(ValueError, match="not in"):
        with_parameter(m, "no such mechanism", "step", real(1.0))


def test_interventions_share_what_time_draws(parts, base):
    """Forbidding acts changes how many acts a step holds, but not the draws of mechanisms that draw with time."""
    m, c, s = parts
    # standing that acts can lower would make the hazard, not the draws, depend on acts
    by_acts = ("wound", "oust", "yield_cost")
    calm = eqx.tree_at(lambda x: [getattr(x.mechanisms[2], n) for n in by_acts], m, [real(0.0)] * len(by_acts))
    silent = control(forbid=((ALL, ALL, range(lab.ACTS), -1.0, EVER),))
    quiet, loud = lab.run(calm, c, s, silent), lab.run(calm, c, s, control())
    assert loud.acts.min() > 0
    assert quiet.watched[:, -1, : lab.ACTORS].max() > 0
    assert np.array_equal(quiet.watched[:, :, : lab.ACTORS], loud.watched[:, :, : lab.ACTORS])
