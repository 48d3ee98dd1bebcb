"""Double entry: journals, positions and commitments; nothing of people."""
