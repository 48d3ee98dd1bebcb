"""A commissioner's dated prices and ways of setting budgets, stored, and found again by day and by what was known."""
