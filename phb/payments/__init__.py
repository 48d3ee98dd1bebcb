"""Asking for money to move, and moving it."""
