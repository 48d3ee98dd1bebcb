"""The checks of the standard model: whom they count, by which rules, and what is missing to pass."""
