"""Make the invented people and everything a commissioner would import of them; the same every time."""
