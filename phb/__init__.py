"""Personal health budgets: set, agreed, paid, accounted for and checked."""
