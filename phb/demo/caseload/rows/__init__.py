"""What a commissioner would import of the invented people, row by row."""
