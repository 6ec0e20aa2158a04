"""Blocs."""
