"""Public helpers for people who write mechanisms, effects and scenarios: conformance checks, strategies, statistics."""
