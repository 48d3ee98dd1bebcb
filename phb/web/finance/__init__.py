"""The pages of finance and approvers: what waits for them, one budget whole, decisions, holds and the checks."""
