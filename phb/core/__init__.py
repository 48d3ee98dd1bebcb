"""Words every package shares; imports nothing else from phb."""
