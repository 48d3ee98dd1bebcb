"""What waits for finance: budgets and changes to sign off, spend to decide, invoices to pay, and what came back."""
