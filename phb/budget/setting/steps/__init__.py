"""The steps of a budget model: what they are, and how each becomes lines of a price."""
