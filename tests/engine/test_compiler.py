"""Loops compiled whole: the flag is asked for once, shares with the person's own, and reaches XLA."""

from __future__ import annotations

import os
import subprocess
import sys

import jax
import numpy as np
import pytest

from blocs.engine.compiler import LOOP_BYTES, PART_BYTES, compile_loops_in_parts, compile_loops_whole
from blocs.engine.loop import simulate

from . import lab

OPTION = "xla_cpu_small_while_loop_byte_threshold"
OURS = f"{OPTION}={LOOP_BYTES}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, f"--xla_backend_extra_options={OURS}"),
        ("", f"--xla_backend_extra_options={OURS}"),
        ("--xla_cpu_enable_fast_math=false", f"--xla_cpu_enable_fast_math=false --xla_backend_extra_options={OURS}"),
        ("--xla_backend_extra_options=other=1", f"--xla_backend_extra_options={OURS},other=1"),
        (
            "--xla_backend_extra_options=xla_cpu_small_while_loop_byte_threshold=5",
            "--xla_backend_extra_options=xla_cpu_small_while_loop_byte_threshold=5",
        ),
    ],
)
def test_the_flag_is_asked_for_once_beside_what_is_there(monkeypatch, before, after):
    if before is None:
        monkeypatch.delenv("XLA_FLAGS", raising=False)
    else:
        monkeypatch.setenv("XLA_FLAGS", before)
    compile_loops_whole()
    compile_loops_whole()
    assert os.environ["XLA_FLAGS"] == after


PROGRAM = """
import blocs.engine, jax, jax.numpy as jnp
program = jax.jit(lambda x: jax.lax.fori_loop(0, 9, lambda n, y: jnp.sin(y) + n, x))
print(program.lower(jnp.ones(1000)).compile().as_text())
"""


@pytest.mark.skipif(jax.default_backend() != "cpu", reason="loops are compiled whole on a CPU only")
def test_xla_takes_the_flag():
    clean = {name: value for name, value in os.environ.items() if name != "XLA_FLAGS"}
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, env=clean, check=True)
    assert "xla_cpu_small_call" in done.stdout, "XLA no longer knows the option: look for its new name"


def test_loops_in_parts_takes_back_what_was_ours_alone(monkeypatch):
    monkeypatch.delenv("XLA_FLAGS", raising=False)
    compile_loops_whole()
    compile_loops_in_parts()
    assert os.environ["XLA_FLAGS"] == f"--xla_backend_extra_options={OPTION}={PART_BYTES}"
    monkeypatch.setenv("XLA_FLAGS", f"--xla_backend_extra_options={OPTION}=5")
    compile_loops_in_parts()
    assert os.environ["XLA_FLAGS"] == f"--xla_backend_extra_options={OPTION}=5"


def test_runs_side_by_side_are_those_one_after_another(parts):
    """An accelerator runs all histories side by side: the same acts, and quantities equal but for rounding."""
    m, c, s = parts
    control = lab.light(lab.nothing(len(m.world.actors), len(m.world.acts)))
    one = simulate(m, c, s, control, lab.WATCH, lab.keys(7), lab.STEPS, lab.SLOTS, lanes=1)
    many = simulate(m, c, s, control, lab.WATCH, lab.keys(7), lab.STEPS, lab.SLOTS, lanes=3)
    np.testing.assert_array_equal(many.acts, one.acts)
    np.testing.assert_array_equal(many.act, one.act)
    np.testing.assert_allclose(many.day, one.day, rtol=1e-5)
    np.testing.assert_allclose(many.watched, one.watched, rtol=1e-4, atol=1e-5)
    assert int(one.acts.min()) > 5
