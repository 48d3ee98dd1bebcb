"""NHS.UK pages: parse, one call, render."""
