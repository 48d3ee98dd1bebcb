"""What is settled before any one budget: cohorts, what may be bought, offers, envelopes, other home packages."""
