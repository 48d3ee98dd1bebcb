"""Pages of docs/ that are printed from the code, so that they never tell another story."""
