"""A released run as bytes for the bank; one module for each format."""
