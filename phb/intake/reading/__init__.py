"""Files as people send them, of any encoding, separator and program, read into rows of text."""
