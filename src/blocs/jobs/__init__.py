"""One use = one function: read, compute, write."""
