"""The nouns of the model as arrays: actors, issues, levers, dyads, positions, memory; the State and its invariants."""
