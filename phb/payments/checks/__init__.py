"""May this payment be made: consent, standing, payee, plan, account, amount, holds and review."""
