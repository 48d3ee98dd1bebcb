"""What was agreed, for whom, for what, until when."""
