"""The pages of whoever a budget is for, and of those who act for them."""
