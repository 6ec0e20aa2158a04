"""The command line: parse, call a job or a query, render."""
