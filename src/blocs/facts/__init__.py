"""Stylised facts of SYSTEM.md as statistical tests on simulated histories of a small laboratory."""
