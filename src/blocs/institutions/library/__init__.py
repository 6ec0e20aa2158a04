"""One decision rule a file."""
