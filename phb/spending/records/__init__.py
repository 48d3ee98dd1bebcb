"""Spend from an account that a holder or a third party keeps, and the questions asked about it."""
