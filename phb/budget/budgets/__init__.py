"""A personal health budget from proposal to active, and the changes to it after that."""
