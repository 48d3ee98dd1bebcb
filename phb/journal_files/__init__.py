"""The books as the finance system takes them in: codes by day, and files that hold each journal once."""
