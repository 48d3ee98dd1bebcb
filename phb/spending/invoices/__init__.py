"""Providers' invoices to the commissioner, accepted against notional money and asked to be paid."""
