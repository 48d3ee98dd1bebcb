"""Twelve months of both commissioners, lived day by day through the operations the API uses."""
