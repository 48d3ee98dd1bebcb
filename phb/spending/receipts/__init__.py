"""Receipts: checked by content, kept once with their digest, seen by who may see the spend."""
