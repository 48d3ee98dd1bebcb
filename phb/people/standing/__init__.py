"""Whether a direct payment may be made to a person at all: consent, capacity, exclusion."""
