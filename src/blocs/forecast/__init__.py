"""Simulated futures, outcomes, baselines, scores, explanations."""
