"""One file a kind of picture; `blocs.report.plots` is the door."""
