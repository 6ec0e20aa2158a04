"""One file a section of the report: pure functions from a run to what its template shows."""
