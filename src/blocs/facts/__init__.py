"""Stylised facts of SYSTEM.md as statistical tests on simulated histories of a small laboratory."""

from blocs.engine.compiler import compile_loops_in_parts

compile_loops_in_parts()
