"""One family of effects a file."""
