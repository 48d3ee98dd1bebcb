"""The holder's statement: one value, many formats."""
