"""The pages of those who help many people with their money: caseload, spend of several people, missing receipts."""
