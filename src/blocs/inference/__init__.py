"""Parameters from the record: likelihood, priors, estimation, diagnostics."""
