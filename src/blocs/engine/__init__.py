"""The order of one step and the loop, and nothing else."""

from blocs.engine.compiler import compile_loops_whole

compile_loops_whole()
