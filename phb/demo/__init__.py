"""Two invented commissioners, and a year of the larger one lived through the operations."""
