"""Watching over money that was handed over, and tying the books to the records."""
