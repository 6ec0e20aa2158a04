"""What happened, who said so and when it was known: events, positions, dates, codebook, as-of views."""
