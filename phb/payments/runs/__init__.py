"""Payments put together, approved, released, written for the bank, settled, returned and sent again."""
