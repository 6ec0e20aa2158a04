"""Runs on disk: format, atomic writing, reading."""
