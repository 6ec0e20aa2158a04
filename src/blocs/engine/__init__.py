"""The order of one step and the loop, and nothing else."""
