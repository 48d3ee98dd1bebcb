"""What the money bought: spend from an account, its receipts, and providers' invoices."""
