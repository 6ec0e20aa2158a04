"""How XLA compiles the loop of acts on a CPU: whole, as one native function.

By default XLA runs the body of a loop as some two hundred small kernels, each dispatched through a thread pool, which
costs three times what the kernels compute: one act touches little memory. Below a size in bytes XLA compiles a loop into
one function instead, if it holds none of what `blocs.ground.sums` avoids; this raises that size from 1 KiB to what one
run holds. The close of a step is dispatched kernel by kernel.
"""

from __future__ import annotations

import os

LOOP_BYTES = 1 << 24
"""Loops that touch fewer bytes than this are compiled whole; one run of a hundred actors touches a few MiB."""

PART_BYTES = 1 << 10
"""What XLA itself takes for this size."""

OPTIONS = {"xla_cpu_multi_thread_eigen": False, "xla_disable_hlo_passes": "tree_reduction_rewriter"}
"""Of the programs that run histories: each on one thread, as several run side by side; sums over 33 actors in one piece."""

BRIEF = {"xla_disable_hlo_passes": "small-while-loop-hoisting,tree_reduction_rewriter"}
"""Of the programs that walk a record once: their loop stays in parts, which compiles in half the time."""

_OPTION = "xla_cpu_small_while_loop_byte_threshold"
_FLAG = "--xla_backend_extra_options"


def compile_loops_whole() -> None:
    """Ask XLA for whole loops through `XLA_FLAGS`, unless the person has set the option.

    Takes effect if JAX has compiled nothing in this process yet; later, simulations are slower and the last digits of
    quantities may differ.
    """
    flags = os.environ.get("XLA_FLAGS", "")
    if _OPTION in flags:
        return
    if f"{_FLAG}=" not in flags:
        flags = f"{flags} {_FLAG}=".lstrip()
    # XLA keeps only the last of two such flags: the person's options, if any, and ours share one
    os.environ["XLA_FLAGS"] = flags.replace(f"{_FLAG}=", f"{_FLAG}={_OPTION}={LOOP_BYTES},").rstrip(",")


def compile_loops_in_parts() -> None:
    """Take back `compile_loops_whole` for this process, as far as it was ours.

    For many small programs that run briefly: they compile in a third of the time and run half as fast. Takes effect if JAX
    has compiled nothing in this process yet.
    """
    ours = f"{_OPTION}={LOOP_BYTES}"
    os.environ["XLA_FLAGS"] = os.environ.get("XLA_FLAGS", "").replace(ours, f"{_OPTION}={PART_BYTES}")
