"""The commissioner itself and the organisations it works with."""
